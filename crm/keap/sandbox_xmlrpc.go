package keap

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// The fault codes of the XML-RPC API that the sandbox gives (Keap XML-RPC documentation, error codes).
const (
	faultUnexpected = 3
	faultNoRecord   = 5
	faultNoTable    = 9
	faultParameter  = 12
)

// xmlrpc answers the old API. Faults come with 200, strings without a type, and empty fields not at all.
func (f *fake) xmlrpc(c *call) reply {
	var request xmlCall
	if err := xml.Unmarshal(c.body, &request); err != nil {
		return xmlFault(faultUnexpected, "[UnexpectedError]Error parsing the request")
	}
	methods := map[string]func([]xmlValue) reply{
		"ContactService.merge":           f.xmlMerge,
		"ContactService.findByEmail":     f.xmlFindByEmail,
		"ContactService.addWithDupCheck": f.xmlAddWithDupCheck(c),
		"ContactService.addToGroup":      f.xmlAddToGroup,
		"DataService.addCustomField":     f.xmlAddCustomField,
		"DataService.count":              f.xmlCount,
	}
	method, found := methods[request.Method]
	if !found {
		f.Unexpected(c.Request, "no such method: "+request.Method)
		return xmlFault(faultUnexpected, "[UnexpectedError]No such handler: "+request.Method)
	}
	return method(request.Params)
}

func xmlAnswer(value string) reply {
	return reply{status: http.StatusOK, kind: "text/xml;charset=UTF-8",
		body: []byte(xml.Header + "<methodResponse><params><param><value>" + value + "</value></param></params></methodResponse>")}
}

func xmlFault(code int, message string) reply {
	return reply{status: http.StatusOK, kind: "text/xml;charset=UTF-8", body: fmt.Appendf(nil,
		xml.Header+"<methodResponse><fault><value><struct><member><name>faultCode</name><value><i4>%d</i4></value></member>"+
			"<member><name>faultString</name><value>%s</value></member></struct></value></fault></methodResponse>", code, escaped(message))}
}

// ids reads the integers after the old "private key" parameter, which holds any string.
func ids(params []xmlValue, count int) ([]int64, bool) {
	if len(params) != count+1 {
		return nil, false
	}
	var found []int64
	for _, param := range params[1:] {
		id, err := param.number()
		if err != nil {
			return nil, false
		}
		found = append(found, id)
	}
	return found, true
}

func (f *fake) xmlMerge(params []xmlValue) reply {
	pair, fine := ids(params, 2)
	if !fine {
		return xmlFault(faultParameter, "[InvalidParameter]merge takes two contact ids")
	}
	keep, lose := f.store.contacts[pair[0]], f.store.contacts[pair[1]]
	if keep == nil || lose == nil || keep == lose {
		return xmlFault(faultNoRecord, "[RecordNotFound]Contact not found")
	}
	f.merge(keep, lose)
	return xmlAnswer("<boolean>1</boolean>")
}

func (f *fake) xmlAddToGroup(params []xmlValue) reply {
	pair, fine := ids(params, 2)
	if !fine || f.store.contacts[pair[0]] == nil || f.store.tags[pair[1]] == nil {
		return xmlFault(faultNoRecord, "[RecordNotFound]Contact or group not found")
	}
	if f.store.apply(f.store.tags[pair[1]], f.store.contacts[pair[0]]) {
		return xmlAnswer("<boolean>1</boolean>")
	}
	return xmlAnswer("<boolean>0</boolean>")
}

// xmlFindByEmail looks at all three addresses and returns the fields that were asked for.
func (f *fake) xmlFindByEmail(params []xmlValue) reply {
	if len(params) != 3 || params[2].Array == nil {
		return xmlFault(faultParameter, "[InvalidParameter]findByEmail takes an address and a list of fields")
	}
	var b strings.Builder
	b.WriteString("<array><data>")
	for _, id := range f.store.byEmail[f.store.key(params[1].text())] {
		b.WriteString("<value>" + xmlContact(f.store.contacts[id], params[2].Array.Values) + "</value>")
	}
	b.WriteString("</data></array>")
	return xmlAnswer(b.String())
}

func xmlContact(c *contact, fields []xmlValue) string {
	var b strings.Builder
	b.WriteString("<struct>")
	for _, field := range fields {
		value := map[string]string{"Id": fmt.Sprintf("<i4>%d</i4>", c.id), "FirstName": escaped(c.given), "LastName": escaped(c.family),
			"Email": escaped(c.emails[0].address), "EmailAddress2": escaped(c.emails[1].address), "EmailAddress3": escaped(c.emails[2].address)}[field.text()]
		if value != "" {
			b.WriteString("<member><name>" + field.text() + "</name><value>" + value + "</value></member>")
		}
	}
	b.WriteString("</struct>")
	return b.String()
}

func (f *fake) xmlAddWithDupCheck(c *call) func([]xmlValue) reply {
	return func(params []xmlValue) reply {
		if len(params) != 3 || params[1].Struct == nil {
			return xmlFault(faultParameter, "[InvalidParameter]addWithDupCheck takes a contact and a check")
		}
		data, check := params[1], params[2].text()
		if !slices.Contains([]string{"Email", "EmailAndName", "EmailAndNameAndCompany"}, check) {
			return xmlFault(faultParameter, "[InvalidParameter]unknown check: "+check)
		}
		given, family := data.member("FirstName").text(), data.member("LastName").text()
		emails := []emailBody{{Email: data.member("Email").text(), Field: "EMAIL1"}}
		body := &contactBody{GivenName: &given, FamilyName: &family, EmailAddresses: &emails}
		saved, _, refused := f.upsert(c, body, check)
		if refused != nil {
			return xmlFault(faultUnexpected, "[UnexpectedError]the contact was not saved")
		}
		return xmlAnswer(fmt.Sprintf("<i4>%d</i4>", saved.id))
	}
}

func (f *fake) xmlAddCustomField(params []xmlValue) reply {
	if len(params) != 5 || params[1].text() != "Contact" || params[2].text() == "" {
		return xmlFault(faultParameter, "[InvalidParameter]addCustomField takes Contact, a label, a type and a header")
	}
	return xmlAnswer(fmt.Sprintf("<i4>%d</i4>", f.store.addField(params[2].text(), "TEXT", 1).id))
}

func (f *fake) xmlCount(params []xmlValue) reply {
	if len(params) < 2 || params[1].text() != "Contact" {
		return xmlFault(faultNoTable, "[NoTableFound]only Contact can be counted here")
	}
	return xmlAnswer(fmt.Sprintf("<i4>%d</i4>", len(f.store.contacts)))
}
