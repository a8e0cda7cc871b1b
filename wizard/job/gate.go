package job

import (
	"context"
	"sync"
)

// gate holds work up while it is shut. Its zero value is open.
type gate struct {
	mutex sync.Mutex
	// open is closed to let everybody through; nil while the gate is open.
	open chan struct{}
	// waiting counts who stands before it.
	waiting int
}

func (g *gate) pause() {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.open == nil {
		g.open = make(chan struct{})
	}
}

func (g *gate) resume() {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.open != nil {
		close(g.open)
		g.open = nil
	}
}

func (g *gate) isHeld() bool {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return g.waiting > 0
}

// pass returns when the gate is open, or when one of the two contexts is done, with its error.
func (g *gate) pass(ctx, work context.Context) error {
	for {
		if err := firstError(ctx, work); err != nil {
			return err
		}
		open := g.enter()
		if open == nil {
			return nil
		}
		select {
		case <-open:
		case <-ctx.Done():
		case <-work.Done():
		}
		g.leave()
	}
}

// enter returns what to wait for, nil when there is no need.
func (g *gate) enter() <-chan struct{} {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.open != nil {
		g.waiting++
	}
	return g.open
}

func (g *gate) leave() {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.waiting--
}

func firstError(ctx, work context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return work.Err()
}
