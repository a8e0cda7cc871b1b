package migration

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"allyswitch/crm"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wp"
	"allyswitch/wp/site"
)

// StudentUsers is what became of making students users of the site.
type StudentUsers struct{ Made, Were, Linked, Refreshed, Problems int }

// MakeStudentUsers makes every student of the batch who has a contact a user of the site, without any mail, and with the companion gives them their contact ID.
// Who is a user already is left as they are. Running it again goes on.
func MakeStudentUsers(ctx context.Context, folder *checkpoint.Folder, on *site.Site, companion *site.Companion, system string, report job.Reporter) (StudentUsers, error) {
	var counts StudentUsers
	list, err := LoadStudents(folder)
	if err != nil {
		return counts, err
	}
	if _, err := on.Login(ctx); err != nil {
		return counts, err
	}
	holders, err := studentHolders(ctx, on, companion, list, report)
	if err != nil {
		return counts, err
	}
	report.Phase("Making users on the site", int64(len(list)))
	for i := range list {
		if list[i].Out || list[i].Contact == "" {
			continue
		}
		if err := report.Gate(ctx); err != nil {
			return counts, errors.Join(err, saveStudents(folder, list))
		}
		if err := makeStudentUser(ctx, folder, on, companion, system, holders, &list[i], &counts, report); err != nil {
			return counts, errors.Join(err, saveStudents(folder, list))
		}
	}
	if err := saveStudents(folder, list); err != nil || companion == nil {
		return counts, err
	}
	counts.Refreshed, err = refreshStudents(ctx, companion, system, list, report)
	return counts, err
}

// studentHolders are the users who have the students' contact IDs already. Without the companion nobody is linked, and nobody is asked for.
func studentHolders(ctx context.Context, on *site.Site, companion *site.Companion, list []Student, report job.Reporter) (Holders, error) {
	if companion == nil {
		return nil, nil
	}
	var contacts []crm.ContactID
	for _, one := range list {
		if !one.Out && one.Contact != "" {
			contacts = append(contacts, crm.ContactID(one.Contact))
		}
	}
	return ReadHolders(ctx, on, contacts, report)
}

// refreshStudents lets AccessAlly fetch the tags of everybody who is linked. Who is not refreshed now is within a day, by AccessAlly itself.
func refreshStudents(ctx context.Context, companion *site.Companion, system string, list []Student, report job.Reporter) (refreshed int, err error) {
	var ids []int64
	for _, one := range list {
		if id, err := strconv.ParseInt(one.User, 10, 64); err == nil && !one.Out && one.Contact != "" && one.Problem == "" {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return 0, nil
	}
	report.Phase("Refreshing them on the site", int64(len(ids)))
	done, err := companion.RefreshUsers(ctx, ids, site.WriteOptions{System: system})
	for _, one := range done {
		if one.Result == site.Refreshed {
			refreshed++
			report.Add(1, 0)
		}
	}
	if site.Is(err, site.Unavailable) {
		err = nil
	}
	return refreshed, err
}

// onSite begins a problem that this part of the work has found: it looks again the next time.
const onSite = "on the site: "

// siteProblem notes why somebody is not a linked user yet.
func (u *StudentUsers) siteProblem(student *Student, why string) {
	student.Problem = onSite + why
	u.Problems++
}

func makeStudentUser(ctx context.Context, folder *checkpoint.Folder, on *site.Site, companion *site.Companion, system string, holders Holders, student *Student, counts *StudentUsers, report job.Reporter) error {
	if strings.HasPrefix(student.Problem, onSite) {
		student.Problem = ""
	}
	made, err := makeUser(ctx, folder, on, wp.Member{Email: student.Email, FirstName: student.First, LastName: student.Last})
	var trouble *site.Diagnosis
	if errors.As(err, &trouble) && (trouble.Kind == site.Refused || trouble.Kind == site.Exists || trouble.Kind == site.NotVerified) {
		counts.siteProblem(student, trouble.What)
		report.Add(0, 1)
		return nil
	}
	if err != nil {
		return err
	}
	if made.Existed {
		counts.Were++
	} else {
		counts.Made++
	}
	student.User = strconv.FormatInt(made.ID, 10)
	report.Add(1, 0)
	if companion == nil {
		return nil
	}
	if taken := holders.Taken(crm.ContactID(student.Contact), made.ID); taken != "" {
		counts.siteProblem(student, taken)
		return nil
	}
	linked, err := LinkPerson(ctx, folder, companion, system, made.ID, crm.ContactID(student.Contact), job.Discard)
	if err != nil {
		return err
	}
	counts.Linked += linked.Set + linked.Already
	if len(linked.Problems) > 0 {
		counts.siteProblem(student, linked.Problems[0].Reason)
	}
	return nil
}
