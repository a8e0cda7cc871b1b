package site

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// value is a value of XML-RPC: a text (numbers and dates too), a list, or a struct.
type value struct {
	text   string
	list   []value
	fields map[string]value
}

// fault is XML-RPC's form of an error.
type fault struct {
	code    int
	message string
}

func (f *fault) Error() string { return fmt.Sprintf("fault %d: %s", f.code, f.message) }

// call writes a method call. Arguments are string, int, []string or map[string]any of these.
func call(method string, arguments ...any) []byte {
	var out bytes.Buffer
	out.WriteString(`<?xml version="1.0"?><methodCall><methodName>` + method + `</methodName><params>`)
	for _, argument := range arguments {
		out.WriteString("<param>")
		writeValue(&out, argument)
		out.WriteString("</param>")
	}
	out.WriteString("</params></methodCall>")
	return out.Bytes()
}

func writeValue(out *bytes.Buffer, argument any) {
	out.WriteString("<value>")
	switch v := argument.(type) {
	case int:
		out.WriteString("<int>" + strconv.Itoa(v) + "</int>")
	case []string:
		out.WriteString("<array><data>")
		for _, each := range v {
			writeValue(out, each)
		}
		out.WriteString("</data></array>")
	case map[string]any:
		out.WriteString("<struct>")
		for name, each := range v {
			out.WriteString("<member><name>" + name + "</name>")
			writeValue(out, each)
			out.WriteString("</member>")
		}
		out.WriteString("</struct>")
	default:
		out.WriteString("<string>")
		xml.EscapeText(out, []byte(fmt.Sprint(v)))
		out.WriteString("</string>")
	}
	out.WriteString("</value>")
}

// readResponse reads what a method has answered. The error is a *fault when the site says so.
func readResponse(body []byte) (value, error) {
	reader := xmlReader{xml.NewDecoder(bytes.NewReader(withoutControls(body)))}
	reader.decoder.CharsetReader = nil
	for {
		start, err := reader.next()
		if err != nil {
			return value{}, fmt.Errorf("reading the answer: %w", err)
		}
		switch start.Name.Local {
		case "value":
			return reader.value(0)
		case "fault":
			return value{}, reader.fault()
		}
	}
}

// withoutControls leaves out the bytes that XML must not hold: WordPress writes names as they are stored.
func withoutControls(body []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == '\ufffe' || r == '\uffff' {
			return -1
		}
		return r
	}, bytes.TrimSpace(body))
}

type xmlReader struct{ decoder *xml.Decoder }

// next returns the next element that begins.
func (r xmlReader) next() (xml.StartElement, error) {
	for {
		token, err := r.decoder.Token()
		if err != nil {
			return xml.StartElement{}, err
		}
		if start, ok := token.(xml.StartElement); ok {
			return start, nil
		}
	}
}

func (r xmlReader) fault() error {
	if _, err := r.next(); err != nil {
		return fmt.Errorf("reading the fault: %w", err)
	}
	told, err := r.value(0)
	if err != nil {
		return fmt.Errorf("reading the fault: %w", err)
	}
	code, _ := strconv.Atoi(told.fields["faultCode"].text)
	return &fault{code, clean(told.fields["faultString"].text, 200)}
}

// deepest is how far values may be nested; WordPress nests four.
const deepest = 16

// value reads up to the end of the <value> that has begun.
func (r xmlReader) value(depth int) (value, error) {
	if depth > deepest {
		return value{}, fmt.Errorf("values are nested too deeply")
	}
	var found value
	var text strings.Builder
	typed := false
	for {
		token, err := r.decoder.Token()
		if err != nil {
			return value{}, err
		}
		switch token := token.(type) {
		case xml.CharData:
			text.Write(token)
		case xml.EndElement:
			if found.list == nil && found.fields == nil && !typed {
				found.text = text.String()
			}
			if token.Name.Local == "value" {
				return found, nil
			}
			typed = true
		case xml.StartElement:
			if err := r.into(&found, token.Name.Local, &text, depth); err != nil {
				return value{}, err
			}
		}
	}
}

// into adds what an element within a value holds.
func (r xmlReader) into(found *value, name string, text *strings.Builder, depth int) error {
	text.Reset()
	switch name {
	case "array":
		found.list = []value{}
	case "struct":
		found.fields = map[string]value{}
	case "value":
		if found.list == nil {
			return fmt.Errorf("a value stands where none may be")
		}
		each, err := r.value(depth + 1)
		found.list = append(found.list, each)
		return err
	case "name":
		if found.fields == nil {
			return fmt.Errorf("a name stands where none may be")
		}
		return r.member(found, depth)
	}
	return nil
}

// member reads a struct's name and the value behind it.
func (r xmlReader) member(found *value, depth int) error {
	var name string
	for {
		token, err := r.decoder.Token()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.CharData:
			name += string(token)
		case xml.EndElement:
			start, err := r.next()
			if err != nil {
				return err
			}
			if start.Name.Local != "value" {
				return fmt.Errorf("the name %q has no value", name)
			}
			each, err := r.value(depth + 1)
			found.fields[name] = each
			return err
		}
	}
}
