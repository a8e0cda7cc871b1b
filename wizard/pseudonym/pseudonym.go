// Package pseudonym gives people other names that stay the same for a whole migration: on a screen that is shared, and in a report for support.
package pseudonym

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
)

// Of returns the pseudonym of a name or address behind a word for what it is: "member Blue-4207". Case, and spaces and quotes around it, do not matter.
// The salt makes the pseudonyms of one migration different from those of another, so that nobody can look an address up.
func Of(word, salt, name string) string {
	key := strings.ToLower(strings.Trim(strings.TrimSpace(name), `'".!?`))
	sum := sha256.Sum256([]byte(salt + "\x00" + key))
	number := binary.BigEndian.Uint64(sum[:8])
	colours := strings.Fields(colourNames)
	colour := colours[number%uint64(len(colours))]
	return fmt.Sprintf("%s %s-%04d", word, colour, number/uint64(len(colours))%10000)
}

// colourNames are easy to read aloud and hard to mistake for one another.
const colourNames = "Amber Apricot Aqua Azure Beige Black Blue Bronze Brown Cherry Copper Coral Cream Crimson Cyan Denim Emerald Fuchsia Gold Gray Green Indigo Ivory Jade Khaki Lavender Lemon Lilac Lime Magenta Mango Maroon Mint Mustard Navy Ochre Olive Orange Peach Pearl Pink Plum Purple Red Rose Ruby Rust Saffron Salmon Sand Scarlet Sepia Silver Slate Tan Teal Tulip Turquoise Umber Vanilla Violet Walnut White Yellow"
