package command

import (
	"bufio"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"

	"allyswitch/crm/registry"
	"allyswitch/steps"
	"allyswitch/wizard/ui"
)

// mostStray is how many stray lines go to the log: what prints in a loop must not fill the disk.
const mostStray = 1000

// keepStray lets libraries and the runtime print to the error output while a screen is drawn: their lines go to the log instead of into the picture.
// The release function ends that. Nothing is caught where the error output is no terminal: there somebody wants to read it.
func keepStray(log *slog.Logger, secrets *steps.Secrets) (release func()) {
	if !isTerminal(os.Stderr) {
		return func() {}
	}
	kept := 0
	release, err := catchStray(func(line string) {
		if kept++; kept <= mostStray {
			log.Warn("printed beside the screen", "text", withoutSecrets(line, secrets))
		}
	})
	if err != nil {
		log.Warn("the error output cannot be caught", "error", err)
		return func() {}
	}
	return release
}

// withoutSecrets takes every secret out that is known now.
func withoutSecrets(line string, secrets *steps.Secrets) string {
	keys := []string{"site.password"}
	for _, entry := range registry.All() {
		for _, option := range entry.Provider.Options {
			if option.Secret {
				keys = append(keys, option.Key)
			}
		}
	}
	for _, key := range keys {
		if secret := secrets.Get(key); secret != "" {
			line = strings.ReplaceAll(line, secret, "[redacted]")
		}
	}
	return ui.Clean(line)
}

// eachLine reads to the end, whatever comes. A line that is very long is told in pieces.
func eachLine(in io.Reader, tell func(line string)) {
	reader := bufio.NewReaderSize(in, 8<<10)
	for {
		piece, err := reader.ReadSlice('\n')
		if line := strings.TrimRight(string(piece), "\r\n"); line != "" {
			tell(line)
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return
		}
	}
}
