package migration

import (
	"context"
	"errors"
	"strconv"

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
	report.Phase("Making users on the site", int64(len(list)))
	for i := range list {
		if list[i].Out || list[i].Contact == "" {
			continue
		}
		if err := report.Gate(ctx); err != nil {
			return counts, errors.Join(err, saveStudents(folder, list))
		}
		if err := makeStudentUser(ctx, folder, on, companion, system, &list[i], &counts, report); err != nil {
			return counts, errors.Join(err, saveStudents(folder, list))
		}
	}
	if err := saveStudents(folder, list); err != nil || companion == nil {
		return counts, err
	}
	counts.Refreshed, err = refreshStudents(ctx, companion, system, list, report)
	return counts, err
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

func makeStudentUser(ctx context.Context, folder *checkpoint.Folder, on *site.Site, companion *site.Companion, system string, student *Student, counts *StudentUsers, report job.Reporter) error {
	made, err := makeUser(ctx, folder, on, wp.Member{Email: student.Email, FirstName: student.First, LastName: student.Last})
	var trouble *site.Diagnosis
	if errors.As(err, &trouble) && (trouble.Kind == site.Refused || trouble.Kind == site.Exists || trouble.Kind == site.NotVerified) {
		student.Problem = trouble.What
		counts.Problems++
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
	linked, err := LinkPerson(ctx, folder, companion, system, made.ID, crm.ContactID(student.Contact), job.Discard)
	if err != nil {
		return err
	}
	counts.Linked += linked.Set + linked.Already
	if len(linked.Problems) > 0 {
		student.Problem = linked.Problems[0].Reason
		counts.Problems++
	}
	return nil
}
