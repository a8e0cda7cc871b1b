package migration

import "fmt"

// failureGuard stops the work when failures are no longer single cases: 20 in a row, or more than 2 % once 500 members have been sent.
type failureGuard struct {
	sent, failed, inARow int
}

const (
	guardInARow  = 20
	guardPercent = 2
	guardFrom    = 500
)

func (g *failureGuard) count(results string) error {
	for _, letter := range results {
		g.sent++
		if letter != letterFailed {
			g.inARow = 0
			continue
		}
		g.failed++
		g.inARow++
		if g.inARow >= guardInARow {
			return &Refusal{ErrTooManyFailures, fmt.Sprintf("%d in a row", g.inARow)}
		}
	}
	if g.sent >= guardFrom && g.failed*100 > g.sent*guardPercent {
		return &Refusal{ErrTooManyFailures, fmt.Sprintf("%d of %d", g.failed, g.sent)}
	}
	return nil
}
