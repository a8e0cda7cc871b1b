package migration

import (
	"errors"
	"fmt"
)

// The refusals of the engine. Each is a gate: nothing was done.
var (
	// ErrNoPlan means that work was asked for before a plan was made.
	ErrNoPlan = errors.New("there is no plan yet")
	// ErrDrifted means that members, tags or account are not what the plan was made from.
	ErrDrifted = errors.New("something has changed since the plan was made")
	// ErrOtherAccount means that the key opens another account than the one the migration began with.
	ErrOtherAccount = errors.New("this key opens another CRM account")
	// ErrTagConflicts means that the CRM cannot hold a tag under exactly its name.
	ErrTagConflicts = errors.New("some tags cannot be made under exactly their names")
	// ErrTooManyFailures means that the work stopped by itself because too much of it failed.
	ErrTooManyFailures = errors.New("too many members failed, so the work stopped by itself")
	// ErrNoRoom means that the CRM's plan has no room for the members.
	ErrNoRoom = errors.New("the CRM account has no room for the members")
)

// Refusal is a gate that did not open, with the figures that say why.
type Refusal struct {
	Gate   error
	Detail string
}

func (r *Refusal) Error() string { return fmt.Sprintf("%s: %s", r.Gate, r.Detail) }

// Unwrap returns the gate, so that errors.Is finds it.
func (r *Refusal) Unwrap() error { return r.Gate }
