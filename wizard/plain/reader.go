package plain

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/charmbracelet/x/term"

	"allyswitch/wizard/ui"
)

// errEnded says that no more lines come.
var errEnded = errors.New("the input has ended")

// reader reads one line at a time. Nothing is read ahead of a question, so that piped answers and hidden typing do not get in each other's way.
type reader struct {
	lines  *bufio.Reader
	file   term.File
	secret func(prompt string) (string, error)
	out    io.Writer
}

func newReader(config Config) *reader {
	r := &reader{secret: config.Secret, out: config.Out}
	if config.In == nil {
		config.In = strings.NewReader("")
	}
	r.lines = bufio.NewReader(config.In)
	if file, ok := config.In.(term.File); ok && term.IsTerminal(file.Fd()) {
		r.file = file
	}
	return r
}

// reply is a line, or why there is none.
type reply struct {
	text string
	err  error
}

// line reads the next line, cleaned and trimmed.
func (r *reader) line(ctx context.Context) (string, error) {
	return await(ctx, func() reply {
		text, err := r.lines.ReadString('\n')
		if err != nil && text == "" {
			return reply{err: errEnded}
		}
		return reply{text: text}
	})
}

// hidden reads a line that is not echoed.
func (r *reader) hidden(ctx context.Context, prompt string) (string, error) {
	switch {
	case r.secret != nil:
		return await(ctx, func() reply {
			text, err := r.secret(prompt)
			return reply{text: text, err: err}
		})
	case r.file == nil || r.lines.Buffered() > 0:
		return r.line(ctx)
	}
	return r.password(ctx)
}

// password turns the terminal's echo off while a line is read, and on again whatever happens.
func (r *reader) password(ctx context.Context) (string, error) {
	before, err := term.GetState(r.file.Fd())
	if err != nil {
		return "", errors.New("this terminal cannot hide what is typed: set the secret in the environment instead")
	}
	defer func() { _ = term.Restore(r.file.Fd(), before) }()
	text, err := await(ctx, func() reply {
		typed, err := term.ReadPassword(r.file.Fd())
		if errors.Is(err, io.EOF) {
			err = errEnded
		}
		return reply{text: string(typed), err: err}
	})
	_, _ = io.WriteString(r.out, "\n")
	return text, err
}

// await waits for a line or for the end of the context. A read that nobody waits for any more ends with the program.
func await(ctx context.Context, read func() reply) (string, error) {
	got := make(chan reply, 1)
	go func() { got <- read() }()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case answer := <-got:
		return strings.TrimSpace(ui.Clean(answer.text)), answer.err
	}
}
