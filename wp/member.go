// Package wp knows the WordPress side of a switch: the export file that a site owner downloads, the six columns of it that go
// to a CRM, and the file that says which member has which tag.
//
// An export passes through four hands. Source turns any encoding into UTF-8 (source.go), records cuts it into rows
// (record.go, resync.go), Export maps and cleans the cells (export.go, cell.go), and Clean writes every person either to
// members.csv or to rejected.csv (clean.go). None of them keeps more than one row in memory.
package wp

// The columns of an export that are read. The first six are the ones that step 3 of the article keeps, in its order.
const (
	ColumnID         = "ID"
	ColumnCustomerID = "customer_id"
	ColumnEmail      = "user_email"
	ColumnRegistered = "user_registered"
	ColumnFirstName  = "first_name"
	ColumnLastName   = "last_name"

	ColumnLogin       = "user_login"
	ColumnDisplayName = "display_name"
	ColumnRoles       = "roles"
	ColumnGuest       = "is_guest_user"

	// The columns that rejected.csv has beside the six.
	ColumnLine   = "line"
	ColumnReason = "reason"
	ColumnAdvice = "what_to_do"
)

// MemberColumns returns the six columns of members.csv, in order.
func MemberColumns() []string {
	return []string{ColumnID, ColumnCustomerID, ColumnEmail, ColumnRegistered, ColumnFirstName, ColumnLastName}
}

// wantedColumns are all columns that are ever taken out of a row. Whatever is not listed here is dropped unread, password
// hashes and session tokens among it.
func wantedColumns() []string {
	return append(MemberColumns(), ColumnLogin, ColumnDisplayName, ColumnRoles, ColumnGuest, ColumnLine)
}

// Member is one person of the site, cleaned: UTF-8 in NFC, without entities, invisible spaces and control characters.
type Member struct {
	// ID is the WordPress user ID, 0 when the file does not tell.
	ID int64
	// CustomerID is WebToffee's customer_id column. WebToffee fills it with the WordPress user ID: it is no contact ID.
	CustomerID string
	// Email keeps the spelling of the site; address.Key compares two of them.
	Email string
	// Registered is UTC as WordPress stores it, "2006-01-02 15:04:05", or empty when the site has no (readable) date.
	Registered string
	FirstName  string
	LastName   string
	Login      string
	// DisplayName is what the site shows as the member's name.
	DisplayName string
	// Roles are the WordPress roles, in the order of the file. Empty means that the file names none.
	Roles []string
}

// Mapping says which heading of a file holds which column: MemberColumns and friends to the heading as it stands in the file.
// It is small and safe to keep in the checkpoint.
type Mapping map[string]string
