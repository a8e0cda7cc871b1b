// Package wptest is a made-up membership site: its people, their tags and its offerings, in the files that a real site hands out.
package wptest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"allyswitch/wp"
)

// Person is somebody who has an account on the made-up site.
type Person struct {
	ID         int64
	Login      string
	Email      string
	FirstName  string
	LastName   string
	Registered string
	Roles      string
	Biography  string
	Tags       []string
}

// Site is a made-up membership site. The same options make the same site.
type Site struct {
	People    []Person
	Offerings []wp.Offering
}

// New makes a site with so many people, awkward ones among them, and four offerings.
func New(people int, seed uint64) *Site {
	site := &Site{Offerings: offerings()}
	random := rand.New(rand.NewPCG(seed, 4))
	site.People = append(site.People, awkwardPeople()...)
	for len(site.People) < people {
		site.People = append(site.People, ordinary(random, len(site.People)))
	}
	for i := range site.People {
		site.People[i].ID = int64(i*3 + 1)
		if site.People[i].Registered == "" {
			site.People[i].Registered = registered(random)
		}
		if site.People[i].Tags == nil {
			site.People[i].Tags = site.buy(random)
		}
	}
	return site
}

func offerings() []wp.Offering {
	page := func(id int64, title, module string) wp.OfferingPage {
		return wp.OfferingPage{ID: id, Title: title, Module: module}
	}
	return []wp.Offering{
		{Key: "yoga", Name: "Yoga Basics", Base: "Yoga Basics Access", Instant: "Yoga Basics Instant", Revoke: "Yoga Basics Revoke",
			Modules: map[string]string{"1": "Yoga Basics Module 1", "2": "Yoga Basics Module 2"},
			Pages:   []wp.OfferingPage{page(101, "Welcome to Yoga", ""), page(102, "Breathing", "1"), page(103, "Standing poses", "1"), page(104, "Balance", "2")}},
		{Key: "circle", Name: "Inner Circle", Base: "Inner Circle Member", Revoke: "Inner Circle Revoke",
			Pages: []wp.OfferingPage{page(201, "Circle home", ""), page(202, "Live calls", ""), page(203, "Recordings", "")}},
		{Key: "teacher", Name: "Teacher Training", Base: "Teacher Training 2024: Access", Instant: "Teacher Training, all modules", Revoke: "Teacher Training Revoke",
			Modules: map[string]string{"1": "Teacher Training Module 1"},
			Pages:   []wp.OfferingPage{page(301, "Your training", ""), page(302, "Anatomy", "1")}},
		{Key: "library", Name: "Library", Base: "Bibliothèque ✓", Revoke: "Library Revoke", Pages: []wp.OfferingPage{page(401, "Library", "")}},
	}
}

// buy gives somebody the tags of what they bought. One in nine bought nothing, one in thirty lost something again.
func (s *Site) buy(random *rand.Rand) []string {
	tags := []string{}
	if random.IntN(9) == 0 {
		return tags
	}
	for n := 1 + random.IntN(3); n > 0; n-- {
		offering := s.Offerings[random.IntN(len(s.Offerings))]
		tags = append(tags, offering.Base)
		if offering.Instant != "" && random.IntN(5) == 0 {
			tags = append(tags, offering.Instant)
		}
		for _, module := range []string{"1", "2"} {
			if tag := offering.Modules[module]; tag != "" && random.IntN(2) == 0 {
				tags = append(tags, tag)
			}
		}
		if random.IntN(30) == 0 {
			tags = append(tags, offering.Revoke)
		}
	}
	return unique(tags)
}

func unique(tags []string) []string {
	seen, kept := map[string]bool{}, []string{}
	for _, tag := range tags {
		if !seen[tag] {
			seen[tag] = true
			kept = append(kept, tag)
		}
	}
	return kept
}

func registered(random *rand.Rand) string {
	at := time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(random.IntN(9*365*24*3600)) * time.Second)
	return at.Format(time.DateTime)
}

// ordinary is one of the many.
func ordinary(random *rand.Rand, number int) Person {
	first, last := firstNames[random.IntN(len(firstNames))], lastNames[random.IntN(len(lastNames))]
	local := ascii(strings.ToLower(first)) + "." + ascii(strings.ToLower(last)) + fmt.Sprint(number)
	email := local + "@" + domains[random.IntN(len(domains))]
	if random.IntN(12) == 0 {
		email = local + "+course@example.com"
	}
	if random.IntN(15) == 0 {
		email = strings.ToUpper(email[:1]) + email[1:]
	}
	return Person{Login: local, Email: email, FirstName: first, LastName: last, Roles: "subscriber"}
}

// ascii leaves out what may not stand in a login.
func ascii(name string) string {
	return strings.Map(func(r rune) rune {
		if r < 'a' || r > 'z' {
			return -1
		}
		return r
	}, name)
}

// Even makes a site on which everybody has an ordinary address and the same number of tags, for measuring.
func Even(people, tags int) *Site {
	site := &Site{Offerings: offerings()}
	random := rand.New(rand.NewPCG(1, 8))
	for i := range people {
		person := ordinary(random, i)
		person.ID, person.Registered = int64(i+1), registered(random)
		for n := range tags {
			person.Tags = append(person.Tags, fmt.Sprintf("Course %02d", (i+n*7)%12))
		}
		site.People = append(site.People, person)
	}
	return site
}
