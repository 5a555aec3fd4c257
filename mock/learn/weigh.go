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
		if inner, ok := drive.Held(v); ok {
			return leaves(inner)
		}
	}
	return max(n, 1)
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
		if v, ok := drive.At(t.requestValue(), f.Pointer); ok && f.In == "body" {
			c.weight, c.value = leaves(v), v
		}
		if c.keyword == "" {
			c.keyword = d.ID
		}
		list = append(list, c)
	}
	return list
}

// base is a media type without parameters, in lower case.
func base(mediaType string) string {
	text, _, _ := strings.Cut(mediaType, ";")
	return strings.ToLower(strings.TrimSpace(text))
}
