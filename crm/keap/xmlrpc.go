package keap

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// xmlValue is one XML-RPC value. Keap sends strings without a type: <value>Snape</value>; then Bare holds them.
type xmlValue struct {
	Bare    string     `xml:",chardata"`
	String  *string    `xml:"string"`
	I4      *string    `xml:"i4"`
	Int     *string    `xml:"int"`
	Boolean *string    `xml:"boolean"`
	Double  *string    `xml:"double"`
	Array   *xmlArray  `xml:"array"`
	Struct  *xmlStruct `xml:"struct"`
}

type xmlArray struct {
	Values []xmlValue `xml:"data>value"`
}

type xmlStruct struct {
	Members []xmlMember `xml:"member"`
}

type xmlMember struct {
	Name  string   `xml:"name"`
	Value xmlValue `xml:"value"`
}

// xmlCall and xmlResponse are the two documents of XML-RPC.
type xmlCall struct {
	XMLName xml.Name   `xml:"methodCall"`
	Method  string     `xml:"methodName"`
	Params  []xmlValue `xml:"params>param>value"`
}

type xmlResponse struct {
	XMLName xml.Name   `xml:"methodResponse"`
	Params  []xmlValue `xml:"params>param>value"`
	Fault   *xmlValue  `xml:"fault>value"`
}

// text is a scalar as it was written, typed or not.
func (v xmlValue) text() string {
	for _, typed := range []*string{v.String, v.I4, v.Int, v.Boolean, v.Double} {
		if typed != nil {
			return *typed
		}
	}
	return v.Bare
}

// number reads an integer; it fails on what is none.
func (v xmlValue) number() (int64, error) {
	return strconv.ParseInt(strings.TrimSpace(v.text()), 10, 64)
}

// truth reads a boolean: Keap answers <boolean>1</boolean>, or an untyped true.
func (v xmlValue) truth() bool {
	text := strings.TrimSpace(v.text())
	return text == "1" || strings.EqualFold(text, "true")
}

// member is one value of a struct; absent ones are empty.
func (v xmlValue) member(name string) xmlValue {
	if v.Struct != nil {
		for _, m := range v.Struct.Members {
			if m.Name == name {
				return m.Value
			}
		}
	}
	return xmlValue{}
}

// escaped is text as it may stand in XML.
func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text))
	return b.String()
}

// encodeCall writes a method call whose parameters are strings and integers.
func encodeCall(method string, params ...any) []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header + "<methodCall><methodName>" + escaped(method) + "</methodName><params>")
	for _, param := range params {
		switch value := param.(type) {
		case int64:
			fmt.Fprintf(&b, "<param><value><i4>%d</i4></value></param>", value)
		case string:
			fmt.Fprintf(&b, "<param><value><string>%s</string></value></param>", escaped(value))
		}
	}
	b.WriteString("</params></methodCall>")
	return b.Bytes()
}
