package play

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"understudy/mock"
	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/schema"
)

// mostFindings bounds how many fields of a miss are told, mostSteps how many steps.
const (
	mostFindings = 20
	mostSteps    = 10
)

// miss explains a call that nothing recorded answers by the recorded request that is nearest to it.
func (p *Player) miss(s *session, q *request) mock.Answer {
	var a mock.Answer
	nearest, differences := p.nearest(s, q)
	switch {
	case p.config.Mode == Strict && s.next >= len(p.steps):
		a.Miss = fmt.Sprintf("all %d steps have been played, and strict plays each once", len(p.steps))
	case nearest == nil && p.config.Mode == Strict:
		st := p.steps[s.next]
		a.Miss = fmt.Sprintf("step %d comes next, a call of %s, and this is one of %s", st.exchange.Number, nameOf(st.exchange), q.name())
		a.Findings = []diagnosis.Finding{{In: "request", Keyword: "recorded", Expected: "a call of " + nameOf(st.exchange), Got: "one of " + q.name()}}
	case nearest == nil:
		a.Miss = "the recording has no call of " + q.name()
		a.Findings = []diagnosis.Finding{{In: "request", Keyword: "recorded", Expected: "a call of " + p.names(), Got: "one of " + q.name()}}
	case len(differences) == 0:
		a.Miss = fmt.Sprintf("the request is that of step %d, whose credential or signature was refused, and this one is in order", nearest.exchange.Number)
	default:
		which := "the nearest is step"
		if p.config.Mode == Strict {
			which = "next comes step"
		}
		a.Miss = fmt.Sprintf("no recorded request is this call of %s; %s %d, which differs in %s", q.name(), which, nearest.exchange.Number, fields(differences))
		for i, d := range differences {
			if i == mostFindings {
				break
			}
			a.Findings = append(a.Findings, d.finding(s))
		}
	}
	if p.config.Mode == Strict {
		if i := p.later(s, q); i >= 0 && i != s.next {
			a.Miss += fmt.Sprintf("; it is step %d", p.steps[i].exchange.Number)
			if i < s.next {
				a.Miss += ", which has been played"
			} else {
				a.Miss += ", and strict keeps the order"
			}
		}
	}
	a.Miss += "; " + unplayedText(p.unplayed(s))
	return a
}

// name is what a call is called where it is told: no path, which may hold a datum.
func (q *request) name() string {
	name, _, found := strings.Cut(q.key, " ")
	if found {
		return name + ", no operation"
	}
	return name
}

// names lists the operations of the recording.
func (p *Player) names() string {
	var list []string
	for _, st := range p.steps {
		if name := nameOf(st.exchange); !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return strings.Join(list, " or ")
}

// fields counts and names the places of differences.
func fields(list []difference) string {
	const most = 3
	var names []string
	for i, d := range list {
		if i == most {
			names = append(names, fmt.Sprintf("%d more", len(list)-most))
			break
		}
		names = append(names, strings.TrimSpace(d.at.in+" "+d.at.pointer))
	}
	return strings.Join(names, ", ")
}

// nearest is the recorded request of the same operation that differs in the fewest fields; in strict mode it is the next step.
// It is nil where there is none.
func (p *Player) nearest(s *session, q *request) (best *step, differences []difference) {
	if p.config.Mode == Strict {
		if s.next >= len(p.steps) || p.steps[s.next].request.key != q.key {
			return nil, nil
		}
		return p.steps[s.next], p.differences(s, p.steps[s.next], q, math.MaxInt)
	}
	played, most := true, math.MaxInt
	for _, i := range p.index.called[q.key] {
		st := p.steps[i]
		d := p.differences(s, st, q, most)
		if best == nil || len(d) < len(differences) || len(d) == len(differences) && played && s.played[i] == 0 {
			best, differences, played, most = st, d, s.played[i] > 0, len(d)
		}
	}
	return best, differences
}

// differences are those of a call from a step, one more than most at the most.
func (p *Player) differences(s *session, st *step, q *request, most int) []difference {
	return comparer{bound: &s.bound, masked: p.config.Recording.Masked, most: most}.compare(st.request, q).differences
}

// later is the first step that a call fits when the order is left out of account, those to come first; -1 for none.
func (p *Player) later(s *session, q *request) int {
	for n := range p.steps {
		i := (s.next + n) % len(p.steps)
		if st := p.steps[i]; st.request.key == q.key && !st.wrongCall && len(p.differences(s, st, q, 0)) == 0 {
			return i
		}
	}
	return -1
}

// finding tells one difference, without its values: they may be somebody's data.
func (d difference) finding(s *session) diagnosis.Finding {
	f := diagnosis.Finding{In: d.at.in, Pointer: d.at.pointer, Keyword: "recorded", Expected: "nothing", Got: "nothing"}
	if d.want != nil {
		f.Expected = describe(d.want)
	}
	if d.got != nil {
		f.Got = describe(d.got)
	}
	if d.want == nil || d.got == nil {
		return f
	}
	if d.want.kind != "" {
		f.Expected, f.Got = d.personal(s, f.Expected, f.Got)
		return f
	}
	if days, ok := d.days(); ok {
		f.Expected, f.Got = "the recorded day", fmt.Sprintf("one %d days later", days)
		switch {
		case days == 1:
			f.Got = "the day after"
		case days == -1:
			f.Got = "the day before"
		case days < 0:
			f.Got = fmt.Sprintf("one %d days earlier", -days)
		}
		return f
	}
	if f.Expected == f.Got {
		_, what, _ := strings.Cut(f.Got, " ")
		f.Expected, f.Got = "the recorded "+what, "another "+what
	}
	return f
}

// personal tells a difference in the pattern of equality.
func (d difference) personal(s *session, expected, got string) (string, string) {
	kind := d.want.kind
	if kind == schema.Undescribed {
		kind = "value"
	}
	want, real := datum{d.want.kind, textOf(d.want.value)}, datum{d.got.kind, textOf(d.got.value)}
	if first, ok := s.bound.real[want]; ok {
		return fmt.Sprintf("the %s that came in step %d", kind, first.step), "another one"
	}
	if other, ok := s.bound.recorded[real]; ok {
		if first, ok := s.bound.real[datum{d.got.kind, other}]; ok {
			return fmt.Sprintf("a %s of its own", kind), fmt.Sprintf("the one that came in step %d", first.step)
		}
	}
	if expected == got { // two fields of the same request
		return fmt.Sprintf("a %s that is equal where the recorded ones are", kind), "another pattern"
	}
	return expected, got
}

// days is by how many days a day differs from the recorded one.
func (d difference) days() (int, bool) {
	if d.want.format != "date" {
		return 0, false
	}
	want, isText := d.want.value.(string)
	got, isToo := d.got.value.(string)
	if !isText || !isToo {
		return 0, false
	}
	from, err := time.Parse(time.DateOnly, want)
	to, wrong := time.Parse(time.DateOnly, got)
	if err != nil || wrong != nil {
		return 0, false
	}
	return int(to.Sub(from) / (24 * time.Hour)), true
}

func describe(f *field) string {
	switch v := f.value.(type) {
	case string:
		if n := utf8.RuneCountInString(v); n != 1 {
			return fmt.Sprintf("a text of %d characters", n)
		}
		return "a text of 1 character"
	case number:
		return "a number"
	case bool:
		return strconv.FormatBool(v)
	case empty:
		return "an " + string("empty "+v)
	case content:
		return fmt.Sprintf("a body of %d bytes that cannot be read", len(v))
	}
	return "null"
}
