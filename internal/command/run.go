package command

import (
	"context"
	"errors"
	"fmt"
	"io"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/plain"
)

// The exit codes of the program.
const (
	ExitDone    = 0
	ExitError   = 1
	ExitMissing = 2
	ExitPartly  = 3
	ExitRefused = 4
	ExitStopped = 130
)

// RunOptions say where the answers come from.
type RunOptions struct {
	Answers string
	Set     []string
	Until   string
	// Tool works with one of the tools beside the way, in place of the steps.
	Tool string
	Yes  bool
}

// ErrPartly says that the run came to its end, but not everything could be done.
var ErrPartly = errors.New("some of the work could not be done; see above")

// Run walks through the steps without a screen, from answers.
func Run(ctx context.Context, options Options, run RunOptions) error {
	answers, err := readAnswers(run)
	if err != nil {
		return err
	}
	session, err := open(options, sessionInput{site: answers["site.url"]})
	if err != nil {
		return err
	}
	defer session.Close()
	return session.unattended(ctx, options, plain.Config{Answers: answers, Until: run.Until, Only: run.Tool, Yes: run.Yes})
}

// unattended walks, and prints the summary whatever came of it.
func (s *Session) unattended(ctx context.Context, options Options, config plain.Config) error {
	if options.JSON {
		config.Out = io.Discard
		config.Tell = func(event plain.Event) { _ = writeJSON(options.Out, event) }
	}
	result, err := plain.Run(ctx, s.plain(options, config))
	if err == nil && (result.Partly || !result.Done) {
		err = ErrPartly
	}
	if options.JSON {
		if err != nil {
			_ = writeJSON(options.Out, tellError(err))
		}
		return errors.Join(err, writeJSON(options.Out, s.summarise()))
	}
	s.tell(options.Out, "the same command again")
	return err
}

// errorLine is an error for a machine to read.
type errorLine struct {
	Event string `json:"event"`
	Exit  int    `json:"exit"`
	Key   string `json:"key,omitempty"`
	Code  string `json:"code,omitempty"`
	Text  string `json:"text"`
}

func tellError(err error) errorLine {
	line := errorLine{Event: "error", Exit: Exit(err), Text: err.Error()}
	var missing *plain.ErrMissing
	if errors.As(err, &missing) {
		line.Key = missing.Key
	} else {
		line.Code = wizard.Explain(err).Code
	}
	return line
}

// Exit is the exit code for an error.
func Exit(err error) int {
	var missing *plain.ErrMissing
	var refused *plain.ErrRefused
	switch {
	case err == nil:
		return ExitDone
	case errors.Is(err, context.Canceled):
		return ExitStopped
	case errors.As(err, &missing), errors.Is(err, ErrAnswers):
		return ExitMissing
	case errors.As(err, &refused), wizard.Refused(err):
		return ExitRefused
	case errors.Is(err, ErrPartly):
		return ExitPartly
	}
	return ExitError
}

// Words are an error in words for people, on the normal screen.
func Words(err error) string {
	var missing *plain.ErrMissing
	var folder *checkpoint.Error
	switch {
	case errors.As(err, &missing):
		return fmt.Sprintf("%s. %s", missing.Error(), missing.Help)
	case errors.As(err, &folder):
		return fmt.Sprintf("%s\n%s\n%s\nCode: %s", folder.What, folder.Means, folder.Now, folder.Code)
	case errors.Is(err, context.Canceled):
		return "Stopped. Everything done so far is saved."
	}
	var explainer wizard.Explainer
	if errors.As(err, &explainer) {
		told := wizard.Explain(err)
		return fmt.Sprintf("%s\n%s\n%s\nCode: %s", told.What, told.Means, told.Now, told.Code)
	}
	return err.Error()
}
