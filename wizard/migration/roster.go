package migration

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"allyswitch/crm/address"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wp"
)

// Member is one person of the site as the engine works with them.
type Member struct {
	// ID is the WordPress user ID; CustomerID is WebToffee's second copy of it.
	ID                  int64
	CustomerID          string
	Email               string
	FirstName, LastName string
	// Registered is UTC as WordPress stores it, empty when the site has no date.
	Registered string
	// Key is the e-mail address as it is compared: trimmed, lower-cased, NFC, IDNA.
	Key string
	// Tags are indexes into Roster.Tags, ascending.
	Tags []uint32
	// TagsKnown is false when the tag file does not have this member at all: then it is not known whether they have tags.
	TagsKnown bool
	// Twin is the place of an earlier member with the same address, -1 for almost everybody. Both share one contact, which the first one is sent to.
	Twin int32
}

// UserID is the WordPress user ID as text.
func (m *Member) UserID() string { return strconv.FormatInt(m.ID, 10) }

// Roster is everybody who moves, and which tags they have.
type Roster struct {
	Members []Member
	// Tags are all tag names, sorted.
	Tags []string
	// TagsRead says whether a file of member tags was there at all. Without one, nobody's tags are known.
	TagsRead bool
	// Strangers are addresses in the tag file that belong to no member.
	Strangers []string
	// Fingerprint changes when anything about members or tags does.
	Fingerprint string

	byKey map[string]int32
	byID  map[int64]int32
}

// LoadRoster reads members.csv and member-tags.csv from the migration's folder. With unlistedHaveNone the owner has said that who is not in the tag
// file has no tags; else that is unknown.
func LoadRoster(folder *checkpoint.Folder, unlistedHaveNone bool) (*Roster, error) {
	return loadRoster(folder, MembersFile, TagsFile, unlistedHaveNone)
}

func loadRoster(folder *checkpoint.Folder, members, tags string, unlistedHaveNone bool) (*Roster, error) {
	roster := &Roster{byKey: map[string]int32{}, byID: map[int64]int32{}}
	if err := roster.readMembers(folder, members); err != nil {
		return nil, doing("read "+members, err)
	}
	if err := roster.readTags(folder, tags); err != nil {
		return nil, doing("read "+tags, err)
	}
	for i := range roster.Members {
		roster.Members[i].TagsKnown = roster.Members[i].TagsKnown || (roster.TagsRead && unlistedHaveNone)
	}
	roster.Fingerprint = roster.fingerprint()
	return roster, nil
}

// Len is the number of members.
func (r *Roster) Len() int { return len(r.Members) }

// ByKey finds the member with this e-mail key.
func (r *Roster) ByKey(key string) (int, bool) {
	i, ok := r.byKey[key]
	return int(i), ok
}

// ByID finds the member with this WordPress user ID.
func (r *Roster) ByID(id int64) (int, bool) {
	i, ok := r.byID[id]
	return int(i), ok
}

// TagNames are the names of a member's tags.
func (r *Roster) TagNames(member int) []string {
	names := make([]string, 0, len(r.Members[member].Tags))
	for _, tag := range r.Members[member].Tags {
		names = append(names, r.Tags[tag])
	}
	return names
}

// Pairs is how many times a member has a tag, over all members.
func (r *Roster) Pairs() int {
	pairs := 0
	for i := range r.Members {
		pairs += len(r.Members[i].Tags)
	}
	return pairs
}

// TagCounts is how many members have each tag, in the order of Tags.
func (r *Roster) TagCounts() []int {
	counts := make([]int, len(r.Tags))
	for i := range r.Members {
		for _, tag := range r.Members[i].Tags {
			counts[tag]++
		}
	}
	return counts
}

func (r *Roster) readMembers(folder *checkpoint.Folder, name string) error {
	file, err := folder.OpenFile(name)
	if err != nil {
		return err
	}
	defer file.Close()
	return wp.ReadMembers(file, func(member wp.Member) error {
		key, here := address.Key(member.Email), int32(len(r.Members))
		twin := int32(-1)
		if first, twice := r.byKey[key]; twice {
			twin = first
		} else {
			r.byKey[key] = here
		}
		r.byID[member.ID] = here
		if key == member.Email {
			key = member.Email
		}
		r.Members = append(r.Members, Member{ID: member.ID, CustomerID: member.CustomerID, Email: member.Email, FirstName: member.FirstName,
			LastName: member.LastName, Registered: member.Registered, Key: key, Twin: twin})
		return nil
	})
}

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
	index := map[string]uint32{}
	strangers := map[string]bool{}
	err = wp.EachMemberTag(file, func(email, tag string) error {
		key := address.Key(email)
		member, known := r.byKey[key]
		if !known {
			strangers[key] = true
			return nil
		}
		r.Members[member].TagsKnown = true
		if tag != "" {
			r.Members[member].Tags = append(r.Members[member].Tags, numberOf(index, tag))
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.Strangers = slices.Sorted(maps.Keys(strangers))
	r.sortTags(index)
	return nil
}

// numberOf gives each tag a number in the order in which tags are first seen.
func numberOf(index map[string]uint32, tag string) uint32 {
	number, known := index[tag]
	if !known {
		number = uint32(len(index))
		index[strings.Clone(tag)] = number
	}
	return number
}

// sortTags renumbers the tags by name, and gives twins what the first of them has.
func (r *Roster) sortTags(index map[string]uint32) {
	r.Tags = slices.Sorted(maps.Keys(index))
	renumbered := make([]uint32, len(r.Tags))
	for place, name := range r.Tags {
		renumbered[index[name]] = uint32(place)
	}
	for i := range r.Members {
		tags := r.Members[i].Tags
		for j := range tags {
			tags[j] = renumbered[tags[j]]
		}
		slices.Sort(tags)
		r.Members[i].Tags = slices.Compact(tags)
	}
	for i := range r.Members {
		if twin := r.Members[i].Twin; twin >= 0 {
			r.Members[i].Tags, r.Members[i].TagsKnown = r.Members[twin].Tags, r.Members[twin].TagsKnown
		}
	}
}

func (r *Roster) fingerprint() string {
	sum := sha256.New()
	for i := range r.Members {
		fmt.Fprintln(sum, r.ContentHash(i), r.Members[i].TagsKnown)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}

// ContentHash changes when anything that is sent for a member changes. It is short: it tells changed from unchanged, nothing more.
func (r *Roster) ContentHash(member int) string {
	m := &r.Members[member]
	sum := fnv.New32a()
	fmt.Fprint(sum, m.ID, "\x00", m.Email, "\x00", m.FirstName, "\x00", m.LastName, "\x00", m.Registered, "\x00", m.CustomerID)
	for _, tag := range m.Tags {
		fmt.Fprint(sum, "\x00", r.Tags[tag])
	}
	return fmt.Sprintf("%08x", sum.Sum32())
}
