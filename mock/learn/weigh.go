package learn

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"understudy/mock/drive"
	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/wire"
	"understudy/scenarios"
	"understudy/specs"
)

// The sides of an exchange.
const (
	sideRequest = "request"
	sideReply   = "reply"
)

// complaint is one thing that a contract has against one side of an exchange. Nothing in it but value is a datum.
type complaint struct {
	side, pointer, keyword, expected, got string
	// schema is the pointer of the rule's schema in the contract, "" where no schema is broken.
	schema string
	// weight counts the values that are left unexplained.
	weight int
	// value stands at the pointer. It is shown to nobody.
	value any
}

func (c complaint) key() string {
	return strings.Join([]string{c.side, c.pointer, c.keyword, c.expected, c.got, strconv.Itoa(c.weight)}, "\x00")
}

// costOf counts what complaints leave unexplained; what lies below another complaint counts once.
func costOf(list []complaint) int {
	n := 0
	for i, c := range list {
		covered := slices.ContainsFunc(list[:i], func(o complaint) bool { return o.side == c.side && o.pointer == c.pointer }) ||
			slices.ContainsFunc(list, func(o complaint) bool { return o.side == c.side && strings.HasPrefix(c.pointer, o.pointer+"/") })
		if !covered {
			n += c.weight
		}
	}
	return n
}

// leaves counts the scalars of a value, at least one; a text that holds JSON has those of the JSON.
func leaves(v any) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		for _, item := range v {
			n += leaves(item)
		}
	case []any:
		for _, item := range v {
			n += leaves(item)
		}
	case string:
		if inner, ok := held(v); ok {
			return leaves(inner)
		}
	}
	return max(n, 1)
}

// held is what a text holds that is a JSON object or array.
func held(text string) (any, bool) {
	text = strings.TrimSpace(text)
	if text == "" || text[0] != '{' && text[0] != '[' {
		return nil, false
	}
	v, failed := wire.DecodeJSON([]byte(text), wire.JSONOptions{DuplicateNames: true})
	return v, failed == nil
}

// at is what stands at a JSON pointer of a value; a pointer goes on into a text that holds JSON.
func at(v any, pointer string) (any, bool) {
	if pointer == "" {
		return v, true
	}
	for _, token := range strings.Split(pointer, "/")[1:] {
		if text, ok := v.(string); ok {
			v, _ = held(text)
		}
		switch in := v.(type) {
		case map[string]any:
			item, ok := in[specs.UnescapePointer(token)]
			if !ok {
				return nil, false
			}
			v = item
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(in) {
				return nil, false
			}
			v = in[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// asked is what a contract says about a request.
type asked struct {
	// judged is false where it could not be held to the contract.
	judged bool
	// refused says that the vendor would refuse it, with the row of that id, "" where the contract has none.
	refused    bool
	row        string
	complaints []complaint
	cost       int
}

// answered is what a contract says about a reply.
type answered struct {
	judged bool
	// worked says that it is a success; rows are those of the catalogue that it may be where it is an error.
	worked     bool
	rows       []string
	complaints []complaint
	cost       int
	// code is that of an error which the catalogue does not have, "" for none; message what it says.
	code, message string
	// value is the body, decoded.
	value any
}

func (a asked) key() string {
	return fmt.Sprint(a.judged, a.refused, a.row) + keysOf(a.complaints)
}

func (a answered) key() string {
	return fmt.Sprint(a.judged, a.worked, a.rows, a.code) + keysOf(a.complaints)
}

func keysOf(list []complaint) string {
	var b strings.Builder
	for _, c := range list {
		b.WriteString("\n" + c.key())
	}
	return b.String()
}

// ask holds the request of an exchange to the contract.
func (s *stand) ask(ctx context.Context, t *told) asked {
	if t.callback != nil {
		return s.askCallback(t)
	}
	r, ok := s.request(ctx, t)
	if !ok {
		return asked{}
	}
	j := s.server.Judge(r)
	if j.Refusal != "" {
		return asked{}
	}
	a := asked{judged: true, row: j.Error}
	whole := leaves(t.requestValue())
	for _, d := range j.Found {
		a.refused = true
		a.complaints = append(a.complaints, complaintsOf(d, t, whole)...)
	}
	a.cost = costOf(a.complaints)
	return a
}

// request is the request as it would travel today.
func (s *stand) request(ctx context.Context, t *told) (*http.Request, bool) {
	x := t.heard
	if t.homeless {
		query := wire.Pairs{}
		for _, p := range x.Request.Parameters {
			if p.In == "query" {
				query = append(query, wire.Pair{Name: p.Name, Value: p.Value, In: wire.InQuery})
			}
		}
		address := "http://localhost" + x.Request.Path
		if len(query) > 0 {
			address += "?" + encoded(query)
		}
		r, err := http.NewRequestWithContext(ctx, x.Request.Method, address, bytes.NewReader(x.Request.Body))
		return r, err == nil
	}
	restored, err := s.client.Restore(ctx, t.operation, &x.Request)
	if err != nil {
		return nil, false
	}
	r, err := http.NewRequestWithContext(ctx, restored.Method, restored.URL, bytes.NewReader(restored.Body))
	if err != nil {
		return nil, false
	}
	r.Header = restored.Header
	r.RemoteAddr = "127.0.0.1:1"
	return r, true
}

// complaintsOf makes complaints of a diagnosis.
func complaintsOf(d *diagnosis.Diagnosis, t *told, whole int) []complaint {
	if len(d.Findings) == 0 {
		return []complaint{{side: sideRequest, keyword: d.ID, expected: "what the contract says there", got: "something else", weight: whole}}
	}
	var list []complaint
	for _, f := range d.Findings {
		c := complaint{side: sideRequest, pointer: f.Pointer, keyword: f.Keyword, expected: f.Expected, got: f.Got, weight: 1}
		if v, ok := at(t.requestValue(), f.Pointer); ok && f.In == "body" {
			c.weight, c.value = leaves(v), v
		}
		if c.keyword == "" {
			c.keyword = d.ID
		}
		list = append(list, c)
	}
	return list
}

// answer holds the reply of an exchange to the contract.
func (s *stand) answer(t *told) answered {
	x := t.heard
	if t.callback != nil || x.Response.Status == 0 || x.Response.Broken != "" || x.Response.Wire.Seal == scenarios.SealUnopened {
		return answered{}
	}
	done, err := s.client.JudgeOpened(t.operation, &x.Response)
	if err != nil {
		return answered{}
	}
	op := done.Request.Operation
	a := answered{judged: true, worked: done.Outcome == drive.OK, value: done.Reply.Value}
	whole := leaves(done.Reply.Value)
	add := func(c complaint) {
		c.side = sideReply
		if c.weight == 0 {
			v, _ := at(done.Reply.Value, c.pointer)
			c.weight, c.value = leaves(v), v
			if c.keyword == "required" {
				c.weight = 1
			}
		}
		if !slices.ContainsFunc(a.complaints, func(o complaint) bool { return o.pointer == c.pointer && o.keyword == c.keyword }) {
			a.complaints = append(a.complaints, c)
		}
	}
	form, declared := replyForm(op, x.Response.Status, x.Response.MediaType)
	own := form != nil && done.Reply.Unread == nil && inPlaceOnly(op)
	if own {
		for _, v := range s.violations(form.Schema, done.Reply.Value) {
			add(complaint{pointer: v.Pointer, keyword: v.Keyword, expected: v.Expected, got: v.Got, schema: v.Schema})
		}
	}
	for _, p := range done.Reply.Problems {
		c := complaint{pointer: p.Pointer, keyword: p.Keyword, expected: p.Expected, got: p.Got}
		switch {
		case p.In == "header":
			c.keyword, c.weight = "header", 1
		case slices.Contains([]string{"seal", "status", "mediaType", "body"}, p.Keyword):
			c.weight = whole
		case own:
			continue // the schema has been asked
		}
		add(c)
	}
	switch {
	case !declared:
		add(complaint{keyword: "status", expected: "one of " + strings.Join(statuses(op), ", "), got: strconv.Itoa(x.Response.Status), weight: whole + 1})
	case done.Reply.Unread != nil && len(x.Response.Body) > 0:
		add(complaint{keyword: "unreadable", expected: "what the media type says", got: "something else", weight: whole + 1})
	}
	s.addFormats(t, op, done, add)
	if !a.worked && done.Outcome != drive.Refusal {
		s.addRows(&a, t, op, add, whole)
	}
	if done.Outcome == drive.Unexplained && len(a.complaints) == 0 {
		add(complaint{keyword: "unexplained", expected: "an answer of the contract", got: "another one", weight: whole + 1})
	}
	a.cost = costOf(a.complaints)
	return a
}

// inPlaceOnly says that a reply's value is what its schema describes: no member of it is sealed.
func inPlaceOnly(op *specs.Operation) bool {
	part := op.Wire.Seal.ResponsePart()
	return part == "" || part == "body"
}

// replyForm finds what the contract says about a status and a media type: the form, nil where there is none, and whether the
// status is declared at all.
func replyForm(op *specs.Operation, status int, mediaType string) (form *specs.MediaType, declared bool) {
	var best *specs.Response
	score := 0
	for i := range op.Responses {
		one := &op.Responses[i]
		n, code := 0, strconv.Itoa(status)
		switch {
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
	if best == nil {
		return nil, false
	}
	want := base(mediaType)
	for i := range best.Content {
		if base(best.Content[i].Type) == want {
			return &best.Content[i], true
		}
	}
	if len(best.Content) > 0 && op.Wire.Seal.SealsReplies() {
		return &best.Content[0], true
	}
	if len(best.Content) == 1 {
		return &best.Content[0], true
	}
	return nil, true
}

func statuses(op *specs.Operation) []string {
	var list []string
	for _, r := range op.Responses {
		list = append(list, r.Status)
	}
	return list
}

// base is a media type without parameters, in lower case.
func base(mediaType string) string {
	text, _, _ := strings.Cut(mediaType, ";")
	return strings.ToLower(strings.TrimSpace(text))
}
