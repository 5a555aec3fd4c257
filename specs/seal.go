package specs

import (
	"slices"
	"strings"
)

// SealsBody says whether the whole body of a request is sealed. Nothing is where there is no seal.
func (s *Seal) SealsBody() bool {
	return s != nil && s.Part == "body" && slices.Contains(s.Directions, "request")
}

// SealedMember is the name of the member of a request's body that is sealed, "" for none.
func (s *Seal) SealedMember() string {
	if s == nil || s.Part == "body" || !slices.Contains(s.Directions, "request") {
		return ""
	}
	return UnescapePointer(strings.TrimPrefix(s.Part, "/"))
}

// SealsReplies says whether successes are sealed; see [Seal.SealsFailures].
func (s *Seal) SealsReplies() bool { return s != nil && slices.Contains(s.Directions, "response") }

// SealsFailures says whether error replies are sealed as well.
func (s *Seal) SealsFailures() bool { return s.SealsReplies() && s.Failures != "plain" }

// ContentSchema finds the schema of what a text member of an object opens to (JSON Schema 2020-12, contentSchema): its JSON
// pointer, and whether there is one.
func (c *Contract) ContentSchema(object, member string) (pointer string, ok bool) {
	pointer = object + "/properties/" + EscapePointer(member) + "/contentSchema"
	_, ok = c.document.nodes[pointer]
	return pointer, ok
}
