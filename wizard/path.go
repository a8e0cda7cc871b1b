package wizard

import (
	"fmt"
	"slices"
	"strings"

	"allyswitch/wizard/checkpoint"
)

// Numbered is a step with a place among the thirteen. Start, finish and the tools are not.
type Numbered interface{ Number() int }

// Beside is a step that stands beside the way, a tool: the wizard never leads there by itself.
type Beside interface{ Beside() bool }

// Brief is a step with a shorter title for the rail, where there is little room.
type Brief interface{ Brief() string }

// Path is the steps in order.
type Path []Step

// Current returns the first step on the way that is not done; when all are, the last.
func (p Path) Current(state *checkpoint.State) Step {
	var last Step
	for _, step := range p {
		if beside(step) {
			continue
		}
		if last = step; step.Status(state) != Done {
			return step
		}
	}
	return last
}

// Find returns the step with an ID, nil when there is none.
func (p Path) Find(id string) Step {
	for _, step := range p {
		if step.ID() == id {
			return step
		}
	}
	return nil
}

// Before returns the step before, nil at the start. From a tool, and from a step that is not open yet, it leads back to where one is on the way.
func (p Path) Before(step Step, state *checkpoint.State) Step {
	if current := p.Current(state); beside(step) || step.Status(state) == Locked && current.ID() != step.ID() {
		return current
	}
	for i := p.index(step) - 1; i >= 0; i-- {
		if !beside(p[i]) {
			return p[i]
		}
	}
	return nil
}

// After returns where to go on from a step that is done: the first step that is not, or when all are done the next in order. It is nil at the end.
func (p Path) After(step Step, state *checkpoint.State) Step {
	if current := p.Current(state); current != nil && (beside(step) || current.Status(state) != Done) {
		return current
	}
	for _, later := range p[p.index(step)+1:] {
		if !beside(later) {
			return later
		}
	}
	return nil
}

// Label says where a step stands: "Step 4 of 13", "Start", "Finish" or "Tool".
func (p Path) Label(step Step) string {
	if number := p.number(step); number > 0 {
		return fmt.Sprintf("Step %d of %d", number, p.count())
	}
	if beside(step) {
		return "Tool"
	}
	for _, other := range p[:max(p.index(step), 0)] {
		if p.number(other) > 0 {
			return "Finish"
		}
	}
	return "Start"
}

// Short is Label for narrow places: "4", or nothing.
func (p Path) Short(step Step) string {
	if number := p.number(step); number > 0 {
		return fmt.Sprint(number)
	}
	return ""
}

// Name says which step is meant, in a sentence: "step 4, Import the members", or "start, Connect your site". A tool has only its title.
func (p Path) Name(step Step) string {
	if number := p.number(step); number > 0 {
		return fmt.Sprintf("step %d, %s", number, step.Title())
	}
	if beside(step) {
		return step.Title()
	}
	return strings.ToLower(p.Label(step)) + ", " + step.Title()
}

// Code is what to read aloud when somebody asks where we are: "S4-IMPORT".
func (p Path) Code(step Step) string {
	name := strings.ToUpper(step.ID())
	if number := p.number(step); number > 0 {
		return fmt.Sprintf("S%d-%s", number, name)
	}
	return name
}

func (p Path) number(step Step) int {
	if numbered, ok := step.(Numbered); ok {
		return numbered.Number()
	}
	return 0
}

// count is the highest number there is.
func (p Path) count() int {
	count := 0
	for _, step := range p {
		count = max(count, p.number(step))
	}
	return count
}

// brief is a step's title as short as it has one.
func brief(step Step) string {
	if short, ok := step.(Brief); ok {
		return short.Brief()
	}
	return step.Title()
}

func (p Path) index(step Step) int {
	return slices.IndexFunc(p, func(other Step) bool { return other.ID() == step.ID() })
}

func beside(step Step) bool {
	tool, ok := step.(Beside)
	return ok && tool.Beside()
}
