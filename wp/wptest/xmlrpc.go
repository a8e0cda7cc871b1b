package wptest

import (
	"encoding/xml"
	"fmt"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// xmlCall is a method call of XML-RPC.
type xmlCall struct {
	Method string     `xml:"methodName"`
	Params []xmlValue `xml:"params>param>value"`
}

// xmlValue is a value: one of its parts is there.
type xmlValue struct {
	String  string     `xml:"string"`
	Int     string     `xml:"int"`
	List    []xmlValue `xml:"array>data>value"`
	Members []struct {
		Name  string   `xml:"name"`
		Value xmlValue `xml:"value"`
	} `xml:"struct>member"`
}

func (v xmlValue) number(member string, otherwise int) int {
	for _, each := range v.Members {
		if number, err := strconv.Atoi(each.Value.Int + each.Value.String); each.Name == member && err == nil {
			return number
		}
	}
	return otherwise
}

// xmlrpc answers xmlrpc.php. The password travels in the body, where no host strips it.
func (h *Handler) xmlrpc(q *question) reply {
	switch {
	case h.is(XMLRPCOff):
		return page(http.StatusForbidden, "403 Forbidden", "")
	case q.method != http.MethodPost:
		return reply{status: http.StatusMethodNotAllowed, body: []byte("XML-RPC server accepts POST requests only."), headers: map[string]string{"Content-Type": "text/plain;charset=UTF-8", "Allow": "POST"}}
	}
	var asked xmlCall
	if xml.Unmarshal(q.body, &asked) != nil || asked.Method == "" {
		return xmlFault(-32700, "parse error. not well formed")
	}
	if asked.Method != "wp.getProfile" && asked.Method != "wp.getUsers" {
		return xmlFault(-32601, "server error. requested method "+asked.Method+" does not exist.")
	}
	if len(asked.Params) < 3 {
		return xmlFault(400, "Insufficient arguments passed to this XML-RPC method.")
	}
	who, _ := h.check(asked.Params[1].String, asked.Params[2].String)
	if who == nil || h.is(PasswordsOff) {
		return xmlFault(403, "Incorrect username or password.")
	}
	if asked.Method == "wp.getProfile" {
		return xmlAnswer(xmlUser(who))
	}
	return h.xmlUsers(asked, who)
}

func (h *Handler) xmlUsers(asked xmlCall, who *account) reply {
	if !who.isAdmin() {
		return xmlFault(401, "Sorry, you are not allowed to list users.")
	}
	offset, number := 0, 50
	if len(asked.Params) > 3 {
		offset, number = asked.Params[3].number("offset", 0), asked.Params[3].number("number", 50)
	}
	var out strings.Builder
	out.WriteString("<array><data>")
	people := h.people[min(offset, len(h.people)):min(offset+number, len(h.people))]
	for _, each := range slices.Clone(people) {
		out.WriteString("<value>" + xmlUser(each) + "</value>")
	}
	out.WriteString("</data></array>")
	return xmlAnswer(out.String())
}

// xmlUser is a user as WordPress writes them. The zero date has a form of its own.
func xmlUser(who *account) string {
	var out strings.Builder
	member := func(name, value string) {
		out.WriteString("<member><name>" + name + "</name><value>" + value + "</value></member>\n")
	}
	escaped := func(value string) string {
		return "<string>" + html.EscapeString(value) + "</string>"
	}
	date := strings.NewReplacer("-", "", " ", "T").Replace(who.Registered)
	if strings.HasPrefix(date, "00000000") {
		date = "00000000T00:00:00Z"
	}
	out.WriteString("<struct>")
	member("user_id", escaped(fmt.Sprint(who.ID)))
	member("username", escaped(who.Login))
	member("first_name", escaped(who.FirstName))
	member("last_name", escaped(who.LastName))
	member("registered", "<dateTime.iso8601>"+date+"</dateTime.iso8601>")
	member("email", escaped(who.Email))
	member("display_name", escaped(who.display()))
	var roles strings.Builder
	for _, role := range who.roles() {
		roles.WriteString("<value>" + escaped(role) + "</value>")
	}
	member("roles", "<array><data>"+roles.String()+"</data></array>")
	out.WriteString("</struct>")
	return out.String()
}

func xmlAnswer(value string) reply {
	body := `<?xml version="1.0" encoding="UTF-8"?>` + "\n<methodResponse><params><param><value>" + value + "</value></param></params></methodResponse>\n"
	return reply{status: http.StatusOK, body: []byte(body), headers: map[string]string{"Content-Type": "text/xml; charset=UTF-8"}}
}

func xmlFault(code int, message string) reply {
	body := fmt.Sprintf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>%d</int></value></member>"+
		"<member><name>faultString</name><value><string>%s</string></value></member></struct></value></fault></methodResponse>\n", code, message)
	return reply{status: http.StatusOK, body: []byte(body), headers: map[string]string{"Content-Type": "text/xml; charset=UTF-8"}}
}
