package activecampaign

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// tagRenderer counts who carries each tag, once for a whole list.
func (s *Sandbox) tagRenderer() func(*label) object {
	carriers := map[int]int{}
	for _, p := range s.contacts {
		if p.deleted {
			continue
		}
		for id := range p.tags {
			carriers[id]++
		}
	}
	return func(tag *label) object {
		answer := tagObject(tag)
		answer["subscriber_count"] = digits(carriers[tag.id])
		return answer
	}
}

func tagObject(tag *label) object {
	return object{"tagType": tag.kind, "tag": tag.name, "description": tag.description, "cdate": stamp(tag.made),
		"links": links("/tags/"+digits(tag.id), "contactGoalTags"), "id": digits(tag.id)}
}

// tagFilters are the operators of filters[search] ("List all tags").
var tagFilters = map[string]func(name, given string) bool{
	"eq":          equal,
	"neq":         func(name, given string) bool { return !equal(name, given) },
	"contains":    containsFold,
	"starts_with": func(name, given string) bool { return strings.HasPrefix(strings.ToLower(name), strings.ToLower(given)) },
	"lt":          func(name, given string) bool { return strings.ToLower(name) < strings.ToLower(given) },
	"lte":         func(name, given string) bool { return strings.ToLower(name) <= strings.ToLower(given) },
	"gt":          func(name, given string) bool { return strings.ToLower(name) > strings.ToLower(given) },
	"gte":         func(name, given string) bool { return strings.ToLower(name) >= strings.ToLower(given) },
}

func (s *Sandbox) listTags(c *call) {
	tags := slices.DeleteFunc(slices.Clone(s.tags), func(tag *label) bool {
		if given := c.query.Get("search"); given != "" && !containsFold(tag.name, given) {
			return true
		}
		for operator, fits := range tagFilters {
			if given := c.query.Get("filters[search][" + operator + "]"); given != "" && !fits(tag.name, given) {
				return true
			}
		}
		return false
	})
	list(c, "tags", tags, s.tagRenderer(), nil)
}

// createTag refuses a name that exists in any case; in which words is not known.
func (s *Sandbox) createTag(c *call) {
	var in struct{ Tag, TagType, Description text }
	if !c.read("tag", &in) {
		return
	}
	name := strings.TrimSpace(string(in.Tag))
	switch {
	case name == "":
		c.missing("tag")
		return
	case in.TagType != "contact" && in.TagType != "template":
		c.missing("tagType")
		return
	case in.TagType == "contact" && s.tagLike(name) != nil:
		s.refuseTag(c)
		return
	}
	tag := &label{id: s.next("tag"), name: name, kind: string(in.TagType), description: string(in.Description), made: time.Now()}
	s.tags = append(s.tags, tag)
	c.reply(http.StatusCreated, object{"tag": tagObject(tag)})
}

func (s *Sandbox) refuseTag(c *call) {
	switch s.setting(switchTagTaken) {
	case "422-message":
		c.message(http.StatusUnprocessableEntity, "Tag could not be saved")
	case "400-empty":
		c.reply(http.StatusBadRequest, object{})
	case "409":
		c.message(http.StatusConflict, "Conflict")
	default:
		c.errors(http.StatusUnprocessableEntity, object{"title": "Tag already exists in the system", "detail": "", "code": "duplicate",
			"source": object{"pointer": "/data/attributes/tag"}})
	}
}

func (s *Sandbox) getTag(c *call) {
	tag := s.tag(c.number())
	if tag == nil {
		c.notFound("Tag")
		return
	}
	c.reply(http.StatusOK, object{"tag": s.tagRenderer()(tag)})
}

func (s *Sandbox) renameTag(c *call) {
	tag := s.tag(c.number())
	if tag == nil {
		c.notFound("Tag")
		return
	}
	var in struct{ Tag, Description *text }
	if !c.read("tag", &in) {
		return
	}
	if in.Tag != nil {
		if other := s.tagLike(string(*in.Tag)); other != nil && other != tag {
			s.refuseTag(c)
			return
		}
		tag.name = string(*in.Tag)
	}
	if in.Description != nil {
		tag.description = string(*in.Description)
	}
	c.reply(http.StatusOK, object{"tag": tagObject(tag)})
}

// deleteTag takes the tag off everybody, too.
func (s *Sandbox) deleteTag(c *call) {
	id := c.number()
	if s.tag(id) == nil {
		c.notFound("Tag")
		return
	}
	s.tags = slices.DeleteFunc(s.tags, func(tag *label) bool { return tag.id == id })
	for _, p := range s.contacts {
		delete(p.tags, id)
	}
	c.reply(http.StatusOK, object{})
}
