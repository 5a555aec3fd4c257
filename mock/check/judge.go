package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"understudy/mock/drive"
	"understudy/mock/internal/schema"
	"understudy/mock/report"
	"understudy/specs"
)

// The rules of findings.
const (
	ruleViolates   = "violates-contract"     // a value, a header or a seal that is not as the contract has it
	ruleStatus     = "undeclared-status"     // the contract has no such status
	ruleMedia      = "undeclared-media-type" // nor such a media type under that status
	ruleCharset    = "charset"               // text in another encoding than the one it has to be in
	ruleUnreadable = "unreadable-reply"      // neither JSON nor XML, or cut off
	ruleUnopened   = "unopenable-reply"      // sealed otherwise than the contract says
	ruleCode       = "undeclared-code"       // an error in the envelope that is not in the catalogue
	ruleCodeStatus = "status-of-code"        // an error of the catalogue under another status
	ruleServer     = "server-error"          // 5xx
	ruleTrace      = "stack-trace"
	rulePage       = "html-page"
	ruleEchoed     = "secret-echoed"
	ruleSilent     = "no-answer"           // not in time, or the connection was cut
	ruleRefusal    = "simulator-refusal"   // the simulator's own no
	ruleDenied     = "credentials-refused" // right credentials are refused
	ruleExample    = "example-refused"     // the contract's own example is refused as wrong
	ruleAccepted   = "accepted"            // what the contract forbids succeeds
	ruleWrongCode  = "wrong-code"          // refused, by another row than the one the catalogue has for it
)

// stackLine is a place in a program as stacks write it.
var stackLine = regexp.MustCompile(`(?m)^\s*at [\w$.<>/]+\([\w$]+\.(java|kt|scala|cs|js|ts)(:\d+)*\)|File "[^"]+\.py", line \d+|[\w/]+\.php on line \d+|[\w./-]+\.go:\d+ \+0x`)

// reply is what a reply amounts to.
type reply struct {
	findings []report.Finding
	// worked says that the vendor did what it was asked; refused that it did not and says so in its own form.
	worked, refused bool
	declared        *specs.Response
}

// judge holds a reply to the contract. Under strict a status that the contract does not have is a mistake as well: to a
// request that breaks a rule HTTP itself has answers.
func (r *run) judge(op *operation, x *drive.Exchange, strict bool) reply {
	status := x.Reply.Status
	op.statuses[status] = true
	if x.Error != nil {
		op.codes[x.Error.ID] = true
	}
	v := reply{declared: responseFor(op.Operation, status)}
	if x.Reply.Refusal != "" {
		v.findings = []report.Finding{{
			Rule: ruleRefusal, In: "reply", Expected: "the vendor's answer", Got: x.Reply.Refusal, At: r.contract.Position(op.Pointer),
			Message: "the simulator refuses the call on its own account: " + x.Reply.Refusal,
		}}
		return v
	}
	v.findings = r.leaks(op, x)
	if status >= 500 && (x.Error == nil || statusOf(x.Error) != status) && (!strict || !declares(op.Operation, status)) {
		v.findings = append(v.findings, report.Finding{
			Rule: ruleServer, In: "status", Expected: "an answer of the contract", Got: statusText(status), Clause: op.Source,
			At: r.contract.Position(op.Pointer), Message: "the server fails with " + statusText(status),
		})
		return v
	}
	if v.declared == nil {
		v.refused = status >= 400
		if strict && v.refused && (absent(status) && keyed(op.Operation) || status == http.StatusTooManyRequests) {
			r.observe(op, "status "+statusText(status), "the server answers with "+statusText(status)+", which the contract does not have here")
		} else if strict {
			v.findings = append(v.findings, report.Finding{
				Rule: ruleStatus, In: "status", Expected: statusesOf(op.Operation), Got: statusText(status), Clause: op.Source,
				At:      r.contract.Position(op.Pointer + "/responses"),
				Message: fmt.Sprintf("the contract has no answer with %s; it has %s", statusText(status), statusesOf(op.Operation)),
			})
		}
		return v
	}
	v.findings = append(v.findings, r.judgeForm(op, x, v.declared)...)
	v.findings = append(v.findings, r.judgeCode(op, x)...)
	told := x.Outcome == drive.VendorError || x.Error != nil
	v.worked = status < 400 && status >= 200 && !told && len(v.findings) == 0
	v.refused = !v.worked && (told || status >= 400)
	return v
}

// judgeCode holds an error in the envelope to the catalogue.
func (r *run) judgeCode(op *operation, x *drive.Exchange) []report.Finding {
	row := x.Error
	if row != nil {
		if want := statusOf(row); want != x.Reply.Status {
			return []report.Finding{{
				Rule: ruleCodeStatus, In: "status", Pointer: row.ID, Expected: statusText(want), Got: statusText(x.Reply.Status), Clause: row.Source,
				At:      r.contract.Position(op.Pointer),
				Message: fmt.Sprintf("the error %s (%s) comes with %s; the catalogue has it with %s", row.Code, row.ID, statusText(x.Reply.Status), statusText(want)),
			}}
		}
		return nil
	}
	code, says := r.saysCode(op.Operation, x)
	if !says || len(r.contract.Errors) == 0 || x.Outcome == drive.OK {
		return nil
	}
	return []report.Finding{{
		Rule: ruleCode, In: "reply", Expected: "a code of the catalogue", Got: code, Clause: op.Source, At: r.contract.Position("/" + specs.KeyErrors),
		Message: "the catalogue has no error with the code " + code,
	}}
}

// saysCode reads the code out of an error in the contract's envelope.
func (r *run) saysCode(op *specs.Operation, x *drive.Exchange) (string, bool) {
	e := op.Wire.Envelope
	if e == nil || e.Error == nil || x.Outcome != drive.VendorError {
		return "", false
	}
	return codeAt(e.Error, x.Reply.Value)
}

// codeAt finds the text that stands where an envelope has $code; false where the value is not of the envelope's form.
func codeAt(template, v any) (string, bool) {
	record, ok := template.(map[string]any)
	if !ok {
		return "", false
	}
	got, ok := v.(map[string]any)
	if !ok {
		return "", false
	}
	code, found := "", false
	for name, inner := range record {
		item, there := got[name]
		if inner == "$code" {
			if !there {
				return "", false
			}
			code, found = textOf(item), true
			continue
		}
		if below, ok := inner.(map[string]any); ok {
			if deeper, ok := codeAt(below, item); ok {
				code, found = deeper, true
			}
		}
	}
	return code, found
}

// absent says that a status is HTTP's own for what is not there.
func absent(status int) bool { return status == http.StatusNotFound || status == http.StatusGone }

// keyed says whether the path of an operation names one thing of many, which the server may not have.
func keyed(op *specs.Operation) bool {
	return strings.Contains(op.Path, "{") || op.Resource != nil && op.Resource.Keyed()
}

func statusOf(row *specs.ErrorRow) int {
	if row.Status == 0 {
		return http.StatusOK
	}
	return row.Status
}

// responseFor is what the contract says about a status: the exact one before the range before default.
func responseFor(op *specs.Operation, status int) *specs.Response {
	var best *specs.Response
	score := 0
	for i := range op.Responses {
		one := &op.Responses[i]
		n := 0
		switch code := strconv.Itoa(status); {
		case one.Status == code:
			n = 3
		case len(one.Status) == 3 && strings.EqualFold(one.Status[1:], "XX") && one.Status[0] == code[0]:
			n = 2
		case one.Status == "default":
			n = 1
		}
		if n > score {
			best, score = one, n
		}
	}
	return best
}

// declares says whether the contract has that status itself, not only default.
func declares(op *specs.Operation, status int) bool {
	found := responseFor(op, status)
	return found != nil && found.Status != "default"
}

func statusesOf(op *specs.Operation) string {
	var list []string
	for _, one := range op.Responses {
		list = append(list, one.Status)
	}
	return strings.Join(list, ", ")
}

func statusText(status int) string {
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}

// replySchema is the schema of a reply's body; nil where there is none.
func (r *run) replySchema(op *operation, x *drive.Exchange) *schema.Schema {
	at := replyPointer(op, x.Reply.Status, x.Reply.Header.Get("Content-Type"))
	if at == "" {
		return nil
	}
	compiled, err := r.set.Compile(at)
	if err != nil {
		return nil
	}
	return compiled
}

func jsonText(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return nil
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// textOf is a value as the text of a parameter.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return string(v)
	}
	return string(jsonText(v))
}
