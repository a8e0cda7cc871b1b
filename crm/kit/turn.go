package kit

import (
	"context"

	"allyswitch/crm"
)

// turns lets one caller at a time do something that takes requests. Unlike a mutex it can be given up waiting for.
type turns chan struct{}

func newTurns() turns { return make(turns, 1) }

// take waits for the turn; done gives it back.
func (t turns) take(ctx context.Context, op string) (done func(), err error) {
	select {
	case t <- struct{}{}:
		return func() { <-t }, nil
	case <-ctx.Done():
		return nil, &crm.Error{Kind: crm.KindTemporary, Code: codePrefix + crm.CodeStopped, Op: op, Err: ctx.Err()}
	}
}
