package migration

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
)

// befores is what was there before anything was written, by member. Several contacts of one address are all kept. It holds them small: half a million with many
// tags each have to fit into memory.
type befores struct {
	members map[int64][]packed
	// free is where the next ones go; names are all tags by number, sets keeps each set of tags once, fields each field ID.
	free   []packed
	names  []string
	index  map[string]uint32
	sets   *tagSets
	fields map[crm.FieldID]crm.FieldID
	// scratch is where tags are put in order.
	scratch []uint32
}

// packed is a Before with its tags as numbers and its fields in a row.
type packed struct {
	Before
	tags   []uint32
	values []fieldValue
}

type fieldValue struct {
	id    crm.FieldID
	value string
}

// newBefores is empty. The first tags are numbered as in the roster, so that contacts and members can share their sets.
func newBefores(tags []string) *befores {
	return &befores{members: map[int64][]packed{}, names: slices.Clone(tags), index: tagIndex(tags), sets: newTagSets(), fields: map[crm.FieldID]crm.FieldID{}}
}

// add keeps one more contact of a member. Texts that the member has too are kept once; nil is for somebody whose texts are not at hand.
func (b *befores) add(before Before, m *Member) {
	if m != nil {
		before.Email, before.First, before.Last = shared(before.Email, m.Email), shared(before.First, m.FirstName), shared(before.Last, m.LastName)
	}
	one := packed{Before: before, tags: b.pack(before.Tags, m)}
	one.ID = crm.ContactID(strings.Clone(string(before.ID)))
	for _, id := range slices.Sorted(maps.Keys(before.Fields)) {
		value := before.Fields[id]
		if m != nil {
			value = shared(shared(value, m.CustomerID), m.Registered)
		}
		if b.fields[id] == "" {
			b.fields[id] = crm.FieldID(strings.Clone(string(id)))
		}
		one.values = append(one.values, fieldValue{b.fields[id], value})
	}
	one.Tags, one.Fields = nil, nil
	b.put(one)
}

// put adds it to those of its member. Almost everybody has one.
func (b *befores) put(one packed) {
	if there := b.members[one.Member]; len(there) > 0 {
		b.members[one.Member] = append(there, one)
		return
	}
	if len(b.free) == 0 {
		b.free = make([]packed, 256)
	}
	b.free[0] = one
	b.members[one.Member], b.free = b.free[:1:1], b.free[1:]
}

// pack gives tags their numbers. A contact that carries exactly what its member has shares the member's set.
func (b *befores) pack(names []string, m *Member) []uint32 {
	numbers := b.scratch[:0]
	for _, name := range names {
		number, known := b.index[name]
		if !known {
			number = uint32(len(b.names))
			b.names = append(b.names, strings.Clone(name))
			b.index[b.names[number]] = number
		}
		numbers = append(numbers, number)
	}
	if b.scratch = numbers; len(numbers) == 0 {
		return nil
	}
	if numbers = b.sets.sorted(numbers); m != nil && sameTags(numbers, m.Tags) {
		return m.Tags
	}
	return b.sets.keep(numbers)
}

func (b *befores) unpack(one packed) Before {
	before := one.Before
	for _, field := range one.values {
		if before.Fields == nil {
			before.Fields = make(map[crm.FieldID]string, len(one.values))
		}
		before.Fields[field.id] = field.value
	}
	for _, tag := range one.tags {
		before.Tags = append(before.Tags, b.names[tag])
	}
	return before
}

// of are a member's contacts, in the order in which the CRM showed them.
func (b *befores) of(member int64) []Before {
	list := make([]Before, 0, len(b.members[member]))
	for _, one := range b.members[member] {
		list = append(list, b.unpack(one))
	}
	return list
}

// first is a member's first contact, nil when there was none.
func (b *befores) first(member int64) *Before {
	if len(b.members[member]) == 0 {
		return nil
	}
	before := b.unpack(b.members[member][0])
	return &before
}

// count is how many contacts a member had.
func (b *befores) count(member int64) int { return len(b.members[member]) }

// len is how many members had any.
func (b *befores) len() int { return len(b.members) }

func (b *befores) forget(member int64) { delete(b.members, member) }

// hasTag says that a certain contact of a member carried a tag.
func (b *befores) hasTag(member int64, contact crm.ContactID, name string) bool {
	number, known := b.index[name]
	return known && slices.ContainsFunc(b.members[member], func(one packed) bool {
		_, has := slices.BinarySearch(one.tags, number)
		return has && one.ID == contact
	})
}

// setTags gives every contact its tags, once they are all known.
func (b *befores) setTags(byContact map[crm.ContactID][]string) {
	for _, list := range b.members {
		for i := range list {
			list[i].tags, list[i].TagsKnown = b.pack(byContact[list[i].ID], nil), true
		}
	}
}

func (b *befores) save(folder *checkpoint.Folder, roster *Roster) error {
	file, err := folder.Create(BeforeFile)
	if err != nil {
		return doing("write "+BeforeFile, err)
	}
	defer file.Abort()
	encoder := json.NewEncoder(file)
	for i := range roster.Members {
		for _, before := range b.of(roster.Members[i].ID) {
			if err := encoder.Encode(before); err != nil {
				return doing("write "+BeforeFile, err)
			}
		}
	}
	return doing("write "+BeforeFile, file.Close())
}

func loadBefores(folder *checkpoint.Folder) (*befores, error) {
	file, err := folder.OpenFile(BeforeFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoPlan
	}
	if err != nil {
		return nil, doing("read "+BeforeFile, err)
	}
	defer file.Close()
	found := newBefores(nil)
	decoder := json.NewDecoder(bufio.NewReader(file))
	for {
		var before Before
		err := decoder.Decode(&before)
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, doing("read "+BeforeFile, err)
		}
		found.add(before, nil)
	}
}
