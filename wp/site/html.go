package site

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// page is what a visitor sees of a web page: title and text, without scripts, hidden fields and the nonces in them.
type page struct {
	title string
	text  string
	// links are the <link rel href> of the head, by rel.
	links map[string]string
	// generator is what the page says has made it.
	generator string
}

// readPage reads a web page, also one that is cut off or broken.
func readPage(body []byte) page {
	reader := pageReader{tokens: html.NewTokenizer(bytes.NewReader(body))}
	reader.page.links = map[string]string{}
	for reader.step() {
	}
	reader.page.title = collapse(reader.title.String())
	reader.page.text = collapse(reader.text.String())
	return reader.page
}

type pageReader struct {
	tokens      *html.Tokenizer
	page        page
	title, text strings.Builder
	inTitle     bool
	// unseen is the element whose contents nobody sees, 0 for none.
	unseen atom.Atom
}

// step reads one token, and says whether there are more.
func (r *pageReader) step() bool {
	switch kind := r.tokens.Next(); kind {
	case html.ErrorToken:
		return false
	case html.TextToken:
		r.words(string(r.tokens.Text()))
	case html.StartTagToken, html.SelfClosingTagToken:
		r.open(r.tokens.Token(), kind == html.SelfClosingTagToken)
	case html.EndTagToken:
		r.close(r.tokens.Token().DataAtom)
	}
	return true
}

func (r *pageReader) words(text string) {
	switch {
	case r.unseen != 0:
	case r.inTitle:
		r.title.WriteString(text)
	default:
		r.text.WriteString(text)
		r.text.WriteByte(' ')
	}
}

func (r *pageReader) open(token html.Token, closed bool) {
	if r.unseen != 0 {
		return
	}
	switch token.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Iframe, atom.Textarea:
		if !closed {
			r.unseen = token.DataAtom
		}
	case atom.Title:
		r.inTitle = r.title.Len() == 0 && !closed
	case atom.Link:
		r.link(attribute(token, "rel"), attribute(token, "href"))
	case atom.Meta:
		if strings.EqualFold(attribute(token, "name"), "generator") && r.page.generator == "" {
			r.page.generator = attribute(token, "content")
		}
	}
}

func (r *pageReader) link(rel, href string) {
	if _, known := r.page.links[rel]; !known && rel != "" {
		r.page.links[rel] = href
	}
}

func (r *pageReader) close(name atom.Atom) {
	switch name {
	case r.unseen:
		r.unseen = 0
	case atom.Title:
		r.inTitle = false
	}
}

func attribute(token html.Token, name string) string {
	for _, each := range token.Attr {
		if each.Key == name {
			return each.Val
		}
	}
	return ""
}

func collapse(text string) string { return strings.Join(strings.Fields(text), " ") }

// withoutTags is a message without its markup: WordPress puts <strong> into errors.
func withoutTags(text string) string {
	if !strings.ContainsAny(text, "<&") {
		return text
	}
	var out strings.Builder
	tokens := html.NewTokenizer(strings.NewReader(text))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return out.String()
		case html.TextToken:
			out.Write(tokens.Text())
		}
	}
}
