package learn

import (
	"slices"
	"strconv"
	"strings"

	"understudy/mock/drive"
	"understudy/mock/internal/media"
	"understudy/scenarios"
	"understudy/specs"
)

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
			v, _ := drive.At(done.Reply.Value, c.pointer)
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
	if len(best.Content) == 1 && (want == "" || media.IsJSON(want) || !media.IsJSON(best.Content[0].Type)) {
		return &best.Content[0], true
	}
	return nil, true // a page in the place of JSON says nothing about the JSON
}

func statuses(op *specs.Operation) []string {
	var list []string
	for _, r := range op.Responses {
		list = append(list, r.Status)
	}
	return list
}
