package replay

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"understudy/mock/drive"
	"understudy/scenarios"
	"understudy/specs"
)

// flows are the values that a recorded reply gave first and a later request carries.
type flows struct {
	byKey map[string]*flow
}

// flow is one such value.
type flow struct {
	// found are the replies that have it, the first one first.
	found []occurrence
	used  bool
	// now is what the server gave in its place this time; lacking says why it gave none.
	now     string
	given   bool
	lacking string
}

type occurrence struct {
	step    int
	pointer string
}

// flowsOf finds them. A value that a request had first is the client's own, whoever repeats it.
func flowsOf(client *drive.Client, r *scenarios.Recording) *flows {
	f := &flows{byKey: map[string]*flow{}}
	own := map[string]bool{}
	for _, x := range r.Exchanges {
		template := ""
		if op, ok := client.Contract().Operation(x.Operation); ok {
			template = op.Path
		}
		eachRequested(&x.Request, template, func(name, text string) {
			key, ok := keyOf(name, text)
			if !ok {
				return
			}
			if one := f.byKey[key]; one != nil {
				one.used = true
				return
			}
			own[key] = true
		})
		if x.Operation == "" || template == "" {
			continue
		}
		judged, err := client.JudgeOpened(x.Operation, &x.Response)
		if err != nil || judged.Reply.Value == nil {
			continue
		}
		eachScalar(judged.Reply.Value, "", func(pointer string, v any) {
			place := client.Place(judged, pointer)
			key, ok := keyOf(lastName(pointer), textOf(v))
			if _, isTruth := v.(bool); !ok || isTruth || v == nil || own[key] || place.Fixed {
				return
			}
			one := f.byKey[key]
			if one == nil {
				one = &flow{}
				f.byKey[key] = one
			}
			one.found = append(one.found, occurrence{x.Number, pointer})
		})
	}
	for key, one := range f.byKey {
		if !one.used {
			delete(f.byKey, key)
		}
	}
	return f
}

// keyOf is under which a value is known. A short one, which may mean anything, is only known where an id stands.
func keyOf(name, text string) (string, bool) {
	n := utf8.RuneCountInString(text)
	switch digits := strings.Trim(text, "0123456789") == ""; {
	case n == 0 || slices.Contains([]string{"true", "false", "null", "success"}, strings.ToLower(text)):
		return "", false
	case n >= 6 || n >= 4 && !digits:
		return text, true
	case isID(name):
		return "id\x00" + text, true
	}
	return "", false
}

// isID says whether a name is that of an id.
func isID(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"id", "key", "no", "number", "serial", "cursor"}, func(end string) bool { return strings.HasSuffix(name, end) })
}

// lack says why nothing of a step's reply is known; in words that go on a sentence.
func (f *flows) lack(step int, why string) {
	for _, one := range f.byKey {
		if !one.given && slices.ContainsFunc(one.found, func(o occurrence) bool { return o.step == step }) {
			one.lacking = why
		}
	}
}

// take keeps what a reply has in the places of the recorded values.
func (f *flows) take(step int, got *drive.Exchange) {
	for _, one := range f.byKey {
		for _, o := range one.found {
			if o.step != step || one.given {
				continue
			}
			v, ok := drive.At(got.Reply.Value, o.pointer)
			text := textOf(v)
			if !ok || v == nil || text == "" {
				one.lacking = fmt.Sprintf("step %d, whose answer has nothing at %s", step, o.pointer)
				continue
			}
			one.now, one.given = text, true
		}
	}
}

// of is the flow of a value; nil where it is none.
func (f *flows) of(name, text string) *flow {
	key, ok := keyOf(name, text)
	if !ok {
		return nil
	}
	return f.byKey[key]
}

// current is a recorded request with what the server gave this time in the place of what it gave then; lacking says whose reply
// is missing, "" for none.
func (f *flows) current(r *scenarios.Request, template string) (now *scenarios.Request, lacking string) {
	change := func(name, text string) string {
		one := f.of(name, text)
		switch {
		case one == nil:
			return text
		case !one.given:
			lacking = one.lacking
			return text
		}
		return one.now
	}
	out := *r
	out.Path = changedPath(r.Path, template, change)
	out.Parameters = slices.Clone(r.Parameters)
	for i, p := range out.Parameters {
		out.Parameters[i].Value = change(p.Name, p.Value)
	}
	out.Body = changedBody(r, change)
	return &out, lacking
}

// lastName is the last name of a pointer, the place in a list left out.
func lastName(pointer string) string {
	steps := strings.Split(pointer, "/")
	for _, step := range slices.Backward(steps) {
		if strings.Trim(step, "0123456789") != "" {
			return specs.UnescapePointer(step)
		}
	}
	return ""
}
