package main

import (
	"github.com/spf13/cobra"

	"allyswitch/internal/command"
)

func newBundle(options *command.Options) *cobra.Command {
	var want command.BundleOptions
	cmd := &cobra.Command{
		Use:   "bundle",
		Short: "Make a file for support, without secrets, addresses or names",
		Long:  "Shows what would be in the file, and asks before it is written. It holds where the migration stands and what went wrong: no key, no e-mail address, no name of a person, and no address of the site or the CRM unless --hosts is given.",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return command.Bundle(*options, want) },
	}
	cmd.Flags().BoolVar(&want.Hosts, "hosts", false, "show the addresses of the site and of the CRM")
	cmd.Flags().StringVar(&want.Out, "out", "", "the folder to write it into, instead of the migration's")
	cmd.Flags().BoolVar(&want.Yes, "yes", false, "write it without asking")
	return withJSON(cmd, options)
}

func newVersion(options *command.Options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Say which build this is: version, commit, date, Go and platform",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return command.Version(*options) },
	}
	return withJSON(cmd, options)
}
