package steps

import (
	"errors"
	"strings"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
	"allyswitch/wp"
)

// keyOfferings is the answer that names the site's offerings, where nobody could read them.
const keyOfferings = "offerings.list"

// readOfferings are the offerings as the companion has read them; nil where it could not.
func (s *step) readOfferings() []wp.Offering {
	if s.deps.Folder == nil {
		return nil
	}
	known, err := migration.LoadOfferings(s.deps.Folder)
	if err != nil || known == nil {
		return nil
	}
	return known.Offerings
}

// offerings are the site's offerings: as they were read, or as the owner has named them.
func (s *step) offerings(state *checkpoint.State) []wp.Offering {
	if read := s.readOfferings(); len(read) > 0 {
		return read
	}
	var named []wp.Offering
	for _, part := range listed(state.Answer(TagReview, keyOfferings)) {
		name, tag, _ := strings.Cut(part, "=")
		named = append(named, wp.Offering{Key: strings.TrimSpace(name), Name: strings.TrimSpace(name), Base: strings.TrimSpace(tag)})
	}
	return named
}

// offeringsQuestion asks for the offerings where they could not be read. Steps 10 and 13 work with them.
func (s *step) offeringsQuestion(state *checkpoint.State) []wizard.Item {
	if len(s.readOfferings()) > 0 {
		return nil
	}
	return []wizard.Item{s.ask(state, wizard.Question{Key: keyOfferings, Label: "Your offerings, and the tag that opens each (optional)", Validate: checkOfferings,
		Help: "Like this: Yoga Basics = Yoga Basics Access | Inner Circle = Inner Circle Member. With it, AllySwitch makes your worksheet, looks for the automation of each offering, and chooses people to test with."})}
}

func checkOfferings(text string) error {
	for _, part := range listed(text) {
		if name, tag, found := strings.Cut(part, "="); !found || strings.TrimSpace(name) == "" || strings.TrimSpace(tag) == "" {
			return errors.New("write each offering as its name, an equals sign, and its tag, with | between two of them")
		}
	}
	return nil
}

// offeringNames tells one list of offerings from another.
func offeringNames(offerings []wp.Offering) string {
	var names []string
	for _, offering := range offerings {
		names = append(names, offering.Name+"="+offering.Base)
	}
	return strings.Join(names, "|")
}
