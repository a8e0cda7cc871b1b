package migration

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync"

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
	// content is the number that ContentHash writes.
	content uint32
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
		m := &roster.Members[i]
		m.TagsKnown = m.TagsKnown || (roster.TagsRead && unlistedHaveNone)
	}
	roster.sumUp()
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
	if info, err := file.Stat(); err == nil {
		r.expect(int(info.Size() / usualRow))
	}
	return ahead(func(give func(wp.Member)) error {
		return wp.ReadMembers(file, func(member wp.Member) error { give(member); return nil })
	}, r.add)
}

// usualRow is about how many bytes a row of members.csv has.
const usualRow = 90

// expect makes room for so many members.
func (r *Roster) expect(members int) {
	r.Members = make([]Member, 0, members)
	r.byKey, r.byID = make(map[string]int32, members), make(map[int64]int32, members)
}

// add takes one member in.
func (r *Roster) add(member wp.Member) {
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
}

func (r *Roster) fingerprint() string {
	sum, line, number := sha256.New(), []byte{}, [4]byte{}
	for i := range r.Members {
		binary.BigEndian.PutUint32(number[:], r.Members[i].content)
		line = hex.AppendEncode(line[:0], number[:])
		line = strconv.AppendBool(append(line, ' '), r.Members[i].TagsKnown)
		sum.Write(append(line, '\n'))
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}

// ContentHash changes when anything that is sent for a member changes. It is short: it tells changed from unchanged, nothing more.
func (r *Roster) ContentHash(member int) string {
	return fmt.Sprintf("%08x", r.Members[member].content)
}

// sumUp works the content hashes out, on all processors.
func (r *Roster) sumUp() {
	var parts sync.WaitGroup
	size := len(r.Members)/runtime.GOMAXPROCS(0) + 1
	for part := range slices.Chunk(r.Members, size) {
		parts.Go(func() {
			for i := range part {
				part[i].content = r.contentOf(&part[i])
			}
		})
	}
	parts.Wait()
}

// contentOf is the FNV-1a hash of everything that is sent for a member, each part but the first after a zero byte.
func (r *Roster) contentOf(m *Member) uint32 {
	sum := uint32(2166136261)
	add := func(text string) {
		for i := range len(text) {
			sum = (sum ^ uint32(text[i])) * 16777619
		}
	}
	add(m.UserID())
	for _, part := range []string{m.Email, m.FirstName, m.LastName, m.Registered, m.CustomerID} {
		add("\x00")
		add(part)
	}
	for _, tag := range m.Tags {
		add("\x00")
		add(r.Tags[tag])
	}
	return sum
}
