package check

import (
	"fmt"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"understudy/mock/drive"
	"understudy/mock/report"
	"understudy/specs"
)

// judgeForm holds media type, headers and body to what the contract declares for the status.
func (r *run) judgeForm(op *operation, x *drive.Exchange, declared *specs.Response) []report.Finding {
	at := r.contract.Position(declared.Pointer)
	label := x.Reply.Header.Get("Content-Type")
	bare := op.Method == http.MethodHead || x.Reply.Status == http.StatusNoContent || x.Reply.Status == http.StatusNotModified
	var list []report.Finding
	for _, p := range x.Reply.Problems {
		if p.In == "header" {
			list = append(list, r.violation(p))
		}
	}
	if bare || len(declared.Content) == 0 {
		return list
	}
	if len(x.Reply.Body) == 0 {
		return append(list, report.Finding{
			Rule: ruleUnreadable, In: "reply", Expected: "a body of " + mediaTypesOf(declared), Got: "nothing", Clause: op.Source, At: at,
			Message: "the reply has no body; the contract has " + mediaTypesOf(declared),
		})
	}
	if coding := x.Reply.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		// Requests say that nothing else is taken (RFC 9110, section 12.5.3).
		return append(list, report.Finding{
			Rule: ruleUnreadable, In: "header", Pointer: "Content-Encoding", Expected: "identity, as the request asks", Got: coding, Clause: op.Source, At: at,
			Message: "the reply is encoded as " + coding + ", which the request does not take",
		})
	}
	for _, p := range x.Reply.Problems {
		if p.Keyword == "seal" {
			return append(list, r.violation(p)) // its label and its text follow from that
		}
	}
	if !labelled(op.Operation, declared, x, label) {
		return append(list, report.Finding{
			Rule: ruleMedia, In: "header", Pointer: "Content-Type", Expected: mediaTypesOf(declared), Got: labelText(label), Clause: op.Source, At: at,
			Message: fmt.Sprintf("the reply is labelled %s; the contract has %s", labelText(label), mediaTypesOf(declared)),
		})
	}
	list = append(list, r.judgeCharset(op, x, declared, label)...)
	switch {
	case x.Reply.Unopened != nil:
		return append(list, report.Finding{
			Rule: ruleUnopened, In: "reply", Expected: "a text that opens with the contract's cipher", Got: "one that does not", Clause: op.Source, At: at,
			Message: "the reply cannot be opened: " + x.Reply.Unopened.Error(),
		})
	case x.Reply.Unread != nil && (structured(label) || x.Reply.Sealed):
		return append(list, report.Finding{
			Rule: ruleUnreadable, In: "reply", Expected: mediaTypesOf(declared), Got: "a text that is none", Clause: op.Source, At: at,
			Message: "the reply cannot be read: " + x.Reply.Unread.Error(),
		})
	}
	for _, p := range x.Reply.Problems {
		if p.In != "header" {
			list = append(list, r.violation(p))
		}
	}
	return list
}

// violation is a broken rule of the contract as a finding.
func (r *run) violation(p drive.Problem) report.Finding {
	return report.Finding{
		Rule: ruleViolates, In: p.In, Pointer: p.Pointer, Keyword: p.Keyword, Expected: p.Expected, Got: p.Got, Clause: p.Clause, At: p.At,
		Message: violationText(p),
	}
}

func violationText(p drive.Problem) string {
	where := p.In
	if p.Pointer != "" {
		where += " " + p.Pointer
	}
	if p.Keyword == "required" {
		return where + " is missing"
	}
	return fmt.Sprintf("%s: the contract wants %s, there is %s", where, p.Expected, p.Got)
}

// judgeCharset holds the encoding of a text to its label: JSON is UTF-8 (RFC 8259, section 8.1), and a stated charset counts.
func (r *run) judgeCharset(op *operation, x *drive.Exchange, declared *specs.Response, label string) []report.Finding {
	_, parameters, _ := mime.ParseMediaType(label)
	got := strings.ToLower(parameters["charset"])
	want := ""
	base := mediaBase(label)
	if isJSON(base) {
		want = "utf-8"
	}
	for _, m := range declared.Content {
		if _, stated, err := mime.ParseMediaType(m.Type); err == nil && stated["charset"] != "" && mediaBase(m.Type) == base {
			want = strings.ToLower(stated["charset"])
		}
	}
	finding := report.Finding{
		Rule: ruleCharset, In: "header", Pointer: "Content-Type", Expected: want, Got: got, Clause: op.Source, At: r.contract.Position(declared.Pointer),
	}
	switch {
	case want == "":
	case got != "" && got != want && !(got == "us-ascii" && want == "utf-8"):
		finding.Message = fmt.Sprintf("the reply is labelled as %s; it has to be %s", got, want)
		return []report.Finding{finding}
	case want == "utf-8" && !x.Reply.Sealed && !utf8.Valid(x.Reply.Body):
		finding.Got = "bytes that are no UTF-8"
		finding.Message = "the reply is no UTF-8"
		return []report.Finding{finding}
	}
	return nil
}

func mediaTypesOf(declared *specs.Response) string {
	var list []string
	for _, m := range declared.Content {
		list = append(list, m.Type)
	}
	return strings.Join(list, " or ")
}

// labelled says whether a reply carries a media type that the contract has for it.
func labelled(op *specs.Operation, declared *specs.Response, x *drive.Exchange, label string) bool {
	base := mediaBase(label)
	if s := op.Wire.Seal; s != nil && x.Reply.Sealed && s.MediaType != "" {
		return base == mediaBase(s.MediaType)
	}
	for _, m := range declared.Content {
		want := mediaBase(m.Type)
		kind, _, _ := strings.Cut(want, "/")
		if want == base || want == "*/*" || strings.HasSuffix(want, "/*") && strings.HasPrefix(base, kind+"/") {
			return true
		}
	}
	return false
}

func labelText(label string) string {
	if label == "" {
		return "with nothing"
	}
	return label
}

// structured says whether a reply of that label is JSON or XML.
func structured(label string) bool {
	base := mediaBase(label)
	return isJSON(base) || strings.HasSuffix(base, "/xml") || strings.HasSuffix(base, "+xml")
}

func mediaBase(label string) string {
	text, _, _ := strings.Cut(label, ";")
	return strings.ToLower(strings.TrimSpace(text))
}

func isJSON(base string) bool { return base == "application/json" || strings.HasSuffix(base, "+json") }
