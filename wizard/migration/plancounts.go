package migration

import (
	"slices"
	"time"

	"allyswitch/crm"
)

// FieldWrite says on how many contacts a field will get a value that it does not have yet.
type FieldWrite struct {
	Field    string `json:"field"`
	Contacts int    `json:"contacts"`
}

// TagCount says how many members have a tag, and on how many it really has to be put: the others carry it in the CRM already.
type TagCount struct {
	Tag     string `json:"tag"`
	Members int    `json:"members"`
	Added   int    `json:"added"`
}

// The fields that every CRM has of its own, as the plan's count names them.
const (
	fieldEmail = "email"
	fieldFirst = "first name"
	fieldLast  = "last name"
)

// planCounter counts what will be written, member by member.
type planCounter struct {
	roster *Roster
	own    fieldIDs
	names  []string
	fields map[string]int
	added  []int
}

func newPlanCounter(features crm.Features, roster *Roster, own fieldIDs) *planCounter {
	counter := &planCounter{roster: roster, own: own, fields: map[string]int{}, added: make([]int, len(roster.Tags))}
	for _, field := range OwnFields(features) {
		counter.names = append(counter.names, field.Name)
	}
	return counter
}

// add counts one member who is written. before is nil for somebody new.
func (c *planCounter) add(member int, before *Before) {
	m := &c.roster.Members[member]
	there := Before{}
	if before != nil {
		there = *before
	} else {
		c.fields[fieldEmail]++
	}
	c.count(fieldFirst, m.FirstName != "" && there.First == "")
	c.count(fieldLast, m.LastName != "" && there.Last == "")
	for place, value := range []string{m.UserID(), m.CustomerID, m.Registered} {
		id := c.own.all()[place]
		c.count(c.names[place], value != "" && (id == "" || there.Fields[id] != value))
	}
	for _, tag := range m.Tags {
		if !slices.Contains(there.Tags, c.roster.Tags[tag]) {
			c.added[tag]++
		}
	}
}

func (c *planCounter) count(field string, written bool) {
	if written {
		c.fields[field]++
	}
}

// keep writes the counts into the plan.
func (c *planCounter) keep(plan *Plan) {
	for _, name := range append([]string{fieldEmail, fieldFirst, fieldLast}, c.names...) {
		plan.FieldWrites = append(plan.FieldWrites, FieldWrite{name, c.fields[name]})
	}
	for tag, members := range c.roster.TagCounts() {
		plan.Tags = append(plan.Tags, TagCount{c.roster.Tags[tag], members, c.added[tag]})
		plan.PairsAdded += c.added[tag]
	}
}

// Values is how many values will be written into fields, over all contacts.
func (p *Plan) Values() int {
	values := 0
	for _, write := range p.FieldWrites {
		values += write.Contacts
	}
	return values
}

// usedToday is how many requests of the daily allowances are gone already, 0 where there are none.
func usedToday(quota crm.Quota, now time.Time) int {
	used := 0
	if quota.Day == now.UTC().Format(time.DateOnly) {
		for _, n := range quota.Used {
			used += n
		}
	}
	return used
}

// added is on how many contacts each tag has to be put.
func (p *Plan) added() []int {
	added := make([]int, len(p.Tags))
	for i, tag := range p.Tags {
		added[i] = tag.Added
	}
	return added
}
