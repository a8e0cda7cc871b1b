package crm

import "encoding/json"

// What a contact costs in a body beyond its values: names of members, quotes, commas. The longest of the five vendors' own, and room.
const (
	batchOverhead   = 512
	contactOverhead = 160
	fieldOverhead   = 48
	tagOverhead     = 8
)

// ContactBytes is at most how many bytes a contact takes in the body of a bulk call.
func ContactBytes(contact Contact) int {
	size := contactOverhead + jsonBytes(contact.Email) + jsonBytes(contact.FirstName) + jsonBytes(contact.LastName)
	for id, value := range contact.Fields {
		size += fieldOverhead + jsonBytes(string(id)) + jsonBytes(value)
	}
	for _, tag := range contact.Tags {
		size += tagOverhead + jsonBytes(tag.Name)
	}
	return size
}

func jsonBytes(text string) int {
	quoted, err := json.Marshal(text)
	if err != nil {
		return 6*len(text) + 2
	}
	return len(quoted)
}

// Batches splits contacts, in their order, into as few calls of Upsert as the CRM's limits on number and size allow, none of them with
// fewer than Features.UpsertMin contacts when there is a choice.
func (c *Client) Batches(contacts []Contact) [][]Contact { return batches(contacts, c.features) }

func batches(contacts []Contact, features Features) [][]Contact {
	var split [][]Contact
	start, size := 0, batchOverhead
	for i, contact := range contacts {
		bytes := ContactBytes(contact)
		full := i-start >= max(features.UpsertBatch, 1)
		heavy := features.UpsertBytes > 0 && size+bytes > features.UpsertBytes && i > start
		if full || heavy {
			split = append(split, contacts[start:i:i])
			start, size = i, batchOverhead
		}
		size += bytes
	}
	if start < len(contacts) {
		split = append(split, contacts[start:])
	}
	return evenOut(split, contacts, features)
}

// evenOut moves contacts from the last but one batch to a last one that is too small, if they fit there.
func evenOut(split [][]Contact, contacts []Contact, features Features) [][]Contact {
	if len(split) < 2 {
		return split
	}
	last, before := split[len(split)-1], split[len(split)-2]
	move := features.UpsertMin - len(last)
	if move <= 0 || len(before)-move < features.UpsertMin {
		return split
	}
	border, start := len(contacts)-len(last)-move, len(contacts)-len(last)-len(before)
	if features.UpsertBytes > 0 && batchBytes(contacts[border:]) > features.UpsertBytes {
		return split
	}
	split[len(split)-2] = contacts[start:border:border]
	split[len(split)-1] = contacts[border:]
	return split
}

func batchBytes(contacts []Contact) int {
	size := batchOverhead
	for _, contact := range contacts {
		size += ContactBytes(contact)
	}
	return size
}
