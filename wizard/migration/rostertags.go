package migration

import (
	"errors"
	"io/fs"
	"maps"
	mathbits "math/bits"
	"slices"

	"allyswitch/crm/address"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wp"
)

// readTags reads who has which tag.
func (r *Roster) readTags(folder *checkpoint.Folder, name string) error {
	file, err := folder.OpenFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	r.TagsRead = true
	reader := tagReader{roster: r, strangers: map[string]bool{}, sets: newTagSets()}
	var names []string
	err = ahead(func(give func(tagRow)) (err error) {
		names, err = wp.EachNumberedTag(file, func(email string, tag int) error { give(tagRow{email, tag}); return nil })
		return err
	}, func(row tagRow) { reader.row(row.email, row.tag) })
	if err != nil {
		return err
	}
	reader.next(nobody, "")
	r.Strangers = slices.Sorted(maps.Keys(reader.strangers))
	r.nameTags(names, reader.sets)
	return nil
}

// tagRow is one row of member-tags.csv.
type tagRow struct {
	email string
	tag   int
}

// ahead calls fn for everything that read gives, while read goes on in another goroutine: both take their time with half a million members.
func ahead[T any](read func(give func(T)) error, fn func(T)) error {
	const batch, room = 2048, 4
	rows, used, failed := make(chan []T, room), make(chan []T, room+2), make(chan error, 1)
	go func() {
		defer close(rows)
		part := make([]T, 0, batch)
		failed <- read(func(row T) {
			if part = append(part, row); len(part) == batch {
				rows <- part
				select {
				case part = <-used:
				default:
					part = make([]T, 0, batch)
				}
			}
		})
		rows <- part
	}()
	for part := range rows {
		for _, row := range part {
			fn(row)
		}
		used <- part[:0]
	}
	return <-failed
}

// nobody is in the place of a member who is not known.
const nobody = -1

// tagReader takes the rows of member-tags.csv, in which one member's rows stand together.
type tagReader struct {
	roster    *Roster
	strangers map[string]bool
	sets      *tagSets
	// email and member are those of the last row, tags what they have so far.
	email  string
	member int32
	tags   []uint32
}

func (t *tagReader) row(email string, tag int) {
	if email != t.email || t.email == "" {
		key := address.Key(email)
		member, known := t.roster.byKey[key]
		if !known {
			t.strangers[key] = true
			member = nobody
		}
		t.next(member, email)
	}
	if t.member == nobody {
		return
	}
	t.roster.Members[t.member].TagsKnown = true
	if tag != wp.NoTag {
		t.tags = append(t.tags, uint32(tag))
	}
}

// next closes the member whose rows were read, and begins with another.
func (t *tagReader) next(member int32, email string) {
	if t.member != nobody && len(t.tags) > 0 {
		m := &t.roster.Members[t.member]
		m.Tags = t.sets.keep(append(t.tags, m.Tags...))
	}
	t.member, t.email, t.tags = member, email, t.tags[:0]
}

// nameTags leaves out tags of strangers, renumbers the others by name, and gives twins what the first of them has.
func (r *Roster) nameTags(names []string, sets *tagSets) {
	used, renumbered := sets.used(len(names)), make([]uint32, len(names))
	for number, name := range names {
		if used[number] {
			r.Tags = append(r.Tags, name)
		}
	}
	slices.Sort(r.Tags)
	index := tagIndex(r.Tags)
	for number, name := range names {
		renumbered[number] = index[name]
	}
	sets.renumber(renumbered)
	for i := range r.Members {
		if twin := r.Members[i].Twin; twin >= 0 {
			r.Members[i].Tags, r.Members[i].TagsKnown = r.Members[twin].Tags, r.Members[twin].TagsKnown
		}
	}
}

// tagSets keeps each set of tags once, sorted: members with the same tags share one, and so one decision. The sets lie side by side in large pieces of memory.
type tagSets struct {
	known map[uint64][]uint32
	all   [][]uint32
	free  []uint32
	bits  bits
}

func newTagSets() *tagSets { return &tagSets{known: map[uint64][]uint32{}} }

// keep returns the set of these tags, which it may sort.
func (s *tagSets) keep(tags []uint32) []uint32 {
	tags = s.sorted(tags)
	sum := uint64(14695981039346656037)
	for _, tag := range tags {
		sum = (sum ^ uint64(tag)) * 1099511628211
	}
	if set, there := s.known[sum]; there && slices.Equal(set, tags) {
		return set
	}
	if len(s.free) < len(tags) {
		s.free = make([]uint32, max(1<<16, len(tags)))
	}
	set := s.free[:len(tags):len(tags)]
	s.free = s.free[len(tags):]
	copy(set, tags)
	s.known[sum], s.all = set, append(s.all, set)
	return set
}

// sorted sorts a set and drops what is in it twice. Numbers of tags are small, so that to mark and to collect them is faster than to compare them.
func (s *tagSets) sorted(tags []uint32) []uint32 {
	if len(tags) == 0 {
		return tags
	}
	if words := int(slices.Max(tags)/64) + 1; words > len(s.bits) {
		s.bits = make(bits, words)
	}
	s.bits.fill(tags)
	tags = tags[:0]
	for word, left := range s.bits {
		for ; left != 0; left &= left - 1 {
			tags = append(tags, uint32(word*64+mathbits.TrailingZeros64(left)))
		}
	}
	return tags
}

// used says which of so many tags are in any set.
func (s *tagSets) used(tags int) []bool {
	used := make([]bool, tags)
	for _, set := range s.all {
		for _, tag := range set {
			used[tag] = true
		}
	}
	return used
}

// renumber gives every tag its new number, and sorts the sets by that.
func (s *tagSets) renumber(numbers []uint32) {
	for _, set := range s.all {
		for i := range set {
			set[i] = numbers[set[i]]
		}
		s.sorted(set)
	}
}

// sameTags says that two sorted sets are one.
func sameTags(a, b []uint32) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0] || slices.Equal(a, b))
}

// missingTags are those of the first sorted set that the second does not hold.
func missingTags(wanted, has []uint32) []uint32 {
	if sameTags(wanted, has) {
		return nil
	}
	var missing []uint32
	for _, tag := range wanted {
		for len(has) > 0 && has[0] < tag {
			has = has[1:]
		}
		if len(has) == 0 || has[0] != tag {
			missing = append(missing, tag)
		}
	}
	return missing
}
