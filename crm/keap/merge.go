package keap

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"allyswitch/crm"
)

const mergeOp = "merge two contacts"

// Merge implements crm.Merger: lose becomes part of keep, and is gone. Which values win where both have one, Keap does not say; the
// contact that is returned was read after the merge.
func (d *driver) Merge(ctx context.Context, keep, lose crm.ContactID) (crm.Contact, error) {
	if keep == lose || keep == "" || lose == "" {
		return crm.Contact{}, invalid(mergeOp, "a contact cannot be merged with itself")
	}
	err := d.mergeV2(ctx, keep, lose)
	if isMissing(err) { // or one of the contacts is: then XML-RPC says so too
		err = d.mergeXML(ctx, keep, lose)
	}
	if err != nil && sent(err) {
		if _, gone := d.get(ctx, lose); crm.IsKind(gone, crm.KindNotFound) {
			err = nil
		}
	}
	if err != nil {
		return crm.Contact{}, err
	}
	return d.survivor(ctx, keep)
}

func (d *driver) mergeV2(ctx context.Context, keep, lose crm.ContactID) error {
	request := d.request(mergeOp, http.MethodPost, v2+"contacts:merge")
	request.Query = url.Values{"fields": {"id"}}
	request.JSON = map[string]any{"contact_id": keep, "duplicate_contact_id": lose}
	var survivor wireContact
	if err := d.json(ctx, request, &survivor); err != nil {
		return err
	}
	if crm.ContactID(survivor.ID) != keep {
		return unknown(mergeOp, "the answer does not name the contact that stays")
	}
	return nil
}

// isMissing says that this account's v2 has no merge (it came in June 2026).
func isMissing(err error) bool {
	return crm.IsKind(err, crm.KindNotFound) || crm.IsKind(err, crm.KindUnsupported)
}

// mergeXML merges through XML-RPC. Its first parameter was a key once, and may be any text now.
func (d *driver) mergeXML(ctx context.Context, keep, lose crm.ContactID) error {
	first, err := strconv.ParseInt(string(keep), 10, 64)
	second, err2 := strconv.ParseInt(string(lose), 10, 64)
	if err := errors.Join(err, err2); err != nil {
		return invalid(mergeOp, "a contact ID is not a number")
	}
	merged, err := d.xmlrpc(ctx, mergeOp, "ContactService.merge", "key", first, second)
	if err == nil && !merged.truth() {
		err = unknown(mergeOp, "Keap does not say that the contacts were merged")
	}
	return err
}

// xmlrpc calls a method. A fault comes with 200; it is told by its code (Keap XML-RPC documentation, error codes).
func (d *driver) xmlrpc(ctx context.Context, op, method string, params ...any) (xmlValue, error) {
	request := d.request(op, http.MethodPost, "crm/xmlrpc/v1")
	request.Raw, request.ContentType = encodeCall(method, params...), "text/xml"
	request.Header = http.Header{"Accept": {"text/xml"}}
	answer, err := d.send(ctx, request)
	if err != nil {
		return xmlValue{}, err
	}
	var response xmlResponse
	if xml.Unmarshal(answer.Body, &response) != nil || response.Fault == nil && len(response.Params) == 0 {
		return xmlValue{}, unknown(op, "the answer cannot be read")
	}
	if response.Fault == nil {
		return response.Params[0], nil
	}
	return xmlValue{}, faultError(op, *response.Fault)
}

func faultError(op string, fault xmlValue) *crm.Error {
	code, _ := fault.member("faultCode").number()
	kind := crm.KindInvalid
	switch code {
	case 2, 13, 15: // InvalidKey, FailedLogin, PasswordExpired
		kind = crm.KindAuth
	case 3, 4, 6: // Unexpected, Database, Loading
		kind = crm.KindTemporary
	case 5: // RecordNotFound
		kind = crm.KindNotFound
	case 7, 8, 14: // NoTableAccess, NoFieldAccess, NoAccess
		kind = crm.KindPermission
	}
	return &crm.Error{Kind: kind, Code: fmt.Sprintf("%s-X%d", codePrefix, code), Op: op, Status: http.StatusOK,
		Sent: kind == crm.KindTemporary, Hint: plain(fault.member("faultString").text())}
}

// survivor reads the contact that is left, with its tags.
func (d *driver) survivor(ctx context.Context, id crm.ContactID) (crm.Contact, error) {
	wire, err := d.get(ctx, id)
	if err != nil {
		return crm.Contact{}, err
	}
	contact := wire.contact()
	request := d.request("read a contact's tags", http.MethodGet, v2+"contacts/"+url.PathEscape(string(id))+"/tags")
	for at := crm.Cursor(""); ; {
		var page struct {
			Tags *[]struct {
				Tag wireTag `json:"tag"`
			} `json:"tags"`
			Next string `json:"next_page_token"`
		}
		request.Query = pageQuery(at, url.Values{"page_size": {strconv.Itoa(pageSize)}})
		if err := d.json(ctx, request, &page); err != nil || page.Tags == nil {
			return contact, nil // the merge is done; the tags stay unknown
		}
		for _, t := range *page.Tags {
			contact.Tags = append(contact.Tags, crm.Tag{ID: crm.TagID(t.Tag.ID), Name: t.Tag.Name})
		}
		next := nextCursor(page.Next)
		if next == "" || next == at {
			contact.TagsKnown = true
			return contact, nil
		}
		at = next
	}
}
