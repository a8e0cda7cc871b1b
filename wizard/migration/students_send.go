package migration

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"allyswitch/crm"
	"allyswitch/crm/address"
	"allyswitch/wizard/job"
)

// OpStudent is the journal's word for students who are put into the CRM.
const OpStudent = "student"

// StudentBatch is what is to be done with the students in students.csv.
type StudentBatch struct {
	Tags []string
	// Accepted says that the owner lets everything start for these people, Allowed that these automations may, by their names as StudentStarts gives them.
	Accepted bool
	Allowed  []string
}

// StudentsSent is what became of a batch, read back from the CRM.
type StudentsSent struct {
	// Made are new contacts, Were those who were there and kept their names; Complete have all tags, Missing lack some, Problems could not be sent.
	Made, Were, Complete, Missing, Problems int
}

// StudentStarts lists the active automations that may start when these tags are put on somebody, or that do not say what starts them.
func StudentStarts(ctx context.Context, deps Deps, tags []string) ([]string, error) {
	all, err := deps.CRM.Automations(ctx)
	if crm.IsKind(err, crm.KindUnsupported) {
		return []string{deps.CRM.Provider().Name + " does not tell what could start"}, nil
	}
	if err != nil {
		return nil, err
	}
	var starts []string
	for _, one := range all {
		if one.Active && (!one.TagsAlone() || startsWith(one, tags, deps.CRM.Features())) {
			starts = append(starts, one.Name)
		}
	}
	return starts, nil
}

type studentSender struct {
	deps   Deps
	report job.Reporter
	list   []Student
	tags   []crm.Tag
	// known are the contacts of the CRM that have a student's address.
	known map[string][]crm.Contact
	sent  StudentsSent
}

// SendStudents makes contacts of the students who have none, puts the tags on all of them, and reads them back. Who is in the CRM already keeps their names and
// everything else. Running it again does only what is missing. Undo takes it back.
func SendStudents(ctx context.Context, deps Deps, batch StudentBatch, report job.Reporter) (StudentsSent, error) {
	if err := CheckAccount(ctx, deps); err != nil {
		return StudentsSent{}, err
	}
	if !batch.Accepted {
		if err := mayStart(ctx, deps, batch.Tags, batch.Allowed); err != nil {
			return StudentsSent{}, err
		}
	}
	deps = deps.paced()
	defer watchWaits(ctx, deps.CRM, report, deps.pacer.wait)()
	sender := &studentSender{deps: deps, report: report}
	var err error
	if sender.list, err = LoadStudents(deps.Folder); err != nil {
		return StudentsSent{}, err
	}
	for i := range sender.list {
		sender.list[i].Problem = ""
	}
	tags, _, err := ensureTags(ctx, deps, batch.Tags, report)
	if err != nil {
		return StudentsSent{}, err
	}
	for _, name := range batch.Tags {
		sender.tags = append(sender.tags, tags[name])
	}
	err = sender.run(ctx)
	return sender.sent, err
}

func (s *studentSender) run(ctx context.Context) error {
	if err := s.look(ctx); err != nil {
		return err
	}
	if err := s.makeContacts(ctx); err != nil {
		return err
	}
	if _, err := untilSeen(ctx, s.deps, s.report, func() (bool, error) {
		err := s.look(ctx)
		return s.everybodyThere(), err
	}); err != nil {
		return err
	}
	if err := s.applyTags(ctx); err != nil {
		return err
	}
	if _, err := untilSeen(ctx, s.deps, s.report, func() (bool, error) {
		err := s.look(ctx)
		s.judge()
		return s.sent.Missing == 0, err
	}); err != nil {
		return err
	}
	return saveStudents(s.deps.Folder, s.list)
}

// look reads who of the students is in the CRM, with their tags.
func (s *studentSender) look(ctx context.Context) error {
	s.report.Phase("Reading who is in "+s.deps.CRM.Provider().Name, 0)
	wanted := map[string]bool{}
	for _, one := range s.list {
		wanted[address.Key(one.Email)] = !one.Out
	}
	s.known = map[string][]crm.Contact{}
	_, err := s.deps.eachContact(ctx, func(contact crm.Contact) error {
		if key := address.Key(contact.Email); wanted[key] {
			s.known[key] = append(s.known[key], contact)
		}
		s.report.Add(1, 0)
		return s.report.Gate(ctx)
	})
	if err != nil {
		return err
	}
	return s.lookAtTags(ctx)
}

// lookAtTags reads who has the batch's tags where contacts do not tell.
func (s *studentSender) lookAtTags(ctx context.Context) error {
	if s.deps.CRM.Features().TagsOnRead {
		return nil
	}
	has := map[crm.ContactID][]crm.Tag{}
	for _, tag := range s.tags {
		if err := s.deps.eachTagged(ctx, tag, func(target crm.Target) error { has[target.ID] = append(has[target.ID], tag); return nil }); err != nil {
			return err
		}
	}
	for _, contacts := range s.known {
		for i := range contacts {
			contacts[i].Tags, contacts[i].TagsKnown = has[contacts[i].ID], true
		}
	}
	return nil
}

// makeContacts sends the students whom the CRM does not know.
func (s *studentSender) makeContacts(ctx context.Context) error {
	var fresh []crm.Contact
	for _, one := range s.list {
		if one.Out {
			continue
		}
		if len(s.known[address.Key(one.Email)]) > 0 {
			s.sent.Were++
			continue
		}
		fresh = append(fresh, crm.Contact{Email: one.Email, FirstName: one.First, LastName: one.Last})
	}
	s.report.Phase("Making contacts", int64(len(fresh)))
	for number, batch := range s.deps.CRM.Batches(fresh) {
		if err := s.report.Gate(ctx); err != nil {
			return err
		}
		err := s.deps.record(OpStudent, "contacts-"+strconv.Itoa(number), addressesOf(batch), func() (any, error) {
			outcomes, err := s.deps.CRM.Upsert(ctx, batch)
			s.refused(batch, outcomes)
			return resultsOf(outcomes), err
		})
		if err != nil {
			return doing("make contacts", err)
		}
	}
	_, err := s.deps.CRM.Settle(ctx)
	return err
}

// refused notes whom the CRM did not take.
func (s *studentSender) refused(batch []crm.Contact, outcomes []crm.Outcome) {
	for i, outcome := range outcomes {
		if outcome.Err == nil {
			s.sent.Made++
			s.report.Add(1, 0)
			continue
		}
		s.report.Add(0, 1)
		for at := range s.list {
			if s.list[at].Email == batch[i].Email {
				s.list[at].Problem = reason(outcome.Err)
			}
		}
	}
}

func addressesOf(contacts []crm.Contact) []string {
	var emails []string
	for _, contact := range contacts {
		emails = append(emails, contact.Email)
	}
	return emails
}

func resultsOf(outcomes []crm.Outcome) []string {
	var results []string
	for _, outcome := range outcomes {
		results = append(results, string(outcome.Result))
	}
	return results
}

func (s *studentSender) everybodyThere() bool {
	return !slices.ContainsFunc(s.list, func(one Student) bool {
		return !one.Out && one.Problem == "" && len(s.known[address.Key(one.Email)]) == 0
	})
}

// applyTags puts each tag on those who lack it. Who has several contacts gets none: nobody could tell which is meant.
func (s *studentSender) applyTags(ctx context.Context) error {
	size := max(s.deps.CRM.Features().TagBatch, 1)
	for _, tag := range s.tags {
		var targets []crm.Target
		for _, one := range s.list {
			contacts := s.known[address.Key(one.Email)]
			if !one.Out && len(contacts) == 1 && !showsTag(contacts[0], tag) {
				targets = append(targets, crm.Target{ID: contacts[0].ID, Email: contacts[0].Email})
			}
		}
		s.report.Phase("Putting the tag "+tag.Name+" on students", int64(len(targets)))
		for from := 0; from < len(targets); from += size {
			if err := s.report.Gate(ctx); err != nil {
				return err
			}
			part := targets[from:min(from+size, len(targets))]
			if err := s.applyPart(ctx, tag, part, from); err != nil {
				return doing("put the tag "+tag.Name+" on students", err)
			}
			s.report.Add(int64(len(part)), 0)
		}
	}
	_, err := s.deps.CRM.Settle(ctx)
	return err
}

func (s *studentSender) applyPart(ctx context.Context, tag crm.Tag, part []crm.Target, from int) error {
	intent := studentTag{Tag: tag.Name}
	for _, target := range part {
		intent.IDs, intent.Emails = append(intent.IDs, target.ID), append(intent.Emails, target.Email)
	}
	return s.deps.record(OpStudent, fmt.Sprintf("tag-%s-%d", tag.ID, from), intent, func() (any, error) {
		outcomes, err := s.deps.CRM.ApplyTag(ctx, tag, part)
		return resultsOf(outcomes), err
	})
}

func showsTag(contact crm.Contact, tag crm.Tag) bool {
	return slices.ContainsFunc(contact.Tags, func(has crm.Tag) bool { return has.ID == tag.ID })
}

// judge says for each student what the CRM shows now.
func (s *studentSender) judge() {
	s.sent.Complete, s.sent.Missing, s.sent.Problems = 0, 0, 0
	for i := range s.list {
		one := &s.list[i]
		if one.Out {
			continue
		}
		contacts := s.known[address.Key(one.Email)]
		switch {
		case len(contacts) > 1:
			one.Problem = fmt.Sprintf("%d contacts have this address: merge them first", len(contacts))
		case len(contacts) == 0:
			one.Problem = cmpText(one.Problem, "the CRM does not show this contact")
		default:
			one.Contact, one.Problem = string(contacts[0].ID), s.lacking(contacts[0])
		}
		switch {
		case one.Problem == "":
			s.sent.Complete++
		case one.Contact != "" && len(contacts) == 1:
			s.sent.Missing++
		default:
			s.sent.Problems++
		}
	}
}

func (s *studentSender) lacking(contact crm.Contact) string {
	var missing []string
	for _, tag := range s.tags {
		if !showsTag(contact, tag) {
			missing = append(missing, tag.Name)
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return "the contact does not show the tag " + strings.Join(missing, ", ")
}
