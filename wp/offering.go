package wp

// Offering is something that members buy: which tags open it, and which pages it protects.
//
// AccessAlly opens a page to a member who has any of the instant tag or the page's module tag (the base tag where the page has no module, or its
// module no tag of its own), and who has not the revoke tag.
type Offering struct {
	Key     string            `json:"key"`
	Name    string            `json:"name"`
	Base    string            `json:"base,omitempty"`
	Instant string            `json:"instant,omitempty"`
	Revoke  string            `json:"revoke,omitempty"`
	Modules map[string]string `json:"modules,omitempty"`
	Pages   []OfferingPage    `json:"pages,omitempty"`
}

// OfferingPage is a protected page of an offering. Module is empty when it belongs to none.
type OfferingPage struct {
	ID     int64  `json:"id"`
	Title  string `json:"title"`
	Module string `json:"module,omitempty"`
}

// Opener is the tag that opens a page of this module beside the instant tag: the module's own, else the base tag. It is empty when there is neither.
func (o Offering) Opener(module string) string {
	if tag := o.Modules[module]; tag != "" {
		return tag
	}
	return o.Base
}

// Opens says whether somebody with these tags may open the page.
func (o Offering) Opens(page OfferingPage, has func(tag string) bool) bool {
	opener := o.Opener(page.Module)
	if o.Revoke != "" && has(o.Revoke) {
		return false
	}
	return (o.Instant != "" && has(o.Instant)) || (opener != "" && has(opener))
}
