package migration_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"allyswitch/crm"
	"allyswitch/wp"
)

// The crowd is very many members with forty tags each, every member another forty of two hundred, so that hardly any two sets of tags are alike; and a CRM
// that answers out of memory, so that what is measured is the program and not a line or a vendor.
const (
	crowdTags   = 200
	crowdEach   = 40
	crowdChoice = crowdTags / crowdEach
	crowdPages  = 200
	// crowdDropped is how many members one stands for whose contact lacks a tag.
	crowdDropped = 10_000
)

func crowdTag(n int) string { return fmt.Sprintf("Course %d Access", n) }

// crowdTagsOf are the tags of a member, in order.
func crowdTagsOf(member int, into []int) []int {
	random := rand.New(rand.NewPCG(uint64(member), 40))
	for n := range crowdEach {
		into = append(into, n*crowdChoice+random.IntN(crowdChoice))
	}
	return into
}

// crowdOfferings are twenty offerings with ten pages each, half of which hang on a module.
func crowdOfferings() []wp.Offering {
	var offerings []wp.Offering
	for n := range crowdPages / 10 {
		offering := wp.Offering{Key: strconv.Itoa(n), Name: fmt.Sprintf("Offering %d", n), Base: crowdTag(n * 10), Instant: crowdTag(n*10 + 1), Revoke: crowdTag(n*10 + 2),
			Modules: map[string]string{"1": crowdTag(n*10 + 3), "2": crowdTag(n*10 + 7)}}
		for page := range 10 {
			offering.Pages = append(offering.Pages, wp.OfferingPage{ID: int64(n*10 + page), Title: fmt.Sprintf("Page %d of offering %d", page, n), Module: []string{"", "1", "", "2"}[page%4]})
		}
		offerings = append(offerings, offering)
	}
	return offerings
}

// crowdFiles writes members.csv and member-tags.csv.
func crowdFiles(t *testing.T, dir string, members int) {
	t.Helper()
	write := func(name, heading string, row func(*bufio.Writer, int)) {
		file, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		out := bufio.NewWriterSize(file, 1<<20)
		fmt.Fprintln(out, heading)
		for member := 1; member <= members; member++ {
			row(out, member)
		}
		if err := out.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	write("members.csv", "ID,customer_id,user_email,user_registered,first_name,last_name", func(out *bufio.Writer, m int) {
		fmt.Fprintf(out, "%d,%d,member%d@example.com,2024-01-01 00:00:00,First%d,Last%d\n", m, m, m, m, m)
	})
	numbers := make([]int, 0, crowdEach)
	write("member-tags.csv", "email,tag", func(out *bufio.Writer, m int) {
		for _, tag := range crowdTagsOf(m, numbers[:0]) {
			fmt.Fprintf(out, "member%d@example.com,%s\n", m, crowdTag(tag))
		}
	})
}

// crowdCRM is a CRM that makes its answers up. It has everybody or nobody.
type crowdCRM struct {
	members int
	tags    []crm.Tag
	// page and carried are written anew for every page: the CRM is not what is measured.
	page    []crm.Contact
	carried []crm.Tag
	mu      sync.Mutex
}

func newCrowdCRM(members int) *crowdCRM {
	c := &crowdCRM{members: members}
	for n := range crowdTags {
		c.tags = append(c.tags, crm.Tag{ID: crm.TagID(strconv.Itoa(n)), Name: crowdTag(n)})
	}
	return c
}

func (c *crowdCRM) client() (*crm.Client, error) {
	return crm.Open(crm.Provider{ID: "crowd", Name: "The crowd's CRM", New: func(crm.Settings) (crm.Driver, error) { return c, nil }}, crm.Settings{})
}

// Features are those of a CRM with bulk calls.
func (c *crowdCRM) Features() crm.Features {
	return crm.Features{UpsertBatch: 250, TagsRideAlong: true, TagBatch: 250, PageSize: 1000, TagsOnRead: true, QuietUpsert: true, QuietTags: true, UpsertIdempotent: true, InFlight: 2}
}

// Check is always the same account.
func (c *crowdCRM) Check(context.Context) (crm.Account, error) {
	return crm.Account{ID: "crowd", Name: "Crowd", ContactLimit: -1, Contacts: c.members}, nil
}

// Fields are ours.
func (c *crowdCRM) Fields(context.Context) ([]crm.Field, error) {
	return []crm.Field{{ID: "1", Name: "ID"}, {ID: "2", Name: "customer_id"}, {ID: "3", Name: "user_registered"}}, nil
}

// CreateField is never needed.
func (c *crowdCRM) CreateField(_ context.Context, field crm.Field) (crm.Field, error) {
	return field, nil
}

// Tags are all of them.
func (c *crowdCRM) Tags(context.Context) ([]crm.Tag, error) { return c.tags, nil }

// CreateTag is never needed.
func (c *crowdCRM) CreateTag(_ context.Context, name string) (crm.Tag, error) {
	return crm.Tag{Name: name}, nil
}

// crowdPage is how many contacts a page holds.
const crowdPage = 1000

// Contacts makes a page of contacts up.
func (c *crowdCRM) Contacts(_ context.Context, at crm.Cursor) (crm.Page, error) {
	if c.page == nil {
		c.page, c.carried = make([]crm.Contact, crowdPage), make([]crm.Tag, crowdPage*crowdEach)
	}
	from, _ := strconv.Atoi(string(at))
	page := crm.Page{Total: c.members}
	var numbers [crowdEach]int
	for n := range min(crowdPage, c.members-from) {
		c.contact(n, from+n+1, numbers[:0])
		page.Contacts = c.page[:n+1]
	}
	if from+crowdPage < c.members {
		page.Next = crm.Cursor(strconv.Itoa(from + crowdPage))
	}
	return page, nil
}

// contact writes the nth contact of the page.
func (c *crowdCRM) contact(n, member int, numbers []int) {
	id, was := strconv.Itoa(member), c.page[n].Fields
	contact := crm.Contact{ID: crm.ContactID("c" + id), Email: "member" + id + "@example.com", FirstName: "First" + id, LastName: "Last" + id, State: crm.StateActive,
		Fields: was, FieldsKnown: true, TagsKnown: true, Tags: c.carried[n*crowdEach : n*crowdEach : (n+1)*crowdEach]}
	if was == nil {
		contact.Fields = map[crm.FieldID]string{}
	}
	contact.Fields["1"], contact.Fields["2"], contact.Fields["3"] = id, id, "2024-01-01 00:00:00"
	for _, tag := range crowdTagsOf(member, numbers) {
		contact.Tags = append(contact.Tags, c.tags[tag])
	}
	if member%crowdDropped == 0 {
		contact.Tags = contact.Tags[1:]
	}
	c.page[n] = contact
}

// Find finds nobody.
func (c *crowdCRM) Find(context.Context, string) ([]crm.Contact, error) { return nil, nil }

// Upsert takes everybody.
func (c *crowdCRM) Upsert(_ context.Context, contacts []crm.Contact) ([]crm.Outcome, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	outcomes := make([]crm.Outcome, len(contacts))
	for i, contact := range contacts {
		outcomes[i] = crm.Outcome{ID: crm.ContactID("c" + contact.Fields["1"]), Result: crm.Created}
	}
	return outcomes, nil
}

// ApplyTag is never needed.
func (c *crowdCRM) ApplyTag(_ context.Context, _ crm.Tag, to []crm.Target) ([]crm.Outcome, error) {
	return make([]crm.Outcome, len(to)), nil
}

// Automations are none.
func (c *crowdCRM) Automations(context.Context) ([]crm.Automation, error) { return nil, nil }

// ContactURL is a page of its own for everybody.
func (c *crowdCRM) ContactURL(id crm.ContactID) string {
	return "https://crm.example.com/contacts/" + string(id)
}
