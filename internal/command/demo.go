package command

import (
	"context"
	"fmt"
	"os"
	"slices"

	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/demo"
	"allyswitch/wizard/migration"
	"allyswitch/wizard/plain"
)

// DemoOptions say what to try.
type DemoOptions struct {
	CRM     string
	Members int
	Faults  string
	Speed   float64
	Auto    bool
}

// Demo is the whole wizard on a made-up site and a sandbox CRM in this process. Every demo begins anew: its CRM is gone when it ends.
func Demo(ctx context.Context, options Options, try DemoOptions) error {
	if err := demoFolder(&options); err != nil {
		return err
	}
	made, err := demo.New(demo.Options{CRM: try.CRM, Members: try.Members, Faults: try.Faults, Speed: try.Speed, Folder: options.Dir})
	if err != nil {
		return err
	}
	session, err := open(options, sessionInput{transport: made.Transport, siteTransport: made.SiteTransport, secrets: made.Secrets, demo: true})
	if err != nil {
		return err
	}
	defer session.Close()
	session.follow = made.Follow
	if err := migration.SaveOfferings(session.Folder, made.Site.Offerings); err != nil {
		return err
	}
	if err := session.prefill(made.Answers); err != nil {
		return err
	}
	if try.Auto {
		if !options.JSON {
			fmt.Fprintf(options.Out, "This is a demo: a made-up site, and a sandbox of %s whose clock runs %g times faster than life.\n", try.CRM, try.Speed)
		}
		return session.unattended(ctx, options, plain.Config{Answers: made.Answers, Fallback: likeAnOwner})
	}
	return session.converse(ctx, options, "allyswitch demo (a demo begins anew each time)")
}

// demoFolder makes a folder for the demo. One that was named is begun anew; its old files are kept in a subfolder. That of a real migration is refused: after
// a demo in it the way back would be to carry the files home by hand.
func demoFolder(options *Options) error {
	if options.Dir == "" {
		dir, err := os.MkdirTemp("", "allyswitch-demo-")
		if err != nil {
			return fmt.Errorf("make a folder for the demo: %w", err)
		}
		options.Dir = dir
		return nil
	}
	if seen, _ := checkpoint.Peek(options.Dir); seen.State != nil && !seen.State.Demo {
		return &heldBack{fmt.Sprintf("Nothing was done: in %s is a real migration. Name another folder for the demo, or none: then it makes one of its own.", options.Dir)}
	}
	folder, err := checkpoint.Open(options.Dir, checkpoint.Options{Tool: "allyswitch " + options.Version, StartAgain: true})
	if err != nil {
		return err
	}
	return folder.Close()
}

// prefill answers the first pages, so that a person can simply go through.
func (s *Session) prefill(answers map[string]string) error {
	state := s.Folder.State()
	for _, id := range []string{steps.Start, steps.Export} {
		step, _ := wizard.Path(s.Steps).Find(id).(wizard.Asker)
		for pass := 0; pass < 2; pass++ {
			for _, question := range step.Questions(state) {
				if value := answers[question.Key]; value != "" && question.Value == "" && !question.Secret {
					if err := step.Answer(state, question.Key, value); err != nil {
						return fmt.Errorf("prepare the demo: %w", err)
					}
				}
			}
		}
	}
	return s.Keeping().Save(state)
}

// likeAnOwner answers what a made-up owner would: boxes are ticked, and the switch is confirmed. Gaps are never accepted.
func likeAnOwner(_ string, item wizard.Item) (string, bool) {
	switch item := item.(type) {
	case wizard.Tick:
		return "yes", !item.Optional
	case wizard.Question:
		if item.Key == "test.controls" {
			return "all = passed", true
		}
		return item.Confirm, item.Key == "switch.confirm"
	case wizard.Task:
		return "yes", slices.Contains([]string{"site", "before", "after", "system", "references", "link"}, item.Key)
	}
	return "", false
}
