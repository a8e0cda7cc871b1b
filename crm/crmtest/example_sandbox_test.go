package crmtest_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"allyswitch/crm/address"
	"allyswitch/crm/crmtest"
	"allyswitch/crm/sandbox"
)

// TestExampleCRM runs the suite against the smallest CRM that passes it.
func TestExampleCRM(t *testing.T) { crmtest.Run(t, exampleEntry()) }

// exampleSwitches are what the facts about the vendor leave open.
func exampleSwitches() []sandbox.Switch {
	return []sandbox.Switch{{Name: "taken", Help: "the status for a tag that is there already", Settings: []string{"200", "201"}}}
}

// exampleSandbox behaves like the vendor on the wire.
type exampleSandbox struct {
	*sandbox.Server
	options     sandbox.Options
	contacts    []exampleContact
	tags        []exampleThing
	fields      []exampleThing
	automations []sandbox.Automation
	runs        []sandbox.Run
	lastID      int
}

const exampleKey = "EX-a1b2c3d4e5f6g7h8i9j0"

func newExampleSandbox(options sandbox.Options) sandbox.Sandbox {
	s := &exampleSandbox{options: options}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /me", s.me)
	mux.HandleFunc("GET /fields", func(w http.ResponseWriter, _ *http.Request) { sandbox.WriteJSON(w, 200, s.fields) })
	mux.HandleFunc("POST /fields", func(w http.ResponseWriter, r *http.Request) { s.create(w, r, &s.fields) })
	mux.HandleFunc("GET /tags", func(w http.ResponseWriter, _ *http.Request) { sandbox.WriteJSON(w, 200, s.tags) })
	mux.HandleFunc("POST /tags", func(w http.ResponseWriter, r *http.Request) { s.create(w, r, &s.tags) })
	mux.HandleFunc("GET /contacts", s.list)
	mux.HandleFunc("PUT /contacts", s.upsert)
	mux.HandleFunc("DELETE /contacts/{id}", s.remove)
	mux.HandleFunc("POST /tags/{id}/contacts", s.tag)
	mux.HandleFunc("DELETE /tags/{id}/contacts", s.tag)
	mux.HandleFunc("GET /automations", func(w http.ResponseWriter, _ *http.Request) { sandbox.WriteJSON(w, 200, s.automations) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.Unexpected(r, "no such path")
		sandbox.WriteText(w, http.StatusNotFound, "not found")
	})
	s.Server = sandbox.NewServer(options, sandbox.Vendor{
		Handler: s.authorised(mux),
		Windows: []sandbox.Window{{Class: sandbox.ClassAll, Requests: 10, Per: time.Second}, {Class: "write", Requests: 60, Per: time.Minute}},
		Classes: func(r *http.Request) []string {
			if r.Method == http.MethodGet {
				return []string{sandbox.ClassAll}
			}
			return []string{sandbox.ClassAll, "write"}
		},
		Credential: func(r *http.Request) string { return r.Header.Get("Authorization") },
	})
	return s
}

func (s *exampleSandbox) authorised(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+exampleKey {
			sandbox.WriteText(w, http.StatusUnauthorized, "unknown key, not "+exampleKey)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Credentials implements sandbox.Sandbox.
func (s *exampleSandbox) Credentials() map[string]string {
	return map[string]string{"crm.key": exampleKey}
}

func (s *exampleSandbox) me(w http.ResponseWriter, _ *http.Request) {
	sandbox.WriteJSON(w, 200, map[string]any{"account": "acme", "contacts": len(s.contacts)})
}

// create makes a tag or field, or answers with the one that is there.
func (s *exampleSandbox) create(w http.ResponseWriter, r *http.Request, list *[]exampleThing) {
	var thing exampleThing
	if err := sandbox.ReadJSON(r, &thing, true); err != nil {
		s.Unexpected(r, err.Error())
		sandbox.WriteText(w, http.StatusBadRequest, "what is this?")
		return
	}
	for _, known := range *list {
		if strings.EqualFold(known.Name, thing.Name) {
			status, _ := strconv.Atoi(s.options.Setting(exampleSwitches(), "taken"))
			sandbox.WriteJSON(w, status, known)
			return
		}
	}
	sandbox.WriteJSON(w, http.StatusCreated, s.named(list, thing.Name))
}

func (s *exampleSandbox) named(list *[]exampleThing, name string) exampleThing {
	for _, known := range *list {
		if known.Name == name {
			return known
		}
	}
	s.lastID++
	*list = append(*list, exampleThing{ID: s.lastID, Name: name})
	return (*list)[len(*list)-1]
}

func (s *exampleSandbox) list(w http.ResponseWriter, r *http.Request) {
	const size = 50
	page := examplePage{Contacts: []exampleContact{}, Total: len(s.contacts)}
	if email := r.URL.Query().Get("email"); email != "" {
		if contact := s.find(email); contact != nil {
			page.Contacts = append(page.Contacts, *contact)
		}
		sandbox.WriteJSON(w, 200, page)
		return
	}
	start, _ := strconv.Atoi(r.URL.Query().Get("after"))
	end := min(start+size, len(s.contacts))
	page.Contacts = append(page.Contacts, s.contacts[start:end]...)
	if end < len(s.contacts) && !mutant("only the first page is read") {
		page.Next = strconv.Itoa(end)
	}
	sandbox.WriteJSON(w, 200, page)
}

func (s *exampleSandbox) find(email string) *exampleContact {
	for i := range s.contacts {
		if strings.EqualFold(s.contacts[i].Email, email) {
			return &s.contacts[i]
		}
	}
	return nil
}

func (s *exampleSandbox) upsert(w http.ResponseWriter, r *http.Request) {
	var batch []exampleContact
	if err := sandbox.ReadJSON(r, &batch, true); err != nil || len(batch) > exampleBatch {
		s.Unexpected(r, "not a batch")
		sandbox.WriteText(w, http.StatusBadRequest, "what is this?")
		return
	}
	var results []exampleResult
	for _, row := range batch {
		results = append(results, s.upsertOne(row))
	}
	sandbox.WriteJSON(w, 200, results)
}

func (s *exampleSandbox) upsertOne(row exampleContact) exampleResult {
	contact, created := s.find(row.Email), false
	if mutant("a repetition makes another contact") {
		contact = nil
	}
	switch {
	case !address.Valid(row.Email):
		return exampleResult{Error: "no such address"}
	case mutant("a lower-case address only") && row.Email != strings.ToLower(row.Email):
		return exampleResult{ID: 1}
	case contact == nil && s.options.PlanLimit > 0 && len(s.contacts) >= s.options.PlanLimit:
		return exampleResult{Error: "plan limit"}
	case contact == nil:
		s.lastID++
		s.contacts = append(s.contacts, exampleContact{ID: s.lastID, Email: row.Email, State: "active", Fields: map[string]string{}})
		contact, created = &s.contacts[len(s.contacts)-1], true
	}
	if row.First != "" || mutant("blanks overwrite") {
		contact.First = row.First
	}
	if mutant("consent is raised") {
		contact.State = "active"
	}
	if created && mutant("automations start") {
		s.runs = append(s.runs, sandbox.Started(s.automations, row.Email, "")...)
	}
	if row.Last != "" {
		contact.Last = row.Last
	}
	for name, value := range row.Fields {
		contact.Fields[name] = value
	}
	return exampleResult{ID: contact.ID, Created: created}
}

func (s *exampleSandbox) remove(w http.ResponseWriter, r *http.Request) {
	s.contacts = slices.DeleteFunc(s.contacts, func(c exampleContact) bool { return strconv.Itoa(c.ID) == r.PathValue("id") })
	w.WriteHeader(http.StatusNoContent)
}

func (s *exampleSandbox) tag(w http.ResponseWriter, r *http.Request) {
	tag, _ := strconv.Atoi(r.PathValue("id"))
	results := []exampleResult{}
	for _, text := range strings.Split(r.URL.Query().Get("ids"), ",") {
		id, _ := strconv.Atoi(text)
		at := slices.IndexFunc(s.contacts, func(c exampleContact) bool { return c.ID == id })
		if at < 0 {
			results = append(results, exampleResult{Error: "no such contact"})
			continue
		}
		contact := &s.contacts[at]
		contact.Tags = slices.DeleteFunc(contact.Tags, func(has int) bool { return has == tag })
		if r.Method == http.MethodPost && !mutant("tags are not applied") {
			contact.Tags = append(contact.Tags, tag)
			s.runs = append(s.runs, sandbox.Started(s.automations, contact.Email, s.tagName(tag))...)
		}
		results = append(results, exampleResult{ID: id})
	}
	sandbox.WriteJSON(w, 200, results)
}

func (s *exampleSandbox) tagName(id int) string {
	at := slices.IndexFunc(s.tags, func(tag exampleThing) bool { return tag.ID == id })
	return s.tags[at].Name
}

// Load implements sandbox.Sandbox.
func (s *exampleSandbox) Load(contents sandbox.Contents) {
	s.Locked(func() {
		for _, name := range contents.Fields {
			s.named(&s.fields, name)
		}
		for _, name := range contents.Tags {
			s.named(&s.tags, name)
		}
		for _, contact := range contents.Contacts {
			s.lastID++
			row := exampleContact{ID: s.lastID, Email: contact.Email, First: contact.FirstName, Last: contact.LastName, State: contact.State, Fields: map[string]string{}}
			for name, value := range contact.Fields {
				row.Fields[s.named(&s.fields, name).Name] = value
			}
			for _, name := range contact.Tags {
				row.Tags = append(row.Tags, s.named(&s.tags, name).ID)
			}
			s.contacts = append(s.contacts, row)
		}
		s.automations = append(s.automations, contents.Automations...)
	})
}

// Contents implements sandbox.Sandbox.
func (s *exampleSandbox) Contents() sandbox.Contents {
	held := sandbox.Contents{}
	s.Locked(func() {
		held.Automations, held.Runs = s.automations, s.runs
		for _, tag := range s.tags {
			held.Tags = append(held.Tags, tag.Name)
		}
		for _, field := range s.fields {
			held.Fields = append(held.Fields, field.Name)
		}
		for _, contact := range s.contacts {
			row := sandbox.Contact{Email: contact.Email, FirstName: contact.First, LastName: contact.Last, State: contact.State, Fields: contact.Fields}
			for _, id := range contact.Tags {
				row.Tags = append(row.Tags, s.tagName(id))
			}
			held.Contacts = append(held.Contacts, row)
		}
		held = held.Sorted()
	})
	return held
}
