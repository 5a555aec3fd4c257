package behave

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
	"understudy/mock/internal/wire"
)

// kindSentMessage is what was sent, appended, one per call.
const kindSentMessage = "sent-message"

func eazytec() map[string]Step {
	return map[string]Step{"sendMessage": sendMessage}
}

// sendMessage answers E1 with the id of the message in the sender's outbox (E-21). The same call twice is two messages
// (E-26). Whether hasatt and attfiles agree is not looked at (E-29).
func sendMessage(tx state.Tx, c *Call) (Reply, error) {
	reading := quotes(c.Reading("E-9"))
	var notes []*diagnosis.Diagnosis
	if !isUsual(c.raw("/sendData/params"), reading) {
		params := c.RecordAt("/sendData/params")
		if err := checkRecipient(params, reading); err != nil {
			return Reply{}, err
		}
		if err := checkAttachments(params, reading); err != nil {
			return Reply{}, err
		}
		notes = undocumented(params)
	}
	outboxID := c.Minted().UUID()
	keepMessage(tx, outboxID, c.Now, c.Text)
	return Reply{Value: outboxID, Notes: notes}, nil
}

// keepMessage keeps a message as it was taken, the body unchanged: an unset deptid stays as it was written (E-17). The body
// is JSON already, so it is put in as it is.
func keepMessage(tx state.Tx, outboxID string, at time.Time, body []byte) {
	head := make([]byte, 0, 120)
	head = append(append(head, `{"outboxId":"`...), outboxID...)
	head = at.AppendFormat(append(head, `","at":"`...), time.RFC3339Nano)
	state.Append(tx, kindSentMessage, append(head, `","message":`...), body, []byte{'}'})
}

// undocumented notes values that the document's lists lack; its own example has two such, so they are taken (E-7, E-8).
func undocumented(params value.Record) []*diagnosis.Diagnosis {
	var notes []*diagnosis.Diagnosis
	note := func(id, name, clause string, documented ...string) {
		got := value.Text(params, name)
		if slices.Contains(documented, got) {
			return
		}
		d := diagnosis.New(id)
		d.Findings = []diagnosis.Finding{{
			In: "body", Pointer: paramsPointer + name, Keyword: "enum", Expected: "one of " + strings.Join(documented, ", "),
			Got: fmt.Sprintf("another text of %d characters", utf8.RuneCountInString(got)), Clause: clause,
		}}
		notes = append(notes, d)
	}
	note("undocumented-category", "msgcategory", "E-7", "公共公示", "新闻通知", "政策公示", "会议通知")
	note("undocumented-level", "msglevel", "E-8", "紧急", "重要", "普通")
	return notes
}

const paramsPointer = "/sendData/params/"

// checkRecipient reads recipient, an object in a text.
func checkRecipient(params value.Record, reading quotes) error {
	v, err := textMember(params, "recipient", reading)
	if err != nil || v == nil {
		return err
	}
	if _, ok := v.(map[string]any); !ok {
		return wrongKind("recipient", "an object")
	}
	return nil
}

// checkAttachments reads attfiles, a list of objects in a text.
func checkAttachments(params value.Record, reading quotes) error {
	v, err := textMember(params, "attfiles", reading)
	if err != nil || v == nil {
		return err
	}
	list, ok := v.([]any)
	for _, item := range list {
		if _, object := item.(map[string]any); !object {
			ok = false
		}
	}
	if !ok {
		return wrongKind("attfiles", "a list of objects")
	}
	return nil
}

// quotes is the reading of E-9: which quotes the text in recipient and attfiles has. The zero value takes either, as it
// came first in the text.
type quotes string

const (
	doubleQuotes quotes = "json"
	singleQuotes quotes = "quotes"
)

// takes says whether the first quote of a text, which tells its form, is one that the reading has. A text without quotes has
// every form.
func (q quotes) takes(first byte) bool {
	return q != doubleQuotes && first == '\'' || q != singleQuotes && first == '"'
}

func (q quotes) wanted() string {
	switch q {
	case doubleQuotes:
		return "JSON text, in double quotes"
	case singleQuotes:
		return "JSON text, in single quotes"
	}
	return "JSON text, in double or in single quotes"
}

// textMember reads the value that an optional member holds as text. An absent or empty one is nil.
func textMember(params value.Record, name string, reading quotes) (any, error) {
	text := value.Text(params, name)
	if text == "" {
		return nil, nil
	}
	if first := strings.IndexAny(text, `'"`); first >= 0 && !reading.takes(text[first]) {
		d := diagnosis.New("json-text-in-other-quotes")
		d.Findings = []diagnosis.Finding{{
			In: "body", Pointer: paramsPointer + name, Expected: reading.wanted(), Got: "the other quotes", Clause: "E-9",
		}}
		return nil, &Error{ID: "parameter-missing", Diagnosis: d}
	}
	v, at, reason := readQuoted(text)
	if reason == "" && v != nil {
		return v, nil
	}
	if reason == "" {
		return nil, wrongKind(name, "an object or a list")
	}
	d := diagnosis.New("unreadable-json-text")
	d.Findings = []diagnosis.Finding{{
		In: "body", Pointer: paramsPointer + name,
		Expected: reading.wanted(),
		Got: fmt.Sprintf("a text of %d characters, unreadable (%s) from character %d on",
			utf8.RuneCountInString(text), reason, utf8.RuneCountInString(text[:at])+1),
		Clause: "E-9",
	}}
	return nil, &Error{ID: "parameter-missing", Diagnosis: d}
}

func wrongKind(name, expected string) error {
	d := diagnosis.New("json-text-of-another-kind")
	d.Findings = []diagnosis.Finding{{
		In: "body", Pointer: paramsPointer + name, Expected: expected + " in the text", Got: "another value", Clause: "E-9",
	}}
	return &Error{ID: "parameter-missing", Diagnosis: d}
}

// readQuoted reads JSON, or the same with single quotes in the place of all double ones as the document prints it
// (E-9). The first quote of the text tells which. Within single quotes a double one stands for itself and \' for a
// single one; every other escape is JSON's. A reason other than "" says why the text is unreadable, at is the byte where.
func readQuoted(text string) (v any, at int, reason string) {
	first := strings.IndexAny(text, `'"`)
	source, single := text, first >= 0 && text[first] == '\''
	if single {
		source, _ = doubleQuoted(text, math.MaxInt)
	}
	v, err := wire.DecodeJSON([]byte(source), wire.JSONOptions{DuplicateNames: true})
	if err == nil {
		return v, 0, ""
	}
	at = min(int(err.Offset), len(source))
	if single {
		_, at = doubleQuoted(text, at)
	}
	return nil, at, err.Reason
}

// doubleQuoted rewrites single-quoted text as JSON and leaves it to the JSON reader to find what is wrong with it: a
// double quote or an escape outside of single quotes becomes, or stays, an escape where JSON has none. It stops before
// the byte that would be written at the offset stop; end is the byte of text it did not come past, len(text) when it
// read all.
func doubleQuoted(text string, stop int) (source string, end int) {
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); i++ {
		start := i
		write := text[i : i+1]
		switch {
		case write == `'`:
			write = `"`
		case write == `"`:
			write = `\"`
		case write == `\` && i+1 < len(text):
			i++
			write = text[start : i+1]
			if write == `\'` {
				write = `'`
			}
		}
		if b.Len()+len(write) > stop {
			return b.String(), start
		}
		b.WriteString(write)
	}
	return b.String(), len(text)
}
