package crm

import (
	"context"
	"slices"
	"sync"
)

// keyLock lets no two writes to one contact happen at once: Drip refuses them, Ontraport makes two contacts of them.
type keyLock struct {
	mu   sync.Mutex
	held map[string]chan struct{}
}

func newKeyLock() *keyLock { return &keyLock{held: map[string]chan struct{}{}} }

// lock waits until none of the keys is held, and holds them all until unlock is called.
func (l *keyLock) lock(ctx context.Context, keys []string) (unlock func(), err error) {
	keys = slices.Clone(keys)
	for {
		busy, taken := l.try(keys)
		if taken {
			return func() { l.unlock(keys) }, nil
		}
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// try takes all keys or none, so that two callers can never wait for each other.
func (l *keyLock) try(keys []string) (busy <-chan struct{}, taken bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range keys {
		if holder, held := l.held[key]; held {
			return holder, false
		}
	}
	done := make(chan struct{})
	for _, key := range keys {
		l.held[key] = done
	}
	return nil, true
}

func (l *keyLock) unlock(keys []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(keys) == 0 {
		return
	}
	close(l.held[keys[0]])
	for _, key := range keys {
		delete(l.held, key)
	}
}
