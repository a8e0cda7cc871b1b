package migration

import (
	"errors"
	"fmt"
	"io"
	"os"

	"allyswitch/crm/address"
	"allyswitch/wp"
)

// ErrOtherSite means that an export was given of which nobody belongs to this migration, although its members are in the CRM already.
var ErrOtherSite = errors.New("this export is of another site")

// CheckExportIsOurs refuses an export in which nobody is a member of this migration. It stops reading at the first one who is, so it costs nothing with the
// right file. It is for migrations whose members are in the CRM already: before, another file may be given freely.
func CheckExportIsOurs(deps Deps, input CleanInput) error {
	roster, err := LoadRoster(deps.Folder, deps.UnlistedHaveNone)
	if err != nil || roster.Len() == 0 {
		return nil // Without members there is nothing to compare with.
	}
	file, err := os.Open(input.File)
	if err != nil {
		return doing("open the export", err)
	}
	defer file.Close()
	export, err := wp.OpenExport(file, input.Mapping)
	if err != nil {
		return doing("read the export", err)
	}
	for people := 0; ; people++ {
		row, err := export.Next()
		if errors.Is(err, io.EOF) {
			return &Refusal{Gate: ErrOtherSite, Detail: fmt.Sprintf("none of its %d people is among the %d members of this migration", people, roster.Len())}
		}
		if err != nil {
			return doing("read the export", err)
		}
		if _, known := roster.ByKey(address.Key(row.Member.Email)); known {
			return nil
		}
	}
}
