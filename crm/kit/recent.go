package kit

import (
	"sync"
	"time"
)

// recent remembers what was just made, for as long as Kit's lists may be late: the answer to a write is current, a list may not be.
type recent[T any] struct {
	mu   sync.Mutex
	made map[int64]madeItem[T]
}

type madeItem[T any] struct {
	item T
	at   time.Time
}

func (r *recent[T]) add(id int64, item T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.made == nil {
		r.made = map[int64]madeItem[T]{}
	}
	r.made[id] = madeItem[T]{item, time.Now()}
}

func (r *recent[T]) remove(id int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.made, id)
}

// complete adds to a list what was just made and is not on it yet.
func (r *recent[T]) complete(list []T, id func(T) int64) []T {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, item := range list {
		delete(r.made, id(item))
	}
	for key, made := range r.made {
		if time.Since(made.at) > readLag {
			delete(r.made, key)
			continue
		}
		list = append(list, made.item)
	}
	return list
}
