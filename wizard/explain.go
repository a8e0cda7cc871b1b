package wizard

import (
	"context"
	"errors"
	"fmt"

	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
)

// Explanation is an error told to people.
type Explanation struct {
	// What happened, what it Means for the members, what to do Now: each a short sentence or two.
	What  string
	Means string
	Now   string
	// Code is short and can be read aloud: "KIT-401".
	Code string
	// Detail is for the technical mind, folded away at first.
	Detail string
}

// Explainer is an error that can tell people about itself.
type Explainer interface{ Explain() Explanation }

// Refuser is an error of a gate: it held the work back on purpose, nothing is broken.
type Refuser interface{ Refused() bool }

// Partial is an error of work of which a part was done, and recorded.
type Partial interface{ Partly() bool }

// CodeUnknown stands for errors that nobody explains.
const CodeUnknown = "ALLY-000"

// CodeFault stands for a fault in the program itself.
const CodeFault = "ALLY-FAULT"

// Explain tells about any error. What is left open by an Explainer is filled with what is true in general.
func Explain(err error) Explanation {
	out := known(err)
	fill(&out.What, fmt.Sprintf("Something went wrong: %v", err))
	fill(&out.Means, "Your members keep the access they have now. What had been done before is recorded.")
	fill(&out.Now, "Try again. If it happens again, tell support the code below.")
	fill(&out.Code, CodeUnknown)
	fill(&out.Detail, err.Error())
	return out
}

// known is what an error itself can tell.
func known(err error) Explanation {
	var explainer Explainer
	var folder *checkpoint.Error
	var fault *job.PanicError
	switch {
	case errors.As(err, &explainer):
		return explainer.Explain()
	case errors.As(err, &folder):
		return Explanation{What: folder.What, Means: folder.Means, Now: folder.Now, Code: folder.Code}
	case errors.As(err, &fault):
		return Explanation{
			What: "A fault in this program stopped the work.",
			Now:  "Try again: it goes on where it was. If it happens again, send support the file allyswitch.log.",
			Code: CodeFault,
		}
	}
	return Explanation{}
}

func fill(field *string, text string) {
	if *field == "" {
		*field = text
	}
}

// Refused says that a gate held the work back.
func Refused(err error) bool {
	var refuser Refuser
	return errors.As(err, &refuser) && refuser.Refused()
}

// outcome names how a job ended, in the words of the checkpoint.
func outcome(err error, failed int64) string {
	var partial Partial
	switch {
	case err == nil && failed == 0:
		return OutcomeDone
	case err == nil, errors.As(err, &partial) && partial.Partly():
		return OutcomePartly
	case errors.Is(err, context.Canceled):
		return OutcomeStopped
	}
	return OutcomeFailed
}

// The outcomes of a task in the checkpoint.
const (
	OutcomeDone    = "done"
	OutcomePartly  = "partly"
	OutcomeFailed  = "failed"
	OutcomeStopped = "stopped"
)

// SaveError says that the state could not be written. Nothing more may be sent until it can.
type SaveError struct{ Err error }

func (e *SaveError) Error() string { return fmt.Sprintf("saving your progress: %v", e.Err) }

// Unwrap returns why.
func (e *SaveError) Unwrap() error { return e.Err }

// Explain tells what a failed save means.
func (e *SaveError) Explain() Explanation {
	out := Explanation{
		What:   "Your progress could not be saved on this computer.",
		Means:  "Nothing more is sent while it cannot be recorded. Your members keep the access they have now.",
		Now:    "Make room on the disk, or make the folder of this migration writable. Then save again.",
		Code:   "ALLY-SAVE",
		Detail: e.Err.Error(),
	}
	var folder *checkpoint.Error
	if errors.As(e.Err, &folder) {
		out.What, out.Now, out.Code = out.What+" "+folder.What, folder.Now, folder.Code
	}
	return out
}
