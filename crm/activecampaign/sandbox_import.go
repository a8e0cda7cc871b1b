package activecampaign

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	// largestImport is the largest body that the importer takes ("Bulk import contacts": less than 400K bytes).
	largestImport = 399_999
	// importStarts is how long an import waits at least; importTakes and importTakesEach how long the importer works on it. ActiveCampaign
	// publishes no times.
	importStarts    = 2 * time.Second
	importTakes     = 100 * time.Millisecond
	importTakesEach = time.Millisecond
)

// imports is the importer: it works on one batch after the other.
type imports struct {
	batches map[string]*batch
	order   []string
	// busyUntil is when it will have done all that is queued; expected how many new contacts that will make.
	busyUntil time.Time
	expected  int
}

type batch struct {
	id               string
	rows             []importInput
	quiet            bool
	queued           time.Time
	done             bool
	success, failure []string
}

// importInput is one contact of an import. Nil means that it was not sent.
type importInput struct {
	Email              *string       `json:"email"`
	FirstName          *string       `json:"first_name"`
	LastName           *string       `json:"last_name"`
	Phone              *text         `json:"phone"`
	AccountName        *text         `json:"customer_acct_name"`
	Tags               []string      `json:"tags"`
	Fields             []importValue `json:"fields"`
	Subscribe          []listRef     `json:"subscribe"`
	Unsubscribe        []listRef     `json:"unsubscribe"`
	ExcludeAutomations bool          `json:"exclude_automations"`
}

type importValue struct {
	ID    int  `json:"id"`
	Value text `json:"value"`
}

type listRef struct {
	ID text `json:"listid"`
}

func (s *Sandbox) importRoutes() map[string]func(*call) {
	return map[string]func(*call){
		"POST import/bulk_import": s.queueImport,
		"GET import/bulk_import":  s.summarizeImports,
		"GET import/info":         s.describeImport,
	}
}

// countContacts looks into an import without using up its body.
func countContacts(r *http.Request) int {
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	var counted struct {
		Contacts []json.RawMessage `json:"contacts"`
	}
	if err != nil || json.Unmarshal(body, &counted) != nil {
		return 0
	}
	return len(counted.Contacts)
}

func (s *Sandbox) queueImport(c *call) {
	body, err := io.ReadAll(c.r.Body)
	var in struct {
		Contacts           []importInput   `json:"contacts"`
		ExcludeAutomations bool            `json:"exclude_automations"`
		Callback           json.RawMessage `json:"callback"`
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	switch {
	case err != nil:
		c.reply(http.StatusBadRequest, object{})
	case len(body) > largestImport:
		s.Unexpected(c.r, "the import is too large")
		s.rejectImport(c, []any{"The payload must be less than 400K bytes."})
	case decoder.Decode(&in) != nil:
		s.Unexpected(c.r, "the import cannot be read")
		s.rejectImport(c, []any{"The JSON payload is not valid."})
	case len(in.Contacts) == 0 || len(in.Contacts) > importBatch:
		s.Unexpected(c.r, "an import takes 1 to 250 contacts")
		s.rejectImport(c, []any{"Between 1 and 250 contacts may be included in a request."})
	default:
		s.acceptImport(c, in.Contacts, in.ExcludeAutomations)
	}
}

// acceptImport queues an import unless one of its contacts is not right: then it is refused as a whole.
func (s *Sandbox) acceptImport(c *call, rows []importInput, quiet bool) {
	if reasons := s.badRows(c, rows); len(reasons) > 0 {
		s.rejectImport(c, reasons)
		return
	}
	fresh := s.freshAddresses(rows)
	if mode := s.overLimit(); fresh > 0 && s.full(fresh) && (mode == "402" || mode == "400") {
		s.refuseFull(c)
		return
	}
	id := s.queue(rows, quiet, fresh)
	c.reply(http.StatusOK, object{"Success": 1, "queued_contacts": len(rows), "batchId": id, "message": "Contact import queued"})
}

func (s *Sandbox) rejectImport(c *call, reasons []any) {
	c.reply(http.StatusBadRequest, object{
		"success":        0,
		"message":        "JSON payload did not pass validation. Please fix failure Reasons and retry. The import was not queued for processing.",
		"failureReasons": reasons,
	})
}

// badRows says what is wrong with an import, in the form that a switch chooses.
func (s *Sandbox) badRows(c *call, rows []importInput) []any {
	base := 0
	if s.setting(switchIndexBase) == "1" {
		base = 1
	}
	reasons := []any{}
	for i, row := range rows {
		why := ""
		switch {
		case row.Email == nil || *row.Email == "":
			why = "Field 'email' is required"
		case !plausible(*row.Email):
			why = "Field 'email' incorrect format"
		}
		for _, given := range row.Fields {
			if s.field(given.ID) == nil {
				s.Unexpected(c.r, fmt.Sprintf("no such field: %d", given.ID))
				why = "Field 'fields' refers to a custom field that does not exist"
			}
		}
		switch {
		case why == "":
		case s.setting(switchReasons) == "strings":
			reasons = append(reasons, why)
		case s.setting(switchReasons) == "first-only" && len(reasons) > 0:
		default:
			reasons = append(reasons, object{"contact": i + base, "failureReason": why})
		}
	}
	return reasons
}

// plausible is the importer's first look at an address; there is a second one when it works on the import.
func plausible(email string) bool {
	local, domain, found := strings.Cut(email, "@")
	return found && local != "" && domain != "" && !strings.ContainsAny(email, " \t\r\n,;<>()") && !strings.Contains(domain, "@")
}

// deliverable is the second look.
func deliverable(email string) bool {
	_, domain, _ := strings.Cut(email, "@")
	return strings.Contains(domain, ".") && !strings.HasPrefix(domain, ".") && !strings.HasSuffix(domain, ".")
}

func (s *Sandbox) freshAddresses(rows []importInput) int {
	fresh := map[string]bool{}
	for _, row := range rows {
		if s.personWith(*row.Email) == nil {
			fresh[strings.ToLower(*row.Email)] = true
		}
	}
	return len(fresh)
}

// queue puts an import behind those that wait already.
func (s *Sandbox) queue(rows []importInput, quiet bool, fresh int) string {
	number := s.next("import")
	b := &batch{id: fmt.Sprintf("0641fbdd-f62f-4c2c-ba02-%012x", number), rows: rows, quiet: quiet, queued: time.Now()}
	s.imports.batches[b.id] = b
	s.imports.order = append(s.imports.order, b.id)
	s.imports.expected += fresh
	now := time.Now()
	start := now.Add(s.Scale(importStarts))
	if s.imports.busyUntil.After(start) {
		start = s.imports.busyUntil
	}
	takes := importTakes + time.Duration(len(rows))*importTakesEach
	s.imports.busyUntil = start.Add(s.Scale(takes))
	wait := s.imports.busyUntil.Sub(now)
	s.account.later(time.Duration(float64(wait)*max(s.options.Speed, 1)), func() {
		s.imports.expected -= fresh
		s.work(b)
	})
	return b.id
}

// work does an import. Mass imports fire no webhooks ("Webhooks").
func (s *Sandbox) work(b *batch) {
	b.success, b.failure = []string{}, []string{}
	for _, row := range b.rows {
		p := s.importContact(b, row)
		if p == nil {
			b.failure = append(b.failure, *row.Email)
			continue
		}
		b.success = append(b.success, digits(p.id))
	}
	b.rows, b.done = nil, true
}

// importContact creates or updates one contact; nil when it is passed over.
func (s *Sandbox) importContact(b *batch, row importInput) *person {
	email := strings.TrimSpace(*row.Email)
	if slices.Contains(s.excluded, strings.ToLower(email)) || !deliverable(email) {
		return nil
	}
	quiet := s.quiet(b, row)
	p := s.personWith(email)
	if p == nil {
		if s.overLimit() == "fail" && s.options.PlanLimit > 0 && s.living() >= s.options.PlanLimit {
			return nil
		}
		p = s.newPerson(email)
		if !quiet {
			s.runs = append(s.runs, s.started(p.email, "")...)
		}
	}
	change(&p.first, row.FirstName)
	change(&p.last, row.LastName)
	if row.Phone != nil {
		p.phone = string(*row.Phone)
	}
	for _, name := range row.Tags {
		if name = strings.TrimSpace(name); name != "" {
			s.addTag(p, s.tagNamed(name), quiet)
		}
	}
	for _, given := range row.Fields {
		s.setValue(p, given.ID, string(given.Value))
	}
	for _, on := range row.Subscribe {
		s.subscribe(p, on.ID.number(), 1, false)
	}
	for _, off := range row.Unsubscribe {
		s.subscribe(p, off.ID.number(), 2, false)
	}
	p.updated = time.Now()
	return p
}

// quiet says whether automations stay out: by default they run ("Bulk import contacts"). Which place of the flag counts is a switch.
func (s *Sandbox) quiet(b *batch, row importInput) bool {
	switch s.setting(switchQuietAt) {
	case "top":
		return b.quiet
	case "contact":
		return row.ExcludeAutomations
	}
	return b.quiet || row.ExcludeAutomations
}

// summarizeImports counts imports by day, in strings.
func (s *Sandbox) summarizeImports(c *call) {
	outstanding, completed := map[string]*[2]int{}, map[string]*[2]int{}
	for _, id := range s.imports.order {
		b := s.imports.batches[id]
		days, size := outstanding, len(b.rows)
		if b.done {
			days, size = completed, len(b.success)+len(b.failure)
		}
		date := b.queued.UTC().Format(time.DateOnly)
		if days[date] == nil {
			days[date] = &[2]int{}
		}
		days[date][0]++
		days[date][1] += size
	}
	c.reply(http.StatusOK, object{"outstanding": byDay(outstanding), "recentlyCompleted": byDay(completed)})
}

func byDay(days map[string]*[2]int) []object {
	rows := make([]object, 0, len(days))
	for date, count := range days {
		rows = append(rows, object{"forDate": date, "batches": digits(count[0]), "contacts": digits(count[1])})
	}
	slices.SortFunc(rows, func(a, b object) int { return cmp.Compare(a["forDate"].(string), b["forDate"].(string)) })
	return rows
}

// describeImport tells an import's outcome: contact ids of those that went well, addresses of the others.
func (s *Sandbox) describeImport(c *call) {
	id := c.query.Get("batchId")
	b := s.imports.batches[id]
	switch unfinished := s.setting(switchUnfinished); {
	case id == "":
		c.reply(http.StatusBadRequest, object{"success": 0, "message": "'batchId' is a required field."})
	case b == nil, !b.done && unfinished == "refused":
		c.reply(http.StatusBadRequest, object{"success": 0, "message": "No import found for the given 'batchId'."})
	case b.done:
		c.reply(http.StatusOK, object{"status": "completed", "success": b.success, "failure": b.failure})
	case unfinished == "empty":
		c.reply(http.StatusOK, object{"status": "", "success": []string{}, "failure": []string{}})
	default:
		c.reply(http.StatusOK, object{"status": unfinished, "success": []string{}, "failure": []string{}})
	}
}
