package ontraport

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"allyswitch/crm"
)

// Owners implements crm.Owners: the field `owner` of a contact holds the ID of a user, 0 for nobody ("Contacts" in
// api.ontraport.com/doc; that 0 is nobody is assumed).
func (d *driver) Owners(ctx context.Context, ids []crm.ContactID) (map[crm.ContactID]string, error) {
	const op = "look whom the contacts belong to"
	owners := map[crm.ContactID]string{}
	for batch := range slices.Chunk(ids, pageSize) {
		names := make([]string, len(batch))
		for i, id := range batch {
			names[i] = string(id)
		}
		rows, _, err := d.list(ctx, op, "/1/Contacts", url.Values{"ids": {strings.Join(names, ",")}, "listFields": {"id,owner"}})
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			owner, id := string(row["owner"]), crm.ContactID(row["id"])
			if !isNumber(owner) || !slices.Contains(batch, id) {
				continue // what is absent or empty is not known
			}
			if owner == "0" {
				owner = ""
			}
			owners[id] = owner
		}
	}
	return owners, nil
}
