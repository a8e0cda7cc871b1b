// Allyswitch moves the members of a WordPress site from AccessAlly Managed to a CRM, step by step, and proves that nobody loses access.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"charm.land/fang/v2"
	"github.com/spf13/cobra"

	"allyswitch/internal/command"
	build "allyswitch/internal/version"
	"allyswitch/wizard/demo"
)

// version, commit and date (of the commit, RFC 3339) are set when a release is built.
var (
	version = build.Unset
	commit  = ""
	date    = ""
)

func main() {
	command.LimitMemory()
	command.PreventCoreDumps()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := fang.Execute(ctx, newRoot(), fang.WithVersion(version), fang.WithCommit(commit), fang.WithErrorHandler(printError))
	stop()
	os.Exit(command.Exit(err))
}

func printError(out io.Writer, _ fang.Styles, err error) { fmt.Fprintln(out, command.Words(err)) }

// newRoot puts all commands together. Flags that all share are on the root.
func newRoot() *cobra.Command {
	options := &command.Options{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: command.TakeEnvironment(), Build: build.Read(version, commit, date)}
	options.Version = options.Build.Version
	root := &cobra.Command{
		Use:   "allyswitch",
		Short: "Move from AccessAlly Managed to a CRM, without anybody losing access",
		Long: "Allyswitch walks you through the 13 steps of moving a WordPress membership site from AccessAlly Managed to ActiveCampaign, Kit, Keap, Ontraport or Drip. " +
			"It can be stopped at any moment, and goes on where it was.",
		Example: "allyswitch demo\nallyswitch",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return command.Wizard(cmd.Context(), *options) },
	}
	flags := root.PersistentFlags()
	flags.StringVar(&options.Dir, "dir", "", "the migration's folder")
	flags.StringVar(&options.Recover, "recover", "", "how to open a damaged folder: backup, journal or again")
	flags.BoolVar(&options.Plain, "plain", false, "line by line, without drawing a screen")
	flags.BoolVar(&options.Privacy, "privacy", false, "show pseudonyms instead of names and addresses")
	flags.BoolVar(&options.NoColor, "no-color", false, "do not use colours")
	root.AddCommand(newDemo(options), newRun(options), newQuestions(options), newStatus(options), newSandbox(options), newBundle(options), newVersion(options),
		newReport(options), newVerify(options), newUndo(options), newWatch(options))
	return root
}

func withJSON(cmd *cobra.Command, options *command.Options) *cobra.Command {
	cmd.Flags().BoolVar(&options.JSON, "json", false, "print one JSON object a line")
	return cmd
}

func newDemo(options *command.Options) *cobra.Command {
	var try command.DemoOptions
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Try the whole wizard on a made-up site and a sandbox CRM",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return command.Demo(cmd.Context(), *options, try) },
	}
	cmd.Flags().StringVar(&try.CRM, "crm", "activecampaign", "activecampaign, kit, keap, ontraport or drip")
	cmd.Flags().IntVar(&try.Members, "members", demo.Members, "how many people the made-up site has")
	cmd.Flags().StringVar(&try.Faults, "faults", "none", "none, slow, storm, quota, outage or full")
	cmd.Flags().Float64Var(&try.Speed, "speed", demo.Speed, "how many times faster than life the sandbox's clock runs")
	cmd.Flags().BoolVar(&try.Auto, "auto", false, "answer everything by itself")
	return withJSON(cmd, options)
}

func newRun(options *command.Options) *cobra.Command {
	var run command.RunOptions
	cmd := &cobra.Command{
		Use:     "run",
		Short:   "Walk through the steps without a screen, from an answers file",
		Long:    "Exit codes: 0 done, 2 an answer is missing, 3 partly failed, 4 refused by a gate, 130 stopped. Secrets come from the environment: ALLYSWITCH_CRM_KEY, ALLYSWITCH_CRM_TOKEN.",
		Example: "allyswitch run --answers answers.json --set export.file=users.csv",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return command.Run(cmd.Context(), *options, run) },
	}
	cmd.Flags().StringVar(&run.Answers, "answers", "", "a JSON file with the answers")
	cmd.Flags().StringArrayVar(&run.Set, "set", nil, "one answer, as key=value; may be repeated")
	cmd.Flags().StringVar(&run.Until, "until", "", "stop after this step")
	cmd.Flags().StringVar(&run.Tool, "tool", "", "work with one tool in place of the steps: import-students, add-member, merge-contacts, team-settings")
	cmd.Flags().BoolVar(&run.Yes, "yes", false, "do not ask before a task starts")
	return withJSON(cmd, options)
}

func newQuestions(options *command.Options) *cobra.Command {
	provider := ""
	cmd := &cobra.Command{
		Use:   "questions",
		Short: "List every key that an answers file may hold",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return command.Questions(*options, provider) },
	}
	cmd.Flags().StringVar(&provider, "crm", "activecampaign", "the CRM whose questions to list")
	return withJSON(cmd, options)
}

func newStatus(options *command.Options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say where a migration stands",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return command.Status(*options) },
	}
	return withJSON(cmd, options)
}

func newSandbox(options *command.Options) *cobra.Command {
	var serve command.SandboxOptions
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Serve the made-up site and all five sandbox CRMs",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return command.Sandbox(cmd.Context(), *options, serve) },
	}
	cmd.Flags().StringVar(&serve.Listen, "listen", "127.0.0.1:0", "the address to listen on")
	cmd.Flags().IntVar(&serve.Members, "members", demo.Members, "how many people the made-up site has")
	cmd.Flags().StringVar(&serve.Faults, "faults", "none", "none, slow, storm, quota, outage or full")
	cmd.Flags().Float64Var(&serve.Speed, "speed", 1, "how many times faster than life the clocks run")
	return withJSON(cmd, options)
}

func newReport(options *command.Options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Write the report of a migration again, and its twin that names nobody",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return command.Report(*options) },
	}
	return withJSON(cmd, options)
}

func newVerify(options *command.Options) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "verify [report]",
		Short:   "Check a report against its journal, without a network",
		Long:    "Makes every figure of a report again from the journal and the files beside it, or in the folder given with --dir. Exit codes: 0 everything fits, 4 something does not, and is named.",
		Example: "allyswitch verify report.html",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return command.Verify(*options, strings.Join(args, ""))
		},
	}
	return withJSON(cmd, options)
}

func newUndo(options *command.Options) *cobra.Command {
	var undo command.UndoOptions
	cmd := &cobra.Command{
		Use:     "undo",
		Short:   "Take back what was done in the CRM",
		Example: "allyswitch undo --dry-run",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return command.Undo(cmd.Context(), *options, undo) },
	}
	cmd.Flags().BoolVar(&undo.DryRun, "dry-run", false, "only count and list what it would do")
	cmd.Flags().StringVar(&undo.To, "to", "import", "the step before which all shall be as it was")
	cmd.Flags().BoolVar(&undo.Yes, "yes", false, "do not ask first")
	cmd.Flags().BoolVar(&undo.SiteIsBack, "site-is-back", false, "the site manages its contacts itself again")
	return withJSON(cmd, options)
}

func newWatch(options *command.Options) *cobra.Command {
	var watch command.WatchOptions
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Look again after the switch, and say what has drifted (exit code 3 when something has)",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return command.Watch(cmd.Context(), *options, watch) },
	}
	cmd.Flags().BoolVar(&watch.Once, "once", false, "look a single time")
	cmd.Flags().DurationVar(&watch.Every, "every", 24*time.Hour, "how long to wait between two looks")
	return withJSON(cmd, options)
}
