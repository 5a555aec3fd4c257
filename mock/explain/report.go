package explain

import (
	"fmt"
	"slices"
	"strings"

	"understudy/mock/internal/diagnosis"
)

// Verdict is what came of explaining one call.
type Verdict string

// The verdicts. Right means that nothing is wrong but perhaps with time: timestamps and tokens are not judged.
const (
	Right     Verdict = "right"
	Explained Verdict = "explained"
	Unknown   Verdict = "unknown"
)

// Report says what is wrong with one call, or that nothing is. It holds no credential, and personal data only where
// [Config.Show] asked for them.
type Report struct {
	// Source is what the call was read from: url, http, curl, har, map, form, json, ciphertext or exception.
	Source string `json:"source,omitempty"`
	// Place tells one of several: "entry 3", "line 12".
	Place  string `json:"place,omitempty"`
	Vendor string `json:"vendor"`
	// Operation is "" when none could be told.
	Operation string  `json:"operation,omitempty"`
	Verdict   Verdict `json:"verdict"`
	// Cause is what is wrong, or what was found to be right.
	Cause *diagnosis.Diagnosis `json:"cause"`
	// Notes are further findings that are not the cause.
	Notes []*diagnosis.Diagnosis `json:"notes,omitempty"`
	// Facts are what can be looked at, in the order in which it helps.
	Facts []Fact `json:"facts,omitempty"`
}

// The keys of facts.
const (
	FactCanonical  = "canonical"  // the text to sign, with the secret as $slot
	FactSigned     = "signed"     // the text that was signed
	FactDifference = "difference" // where the two part
	FactStep       = "step"       // at which step opening failed
	FactOpened     = "opened"     // the opened text
	FactReply      = "reply"      // the opened reply
	FactField      = "field"      // the field in question
	FactText       = "text"       // the exception's text that was recognised
	FactUnjudged   = "unjudged"   // what the signature takes in and the input does not have: it was not judged
)

// Fact is one thing to look at.
type Fact struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

func (r *Report) fact(key, value string) {
	if value != "" {
		r.Facts = append(r.Facts, Fact{key, value})
	}
}

func (r *Report) note(id string, detail ...string) {
	for _, d := range r.Notes {
		if d.ID == id {
			return
		}
	}
	r.Notes = append(r.Notes, diagnosis.New(id, detail...))
}

// blame makes a diagnosis the cause, if there is none yet, else a note.
func (r *Report) blame(d *diagnosis.Diagnosis) {
	if d == nil {
		return
	}
	if r.Cause == nil {
		r.Cause, r.Verdict = d, Explained
		return
	}
	r.Notes = append(r.Notes, d)
}

// says whether a diagnosis is in the report already.
func (r *Report) says(id string) bool {
	return slices.ContainsFunc(append(slices.Clone(r.Notes), r.Cause), func(d *diagnosis.Diagnosis) bool { return d != nil && d.ID == id })
}

// maxFact bounds what a rendered fact shows, in characters.
const maxFact = 4000

// Text renders the report in "zh" or in English: one sentence with the cause, one with the fix, then the details.
func (r Report) Text(lang string) string {
	words := labels(lang)
	var b strings.Builder
	title := r.Vendor
	if r.Operation != "" {
		title += "." + r.Operation
	}
	b.WriteString(title)
	if r.Source != "" {
		fmt.Fprintf(&b, " (%s", r.Source)
		if r.Place != "" {
			fmt.Fprintf(&b, ", %s", r.Place)
		}
		b.WriteByte(')')
	}
	b.WriteByte('\n')
	name := "cause"
	if r.Verdict == Right {
		name = "right"
	}
	line := func(label, text string) { fmt.Fprintf(&b, "  %s%s\n", label, strings.ReplaceAll(text, "\n", "\n    ")) }
	line(words[name], sentence(r.Cause, lang))
	if fix := r.Cause.Fix(lang); fix != "" {
		line(words["fix"], fix)
	}
	for _, n := range r.Notes {
		text := sentence(n, lang)
		if fix := n.Fix(lang); fix != "" {
			text += " — " + fix
		}
		line(words["note"], text)
	}
	for _, f := range r.Facts {
		line(words[f.Key], clip(printable(f.Value), maxFact))
	}
	return b.String()
}

// sentence is a diagnosis in words, with its id for a search.
func sentence(d *diagnosis.Diagnosis, lang string) string {
	text := d.Text(lang)
	if strings.HasPrefix(d.ID, "explain-") {
		return text
	}
	return text + " [" + d.ID + "]"
}

// labels are the words of a rendered report.
func labels(lang string) map[string]string {
	if lang == "zh" {
		return map[string]string{
			"cause": "原因：", "right": "结论：", "fix": "修正：", "note": "另外：",
			FactCanonical: "待签名串：", FactSigned: "实际签名串：", FactDifference: "差异：", FactStep: "失败步骤：",
			FactOpened: "明文：", FactReply: "应答：", FactField: "字段：", FactText: "原文：", FactUnjudged: "签名未判断，缺少：",
		}
	}
	return map[string]string{
		"cause": "cause:   ", "right": "right:   ", "fix": "fix:     ", "note": "also:    ",
		FactCanonical: "to sign: ", FactSigned: "signed:  ", FactDifference: "differs: ", FactStep: "failed:  ",
		FactOpened: "opened:  ", FactReply: "reply:   ", FactField: "field:   ", FactText: "text:    ", FactUnjudged: "signature not judged without the ",
	}
}

// printable keeps control characters from a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\t' || r >= 0x7F && r < 0xA0 || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return '�'
		}
		return r
	}, s)
}

// clip keeps long texts within n characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n]) + "…"
}
