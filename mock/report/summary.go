package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// tally counts the checks of a part.
type tally struct{ made, failed, known int }

func (p *Part) tally() tally {
	t := tally{made: len(p.Checked)}
	for i := range p.Checked {
		switch c := &p.Checked[i]; {
		case c.Failed && c.Known:
			t.known++
		case c.Failed:
			t.failed++
		}
	}
	return t
}

// columns lists the parts that the report is about: those that any operation says something of.
func (r *Report) columns() []string {
	var names []string
	for i := range r.Operations {
		for _, p := range r.Operations[i].Parts() {
			if (len(p.Checked) > 0 || len(p.NotChecked) > 0) && !slices.Contains(names, p.Name) {
				names = append(names, p.Name)
			}
		}
	}
	order := (&Operation{}).Parts()
	at := func(name string) int {
		return slices.IndexFunc(order, func(p NamedPart) bool { return p.Name == name })
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(at(a), at(b)) })
	return names
}

// part is the part of a name.
func (o *Operation) part(name string) *Part {
	for _, p := range o.Parts() {
		if p.Name == name {
			return p.Part
		}
	}
	return &Part{}
}

// share is how much of something was covered.
type share struct{ covered, of int }

// coverage counts operations, statuses and codes. A code that several operations share counts once for each.
func (r *Report) coverage() (operations, statuses, codes share) {
	count := func(s *share, list []Coverage) {
		for _, c := range list {
			s.of++
			if c.Covered {
				s.covered++
			}
		}
	}
	for i := range r.Operations {
		op := &r.Operations[i]
		operations.of++
		if op.checked() {
			operations.covered++
		}
		count(&statuses, op.Statuses)
	}
	for _, c := range r.codes() {
		codes.of++
		if c.Covered {
			codes.covered++
		}
	}
	return operations, statuses, codes
}

// codes lists the business codes of the whole, each once for its contract: seen in one operation is seen.
func (r *Report) codes() []Coverage {
	var all []Coverage
	index := map[string]int{}
	for i := range r.Operations {
		op := &r.Operations[i]
		for _, c := range op.Codes {
			name := c.Name
			if op.Contract != "" && op.Contract != r.Contract {
				name = op.Contract + " " + name
			}
			at, ok := index[name]
			if !ok {
				at = len(all)
				index[name] = at
				all = append(all, Coverage{Name: name})
			}
			all[at].Covered = all[at].Covered || c.Covered
		}
	}
	return all
}

// missing lists the names that were not covered.
func missing(list []Coverage) []string {
	var names []string
	for _, c := range list {
		if !c.Covered {
			names = append(names, c.Name)
		}
	}
	return names
}

// unchecked is one reason with the operations and parts that it holds for.
type unchecked struct {
	reason string
	where  []string
}

// unchecked groups what was not checked by why, in the order of first mention.
func (r *Report) unchecked() []unchecked {
	var all []unchecked
	index := map[string]int{}
	for i := range r.Operations {
		op := &r.Operations[i]
		for _, p := range op.Parts() {
			for _, reason := range p.NotChecked {
				at, ok := index[reason.Text]
				if !ok {
					at = len(all)
					index[reason.Text] = at
					all = append(all, unchecked{reason: reason.Text})
				}
				all[at].where = append(all[at].where, r.label(op)+" "+p.Name)
			}
		}
	}
	return all
}

// label names an operation, with its contract where the report is about several.
func (r *Report) label(op *Operation) string {
	if op.Contract != "" && op.Contract != r.Contract {
		return op.Contract + "." + op.ID
	}
	return op.ID
}

// some joins the first few of a list and counts the rest.
func some(list []string, most int, more string) string {
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:most], ", ") + strings.ReplaceAll(more, "{n}", strconv.Itoa(len(list)-most))
}
