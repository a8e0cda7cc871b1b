package migration

import (
	"encoding/binary"
	"slices"
	"strings"

	"allyswitch/wizard/job"
	"allyswitch/wp"
)

// ControlsFile lists the control members, whom a person tests with.
const ControlsFile = "controls.csv"

// Control is a member to test with, and what they must and must not be able to open.
type Control struct {
	Member    int64
	Email     string
	Tags      []string
	Opens     []string
	StaysShut []string
	// Covers is what this member adds to those before: offerings, and tags.
	Covers []string
}

// Controls are the members to test with.
type Controls struct {
	Chosen []Control
	// Tags and Offerings are how many there are, TagsLeft and OfferingsLeft those that the chosen do not show. An offering is shown by somebody who may
	// open it and by somebody who may not.
	Tags, Offerings         int
	TagsLeft, OfferingsLeft []string
}

// shown is how many examples of pages a control member gets of each kind.
const shown = 6

// ChooseControls picks up to size members who together show every tag and, of every offering, somebody who may open it and somebody who may not. In each
// turn it takes who adds most, and of equals the first: the same members lead to the same choice. It works on this computer only, and writes controls.csv.
func ChooseControls(deps Deps, offerings []wp.Offering, size int, report job.Reporter) (Controls, error) {
	report.Phase("Choosing control members", 0)
	roster, err := LoadRoster(deps.Folder, deps.UnlistedHaveNone)
	if err != nil {
		return Controls{}, err
	}
	controls := Controls{Tags: len(roster.Tags), Offerings: len(offerings)}
	covered, firsts := map[string]bool{}, roster.firsts()
	for len(controls.Chosen) < size {
		best, most := -1, 0
		for _, i := range firsts {
			if fresh := countNew(roster.shows(i, offerings), covered); fresh > most {
				best, most = i, fresh
			}
		}
		if best < 0 {
			break
		}
		controls.Chosen = append(controls.Chosen, roster.control(best, offerings, covered))
	}
	controls.left(roster, offerings, covered)
	return controls, controls.save(deps)
}

// firsts are the first member of each set of tags: all others with the same tags show the same.
func (r *Roster) firsts() []int {
	var firsts []int
	seen := map[string]bool{}
	for i := range r.Members {
		m := &r.Members[i]
		if !m.TagsKnown || m.Twin >= 0 {
			continue
		}
		key := make([]byte, 0, 4*len(m.Tags))
		for _, tag := range m.Tags {
			key = binary.BigEndian.AppendUint32(key, tag)
		}
		if !seen[string(key)] {
			seen[string(key)] = true
			firsts = append(firsts, i)
		}
	}
	return firsts
}

// The kinds of what a member can show.
const (
	sawTag  = "tag "
	sawOpen = "can open "
	sawShut = "cannot open "
)

// shows is what a member can be tested for.
func (r *Roster) shows(member int, offerings []wp.Offering) []string {
	var all []string
	has := r.has(member)
	for _, offering := range offerings {
		if opensAny(offering, has) {
			all = append(all, sawOpen+offering.Name)
		} else {
			all = append(all, sawShut+offering.Name)
		}
	}
	for _, tag := range r.TagNames(member) {
		all = append(all, sawTag+tag)
	}
	return all
}

func (r *Roster) has(member int) func(string) bool {
	names := r.TagNames(member)
	return func(tag string) bool { return slices.Contains(names, tag) }
}

// opensAny says that somebody with these tags may open something of an offering. One without pages is judged by its tags.
func opensAny(offering wp.Offering, has func(string) bool) bool {
	if len(offering.Pages) > 0 {
		return slices.ContainsFunc(offering.Pages, func(page wp.OfferingPage) bool { return offering.Opens(page, has) })
	}
	return !(offering.Revoke != "" && has(offering.Revoke)) && slices.ContainsFunc(openers(offering), has)
}

func countNew(all []string, covered map[string]bool) int {
	fresh := 0
	for _, one := range all {
		if !covered[one] {
			fresh++
		}
	}
	return fresh
}

// control describes a member, and notes what they cover.
func (r *Roster) control(member int, offerings []wp.Offering, covered map[string]bool) Control {
	m := &r.Members[member]
	control := Control{Member: m.ID, Email: m.Email, Tags: r.TagNames(member)}
	for _, one := range r.shows(member, offerings) {
		if !covered[one] {
			covered[one] = true
			control.Covers = append(control.Covers, one)
		}
	}
	has := r.has(member)
	control.pages(offerings, has)
	if len(offerings) == 0 {
		control.byTags(r)
	}
	return control
}

// pages lists what the member may open and what not: first one page of every offering, then a second one of each, so that the first few show most.
func (c *Control) pages(offerings []wp.Offering, has func(string) bool) {
	for depth, more := 0, true; more; depth++ {
		more = false
		for _, offering := range offerings {
			switch {
			case len(offering.Pages) == 0 && depth == 0:
				c.place(offering.Name, opensAny(offering, has))
			case depth < len(offering.Pages):
				c.place(offering.Pages[depth].Title, offering.Opens(offering.Pages[depth], has))
				more = true
			}
		}
	}
}

func (c *Control) place(title string, opens bool) {
	if opens {
		c.Opens = append(c.Opens, title)
	} else {
		c.StaysShut = append(c.StaysShut, title)
	}
}

// byTags is for sites whose offerings nobody could read: then only the tags can be named.
func (c *Control) byTags(r *Roster) {
	for _, tag := range r.Tags {
		c.place("what the tag "+tag+" opens", slices.Contains(c.Tags, tag))
	}
}

// left notes what nobody among the chosen shows. That no member at all is shut out of an offering is no gap.
func (c *Controls) left(roster *Roster, offerings []wp.Offering, covered map[string]bool) {
	for _, tag := range roster.Tags {
		if !covered[sawTag+tag] {
			c.TagsLeft = append(c.TagsLeft, tag)
		}
	}
	for _, offering := range offerings {
		if !covered[sawOpen+offering.Name] {
			c.OfferingsLeft = append(c.OfferingsLeft, offering.Name)
		}
	}
}

func (c *Controls) save(deps Deps) error {
	rows := [][]string{{"ID", "user_email", "must_open", "must_not_open", "covers", "tags"}}
	for _, one := range c.Chosen {
		rows = append(rows, []string{(&Member{ID: one.Member}).UserID(), one.Email, strings.Join(firstFew(one.Opens), "|"), strings.Join(firstFew(one.StaysShut), "|"), strings.Join(one.Covers, "|"), strings.Join(one.Tags, "|")})
	}
	return writeRows(deps.Folder, ControlsFile, rows)
}

func firstFew(all []string) []string { return all[:min(len(all), shown)] }
