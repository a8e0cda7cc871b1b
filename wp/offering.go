package wp

// Offering is something that members buy: which tags open it, and which pages it protects.
//
// AccessAlly opens a page to a member who has any of the instant tag or the page's module tag (the base tag where the page has no module), and
// who has not the revoke tag.
type Offering struct {
	Key     string            `json:"key"`
	Name    string            `json:"name"`
	Base    string            `json:"base,omitempty"`
	Instant string            `json:"instant,omitempty"`
	Revoke  string            `json:"revoke,omitempty"`
	Modules map[string]string `json:"modules,omitempty"`
	Pages   []OfferingPage    `json:"pages,omitempty"`
}

// OfferingPage is a protected page of an offering. Module is empty when the base tag opens it.
type OfferingPage struct {
	ID     int64  `json:"id"`
	Title  string `json:"title"`
	Module string `json:"module,omitempty"`
}

// Opens says whether somebody with these tags may open the page.
func (o Offering) Opens(page OfferingPage, has func(tag string) bool) bool {
	opener := o.Base
	if page.Module != "" {
		opener = o.Modules[page.Module]
	}
	if o.Revoke != "" && has(o.Revoke) {
		return false
	}
	return (o.Instant != "" && has(o.Instant)) || (opener != "" && has(opener))
}
