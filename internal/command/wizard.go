package command

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"

	"github.com/charmbracelet/x/term"

	"allyswitch/wizard"
	"allyswitch/wizard/job"
	"allyswitch/wizard/plain"
)

// Wizard shows the wizard, and goes on with an open migration.
func Wizard(ctx context.Context, options Options) error {
	session, err := open(options, sessionInput{})
	if err != nil {
		return err
	}
	defer session.Close()
	return session.converse(ctx, options, "allyswitch"+dirFlag(options))
}

func dirFlag(options Options) string {
	if options.Dir == "" {
		return ""
	}
	return " --dir " + options.Dir
}

// converse lets a person work through the steps, on a screen or line by line, and says on the normal screen what has been done.
func (s *Session) converse(ctx context.Context, options Options, again string) error {
	var err error
	if options.linewise() {
		_, err = plain.Run(ctx, s.plain(options, plain.Config{Interactive: true}))
	} else {
		err = s.screen(ctx, options)
	}
	s.tell(options.Out, again)
	return err
}

// linewise says that there is no screen to draw on, or that somebody does not want one.
func (o Options) linewise() bool {
	return o.Plain || o.Env("ACCESSIBLE") != "" || o.Env("TERM") == "dumb" || !isTerminal(o.In) || !isTerminal(o.Out)
}

func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(file.Fd())
}

func (s *Session) screen(ctx context.Context, options Options) error {
	shell := wizard.New(wizard.Config{Steps: s.Steps, Folder: s.Keeping(), Runner: &job.Runner{}, Version: options.Version, Log: s.Log,
		Options: wizard.Options{Privacy: options.Privacy, NoColor: options.NoColor, ASCII: wizard.NeedsASCII(options.Env, runtime.GOOS)}, Deps: wizard.Deps{OpenLink: openLink, Support: support{options, s.Folder.Dir()}}})
	defer keepStray(s.Log, s.Deps.Secrets)()
	return wizard.Run(ctx, shell, wizard.RunOptions{})
}

// plain fills in what every plain walk needs.
func (s *Session) plain(options Options, config plain.Config) plain.Config {
	config.Steps, config.Folder, config.Runner = s.Steps, s.Keeping(), &job.Runner{}
	config.In, config.Getenv, config.Privacy = options.In, options.Env, options.Privacy
	config.Version, config.Log, config.Deps = options.Version, s.Log, wizard.Deps{OpenLink: openLink, Support: support{options, s.Folder.Dir()}}
	if config.Out == nil {
		config.Out = options.Out
	}
	return config
}

// openLink opens an address in the browser. The address is an argument of a program, never of a shell.
func openLink(address string) error {
	name, arguments := "xdg-open", []string{address}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, arguments = "rundll32", []string{"url.dll,FileProtocolHandler", address}
	}
	command := exec.Command(name, arguments...)
	command.Env = childEnvironment(os.Environ())
	if err := command.Start(); err != nil {
		return fmt.Errorf("open the browser: %w", err)
	}
	go command.Wait()
	return nil
}
