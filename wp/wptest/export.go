package wptest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
)

// exportHeading are the 27 columns of WebToffee's quick export, in its order.
var exportHeading = strings.Split("ID,customer_id,user_login,user_pass,user_nicename,user_email,user_url,user_registered,display_name,first_name,last_name,"+
	"user_status,roles,nickname,description,rich_editing,syntax_highlighting,admin_color,use_ssl,show_admin_bar_front,locale,wp_user_level,"+
	"dismissed_wp_pointers,show_welcome_panel,session_tokens,last_update,is_guest_user", ",")

// Export is the users as WebToffee's quick export writes them: with a byte order mark, an apostrophe before formulas, and a quote after a backslash left
// as it is. The password column holds a word that says that it is none.
func (s *Site) Export() []byte {
	var out bytes.Buffer
	out.WriteString("\ufeff" + strings.Join(exportHeading, ",") + "\n")
	for _, person := range s.People {
		writeLikePHP(&out, person.cells())
	}
	return out.Bytes()
}

func (p Person) cells() []string {
	id := fmt.Sprint(p.ID)
	display := strings.TrimSpace(p.FirstName + " " + p.LastName)
	return []string{id, id, p.Login, "no-password-here", p.Login, p.Email, "", p.Registered, display, p.FirstName, p.LastName, "0", p.Roles, p.Login,
		p.Biography, "true", "true", "fresh", "0", "true", "", "0", "", "", "", "", "0"}
}

// writeLikePHP writes a row as PHP's fputcsv does.
func writeLikePHP(out *bytes.Buffer, cells []string) {
	for i, cell := range cells {
		if i > 0 {
			out.WriteByte(',')
		}
		if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
			cell = "'" + cell
		}
		if !strings.ContainsAny(cell, " ,\"\\\n\r\t") {
			out.WriteString(cell)
			continue
		}
		out.WriteByte('"')
		out.WriteString(doubleQuotes(cell))
		out.WriteByte('"')
	}
	out.WriteByte('\n')
}

// doubleQuotes doubles quotes, but not those that follow a backslash: PHP takes the backslash for an escape.
func doubleQuotes(cell string) string {
	var out strings.Builder
	escaped := false
	for _, r := range cell {
		if r == '"' && !escaped {
			out.WriteByte('"')
		}
		escaped = r == '\\' && !escaped
		out.WriteRune(r)
	}
	return out.String()
}

// MemberTags is who has which tag, one row a person, tags parted by a bar. Who has none is in it, too.
func (s *Site) MemberTags() []byte {
	var out bytes.Buffer
	writer := csv.NewWriter(&out)
	writer.Write([]string{"email", "tags"})
	for _, person := range s.People {
		if person.Email != "" {
			writer.Write([]string{person.Email, strings.Join(person.Tags, "|")})
		}
	}
	writer.Flush()
	return out.Bytes()
}

// Files hands out the site's two files over http.
func (s *Site) Files() http.Handler {
	mux := http.NewServeMux()
	serve := func(path string, data func() []byte) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/csv; charset=utf-8")
			w.Write(data())
		})
	}
	serve("/user-export.csv", s.Export)
	serve("/member-tags.csv", s.MemberTags)
	return mux
}
