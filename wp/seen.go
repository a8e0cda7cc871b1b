package wp

import (
	"hash/maphash"
	"math/bits"
	"strings"

	"allyswitch/crm/address"
)

// addressSet remembers which addresses have been seen and in which row, in 12 bytes each and little more: a million members
// take 16 MB. It compares 64-bit hashes; the chance that two of a million addresses share one is below 1 in 30 million.
type addressSet struct {
	seed   maphash.Seed
	shards [256]shard
}

// shard is an open-addressing hash table. Many small ones grow without doubling all memory at one time.
type shard struct {
	hashes []uint64
	rows   []uint32
	used   int
}

func newAddressSet() *addressSet { return &addressSet{seed: maphash.MakeSeed()} }

// claim returns the row that has the key already, or else remembers it for this row.
func (s *addressSet) claim(key []byte, row int) (first int, taken bool) {
	return s.claimHash(maphash.Bytes(s.seed, key), row)
}

func (s *addressSet) claimHash(hash uint64, row int) (first int, taken bool) {
	hash = max(hash, 1) // 0 marks a free place
	shard := &s.shards[hash>>56]
	if (shard.used+1)*8 > len(shard.hashes)*7 {
		shard.grow()
	}
	place := shard.place(hash)
	if shard.hashes[place] == hash {
		return int(shard.rows[place]), true
	}
	shard.put(place, hash, uint32(row))
	return 0, false
}

func (s *addressSet) has(hash uint64) bool {
	hash = max(hash, 1)
	shard := &s.shards[hash>>56]
	return shard.used > 0 && shard.hashes[shard.place(hash)] == hash
}

func (s *shard) place(hash uint64) int {
	high, _ := bits.Mul64(hash<<8, uint64(len(s.hashes))) // the upper 8 bits have chosen the shard
	place := int(high)
	for s.hashes[place] != 0 && s.hashes[place] != hash {
		if place++; place == len(s.hashes) {
			place = 0
		}
	}
	return place
}

func (s *shard) put(place int, hash uint64, row uint32) {
	s.hashes[place], s.rows[place] = hash, row
	s.used++
}

func (s *shard) grow() {
	old := *s
	size := len(old.hashes)*3/2 + 16
	*s = shard{hashes: make([]uint64, size), rows: make([]uint32, size)}
	for i, hash := range old.hashes {
		if hash != 0 {
			s.put(s.place(hash), hash, old.rows[i])
		}
	}
}

// idSet remembers which WordPress IDs have been seen: one bit each for those that sites really have.
type idSet struct {
	pages [1024]*[1024]uint64
	large *addressSet
}

func newIDSet() *idSet { return &idSet{large: newAddressSet()} }

// has says whether the ID was added.
func (s *idSet) has(id int64) bool {
	page := id >> 16
	if page >= int64(len(s.pages)) {
		return s.large.has(maphash.Comparable(s.large.seed, id))
	}
	return s.pages[page] != nil && s.pages[page][id>>6&1023]&(1<<(id&63)) != 0
}

// add remembers an ID, which is not negative.
func (s *idSet) add(id int64) {
	page := id >> 16
	if page >= int64(len(s.pages)) {
		s.large.claimHash(maphash.Comparable(s.large.seed, id), 0)
		return
	}
	if s.pages[page] == nil {
		s.pages[page] = new([1024]uint64)
	}
	s.pages[page][id>>6&1023] |= 1 << (id & 63)
}

// readAddress appends address.Key(email) to key and returns address.Valid(email). Nearly all addresses are plain ASCII, for
// which lower case is all there is to it.
func readAddress(key []byte, email string) ([]byte, bool) {
	if !plainAddress(email) {
		return append(key, address.Key(email)...), address.Valid(email)
	}
	for i := range len(email) {
		c := email[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		key = append(key, c)
	}
	return key, true
}

// plainAddress says that an address is certainly valid and equal to its key but for case. When it says no, package address
// has the word; a test compares the two.
func plainAddress(email string) bool {
	at := strings.IndexByte(email, '@')
	if at < 1 || at > 60 || len(email)-at > 60 || !plainWords(email[:at]) {
		return false
	}
	domain := email[at+1:]
	top := strings.LastIndexByte(domain, '.') + 1
	return top > 1 && !strings.ContainsAny(domain, "_+") && plainWords(domain) && isLetter(domain[top])
}

// plainWords says whether text is letters, digits and "_", "+" or "-" between them, with single signs only within.
func plainWords(text string) bool {
	sign := true
	for i := range len(text) {
		switch c := text[i]; {
		case isLetter(c), c >= '0' && c <= '9':
			sign = false
		case c == '.', c == '-', c == '_', c == '+':
			if sign {
				return false
			}
			sign = true
		default:
			return false
		}
	}
	return !sign
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
