// Package fault makes calls fail on purpose: a [Rule] says which calls and how, a [Set] holds the rules of one session and
// decides for each call. It only decides; whoever serves the call does what the rule says.
//
// A rule strikes calls that would otherwise be answered: a caller's own mistake keeps its own answer, so that a rule never
// hides one.
package fault

import (
	"fmt"
	"html"
	"net/http"
	"slices"
	"strings"

	"understudy/specs"
)

// Rule makes calls fail on purpose. Its JSON and YAML keys are its field names in camel case; both forms are read
// strictly. At most one of Error, Status and Break is set, but for a page with a status of its own.
type Rule struct {
	// ID names the rule in a session: 1 to 64 letters, digits, '.', '_' or '-'. "" mints f1, f2 …
	ID string `json:"id,omitzero" yaml:"id,omitempty"`
	// Vendor and Operation say whose calls; "" means every one for which the rest of the rule has a meaning.
	Vendor    string `json:"vendor,omitzero" yaml:"vendor,omitempty"`
	Operation string `json:"operation,omitzero" yaml:"operation,omitempty"`
	// Error is the id of a row of the vendor's catalogue, which is the answer.
	Error string `json:"error,omitzero" yaml:"error,omitempty"`
	// Status is an HTTP status, 200 to 599, which is answered with an empty body; beside the page it is the page's.
	Status int `json:"status,omitzero" yaml:"status,omitempty"`
	// Delay holds the answer back; it may stand with any other.
	Delay *Delay `json:"delay,omitzero" yaml:"delay,omitempty"`
	Break Break  `json:"break,omitzero" yaml:"break,omitempty"`
	// Calls bounds the rule to the next so many calls that it strikes; 0 means until it is removed.
	Calls int `json:"calls,omitzero" yaml:"calls,omitempty"`
	// Share strikes that part of the calls, above 0 and up to 1; 0 means all. Seed, rule and number of the call decide.
	Share float64 `json:"share,omitzero" yaml:"share,omitempty"`
	// AfterCommit says that the call is done and its effects stay, but the caller never hears of it. Without it a struck
	// call changes nothing.
	AfterCommit bool `json:"afterCommit,omitzero" yaml:"afterCommit,omitempty"`
}

// Break is a way in which an answer is damaged.
type Break string

// The ways to damage an answer.
const (
	// Cut ends the connection instead of answering.
	Cut Break = "cut"
	// Truncate ends the connection in the middle of the body; a reply that happens to have none is cut.
	Truncate Break = "truncate"
	// GatewayPage answers with a gateway's HTML page (see [Page]) under the rule's status, or 502.
	GatewayPage Break = "page"
	// Padding seals the reply so that its padding is wrong, where the padding is one that can be: pkcs5, also called pkcs7.
	Padding Break = "padding"
	// Plain sends the reply unsealed where the contract has it sealed.
	Plain Break = "plain"
	// StaleToken answers as if the caller's token had ended; where tokens are issued, the one that is issued has ended.
	StaleToken Break = "stale-token"
)

// Breaks lists every way to damage an answer.
func Breaks() []Break { return []Break{Cut, Truncate, GatewayPage, Padding, Plain, StaleToken} }

// Kind says in one word what a rule does: error, status, one of [Breaks], or delay when it does nothing but wait.
func (r Rule) Kind() string {
	switch {
	case r.Break != "":
		return string(r.Break)
	case r.Error != "":
		return "error"
	case r.Status != 0:
		return "status"
	}
	return "delay"
}

// withholds says whether a call that the rule strikes never gets the answer it would have had. A token is judged before
// anything is done, so a stale one leaves nothing to withhold.
func (r Rule) withholds() bool {
	return r.Error != "" || r.Status != 0 || r.Break != "" && r.Break != StaleToken
}

// applies says whether the rule has a meaning for the calls of an operation.
func (r Rule) applies(c *specs.Contract, op *specs.Operation) bool {
	if r.Vendor != "" && r.Vendor != c.Vendor || r.Operation != "" && r.Operation != op.ID {
		return false
	}
	if r.Error != "" {
		row, ok := c.Error(r.Error)
		return ok && answers(row, op.ID)
	}
	switch r.Break {
	case Truncate:
		return hasBody(op)
	case Plain:
		return sealsReplies(op)
	case Padding:
		return sealsReplies(op) && strings.HasPrefix(op.Wire.Seal.Padding, "pkcs")
	case StaleToken:
		return takesTokens(op) || issuesTokens(c, op)
	}
	return true
}

// Errors lists the ids of the catalogue rows that an operation may answer with, in the order of the catalogue.
func Errors(c *specs.Contract, operation string) []string {
	var ids []string
	for i := range c.Errors {
		if answers(&c.Errors[i], operation) {
			ids = append(ids, c.Errors[i].ID)
		}
	}
	return ids
}

// answers says whether a catalogue row may be the answer of an operation.
func answers(row *specs.ErrorRow, operation string) bool {
	return len(row.Operations) == 0 || slices.Contains(row.Operations, operation)
}

// hasBody says whether an operation answers with a body when all is well.
func hasBody(op *specs.Operation) bool {
	return slices.ContainsFunc(op.Responses, func(r specs.Response) bool {
		return len(r.Content) > 0 && !strings.HasPrefix(r.Status, "4") && !strings.HasPrefix(r.Status, "5") && r.Status != "204"
	})
}

// sealsReplies says whether there is something sealed in what an operation answers when all is well.
func sealsReplies(op *specs.Operation) bool { return op.Wire.Seal.SealsReplies() && hasBody(op) }

func takesTokens(op *specs.Operation) bool {
	return op.Wire.Auth != nil && op.Wire.Auth.Security != ""
}

// issuesTokens says whether an operation hands out what others of its contract are called with: it takes credentials in
// its body, and they take signed tokens.
func issuesTokens(c *specs.Contract, op *specs.Operation) bool {
	if auth := op.Wire.Auth; auth == nil || len(auth.Fields) == 0 {
		return false
	}
	return slices.ContainsFunc(c.Operations, func(other *specs.Operation) bool {
		return takesTokens(other) && other.Wire.Auth.Token == "jwt"
	})
}

// PageMediaType labels a [Page].
const PageMediaType = "text/html; charset=utf-8"

// PageStatus is the HTTP status of the rule's gateway page.
func (r Rule) PageStatus() int {
	if r.Status != 0 {
		return r.Status
	}
	return http.StatusBadGateway
}

// Page is what a gateway in front of the vendor answers when it cannot reach it: HTML, where the caller expects the
// vendor's own format.
func Page(status int) []byte {
	title := fmt.Sprint(status)
	if text := http.StatusText(status); text != "" {
		title += " " + text
	}
	title = html.EscapeString(title)
	return []byte("<!DOCTYPE html>\r\n<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<h1>" + title +
		"</h1>\r\n<p>The gateway got no usable answer from the service behind it.</p>\r\n<hr><p>gateway</p>\r\n</body>\r\n</html>\r\n")
}
