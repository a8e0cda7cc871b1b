package migration_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp"
	"allyswitch/wp/site"
	"allyswitch/wp/wptest"
)

// work is what the process does that is to be killed, by name. Like an owner over a long day it tries again what fails for a reason that passes.
func (c child) work(ctx context.Context, deps migration.Deps) error {
	for range 60 {
		err := c.once(ctx, deps)
		if err == nil || !crm.Passing(err) && !crm.IsKind(err, crm.KindQuota) {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return errors.New("it never came to its end")
}

func (c child) once(ctx context.Context, deps migration.Deps) (err error) {
	switch c.Work {
	case "":
		return c.planAndImport(ctx, deps)
	case "fill up":
		return c.fillUp(ctx, deps)
	case "merge":
		_, err = migration.MergePair(ctx, deps, c.Pair, job.Discard)
	case "prove":
		_, err = migration.Prove(ctx, deps, job.Discard)
	case "look":
		_, err = migration.LookForChanges(ctx, deps, migration.DeltaInput{File: filepath.Join(c.Dir, "second.raw"), Tags: filepath.Join(c.Dir, "second-tags.raw")}, job.Discard)
	case "carry":
		_, err = migration.CarryChanges(ctx, deps, false, job.Discard)
	case "untag":
		_, err = migration.RemoveLostTags(ctx, deps, job.Discard)
	case "students":
		_, err = migration.SendStudents(ctx, deps, migration.StudentBatch{Tags: []string{"Course 2024", "Yoga Basics Access"}, Accepted: true}, job.Discard)
	case "link":
		_, err = migration.LinkSite(ctx, deps.Folder, deps.Site, "", job.Discard)
	case "plan":
		_, err = migration.MakePlan(ctx, deps, job.Discard)
	case "rehearse":
		return c.rehearse(ctx, deps)
	case "member":
		return c.addMember(ctx, deps)
	case "undo":
		return undoAll(ctx, deps)
	default:
		return fmt.Errorf("no work called %q", c.Work)
	}
	return err
}

// fillUp sends everybody although the account has no room for all. That it ends with a refusal, once the account is full, is how it is to end.
func (c child) fillUp(ctx context.Context, deps migration.Deps) error {
	if _, err := migration.MakePlan(ctx, deps, job.Discard); err != nil {
		return err
	}
	_, err := migration.Import(ctx, deps, migration.ImportInput{AcceptNoRoom: true}, job.Discard)
	if crm.Passing(err) {
		return err
	}
	return nil
}

// killed does some work in a process that is killed at a point, and in another that goes on. It says whether the point was reached.
func (p *plug) killed(work, point string) bool {
	p.t.Helper()
	p.child.Work = work
	reached := !p.run(point, 0)
	if !p.run("", 0) {
		p.t.Fatalf("%s, killed at %s: the second run did not come to its end", work, point)
	}
	return reached
}

// TestEveryKindOfWorkOutlivesAPulledPlug kills, one after the other, the import, the proof, the carrying over, the taking off of lost tags, the students and undo; in the end the
// CRM is as it was before.
func TestEveryKindOfWorkOutlivesAPulledPlug(t *testing.T) {
	for _, entry := range registry.All() {
		t.Run(entry.Provider.ID, func(t *testing.T) {
			t.Parallel()
			p := newPlug(t, entry.Provider.ID)
			before := p.box.Contents()
			reached := map[string]bool{"import": p.killed("", "upsert-after-call"), "proof": p.killed("prove", "journal-before-write")}
			p.lifeGoesOn()
			reached["look"] = p.killed("look", "journal-before-write")
			reached["carry"] = p.killed("carry", "delta-after-copy#2")
			reached["carry, sending"] = p.killed("carry", "journal-before-write")
			p.holds("late.comer@example.com", "Yoga Basics Access", true)
			reached["untag"] = p.killed("untag", "untag-after-intent")
			p.holds("everything@example.com", "Inner Circle Member", false)
			reached["students"] = p.killed("students", "student-after-intent")
			p.killed("students", "student-before-outcome")
			p.holds("new.student@example.net", "Course 2024", true)
			reached["undo"] = p.killed("undo", "undo-tag-after-call")
			if want, got := p.undone(before), p.contents(); got != want {
				t.Errorf("after undo the CRM holds\n%s", difference(want, got))
			}
			for what, was := range reached {
				if !was && what != "undo" && what != "carry, sending" {
					t.Errorf("%s was not killed", what)
				}
			}
		})
	}
}

// holds looks whether a contact has a tag.
func (p *plug) holds(email, tag string, wanted bool) {
	p.t.Helper()
	contents := p.box.Contents()
	i := slices.IndexFunc(contents.Contacts, func(c sandbox.Contact) bool { return c.Email == email })
	if i < 0 || slices.Contains(contents.Contacts[i].Tags, tag) != wanted {
		p.t.Errorf("%s has the tag %q: not %v", email, tag, wanted)
	}
}

// lifeGoesOn changes the site and writes its second export, and a list of students.
func (p *plug) lifeGoesOn() {
	p.t.Helper()
	s := &story{t: p.t, site: wptest.New(45, 1), dir: p.child.Dir}
	s.lifeGoesOn()
	s.write(filepath.Join(s.dir, "second.raw"), s.site.Export())
	s.write(filepath.Join(s.dir, "second-tags.raw"), s.site.MemberTags())
	folder, err := checkpoint.Open(s.dir, checkpoint.Options{Tool: "test"})
	if err != nil {
		p.t.Fatal(err)
	}
	defer folder.Close()
	list := filepath.Join(s.dir, "students.raw")
	s.write(list, []byte("email,first name\nnew.student@example.net,New\nother.student@example.net,Other\n"))
	if _, err := migration.ReadStudents(p.t.Context(), folder, list, wp.Mapping{wp.ColumnEmail: "email", wp.ColumnFirstName: "first name"}, job.Discard); err != nil {
		p.t.Fatal(err)
	}
}

// TestBadDaysAndPulledPlugsTogether sends and takes back through every fault that passes by itself, and kills both in the middle.
func TestBadDaysAndPulledPlugsTogether(t *testing.T) {
	for _, entry := range registry.All() {
		for number, faults := range []string{sandbox.FaultsSlow, sandbox.FaultsStorm, sandbox.FaultsQuota, sandbox.FaultsOutage} {
			t.Run(entry.Provider.ID+"/"+faults, func(t *testing.T) {
				t.Parallel()
				p := newPlugWith(t, entry.Provider.ID, sandbox.Options{Speed: 2000, Faults: faults, Seed: uint64(number)})
				before := p.box.Contents()
				sent := p.killed("", []string{"upsert-after-intent", "upsert-after-call", "tag-name-before-outcome", "upsert-after-outcome"}[number])
				p.killed("undo", []string{"undo-contact-after-call", "undo-tag-after-call", "undo-after-intent", "undo-field-before-outcome"}[number])
				if want, got := p.undone(before), p.contents(); got != want {
					t.Errorf("after undo the CRM holds\n%s", difference(want, got))
				}
				if !sent && faults != sandbox.FaultsStorm && !p.tagsImplicit() {
					t.Error("the import was not killed")
				}
			})
		}
	}
}

// TestAFullAccountAndPulledPlugsTogether kills the import into an account that has no room for all, and the undo after it.
func TestAFullAccountAndPulledPlugsTogether(t *testing.T) {
	for _, entry := range registry.All() {
		t.Run(entry.Provider.ID, func(t *testing.T) {
			t.Parallel()
			p := newPlugWith(t, entry.Provider.ID, sandbox.Options{Speed: 2000, Faults: sandbox.FaultsFull, PlanLimit: 20})
			before := p.box.Contents()
			if !p.killed("fill up", "upsert-after-call") {
				t.Error("the import was not killed")
			}
			if len(p.box.Contents().Contacts) <= len(before.Contacts) {
				t.Fatal("nobody was sent")
			}
			if !p.killed("undo", "undo-after-intent") {
				t.Error("undo was not killed")
			}
			if want, got := p.undone(before), p.contents(); got != want {
				t.Errorf("after undo the CRM holds\n%s", difference(want, got))
			}
		})
	}
}

// tagsImplicit says that this CRM makes no tags by themselves.
func (p *plug) tagsImplicit() bool { return p.open().Features().TagsImplicit }

// TestLinkingOutlivesAPulledPlug kills the process while it sets contact IDs on the site, and while it gives them back.
func TestLinkingOutlivesAPulledPlug(t *testing.T) {
	for _, entry := range registry.All() {
		for _, points := range [][2]string{{"link-after-intent", "undo-link-after-intent"}, {"link-after-call", "undo-link-after-call"}, {"journal-before-write#2", "undo-link-after-call"}} {
			t.Run(entry.Provider.ID+"/"+points[0], func(t *testing.T) {
				t.Parallel()
				newPlug(t, entry.Provider.ID).linksAndGivesBack(points)
			})
		}
	}
}

func (p *plug) linksAndGivesBack(points [2]string) {
	p.t.Helper()
	handler := wptest.New(45, 1).Handler()
	server := httptest.NewServer(handler)
	p.t.Cleanup(server.Close)
	p.child.Site = map[string]string{"url": server.URL}
	maps.Copy(p.child.Site, handler.Credentials())
	were := p.contactIDs()
	p.killed("", "")
	p.killed("prove", "")
	if !p.killed("link", points[0]) {
		p.t.Errorf("linking was not killed at %s", points[0])
	}
	if maps.Equal(were, p.contactIDs()) {
		p.t.Fatal("nothing was linked")
	}
	if !p.killed("undo", points[1]) {
		p.t.Errorf("undo was not killed at %s", points[1])
	}
	if !maps.Equal(were, p.contactIDs()) {
		p.t.Errorf("killed at %v: the contact IDs are not what they were", points)
	}
}

func (p *plug) contactIDs() map[int64]string {
	p.t.Helper()
	companion, err := p.child.companion(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	return (&story{t: p.t, site: wptest.New(45, 1)}).contactIDs(companion)
}

// companion opens the site over a real connection.
func (c child) companion(ctx context.Context) (*site.Companion, error) {
	found, err := site.Find(ctx, site.Settings{Values: c.Site}, c.Site["url"])
	if err != nil {
		return nil, err
	}
	return found.Companion(ctx)
}
