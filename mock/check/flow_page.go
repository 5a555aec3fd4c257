package check

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy/mock/report"
)

// The bounds of a walk through a list: its pages, and how many of them the narrow one should have.
const (
	mostPages = 60
	fewPages  = 10
	widePage  = 50
)

// walk is a list that was read page by page.
type walk struct {
	items []any
	pages []int // items of each page
	last  step
	total any
	// whole says that the end was reached.
	whole    bool
	findings []report.Finding
}

// listValues are the values of a call of a list: those that worked, and the parents of what was made.
func (r *run) listValues(k *kind, one *made) map[string]any {
	op := k.list
	if one != nil {
		return r.keyed(op, one, nil)
	}
	values := cloneValues(op.base)
	for _, p := range settable(op.Operation) {
		if !p.Required {
			delete(values, p.key) // a filter would hide what is looked for
		}
	}
	return values
}

// everything reads a whole list.
func (r *run) everything(ctx context.Context, k *kind, one *made, name string) ([]any, step, bool) {
	values := r.listValues(k, one)
	if k.list.Resource.Page == nil {
		s := r.step(ctx, k.list, name, values)
		if s.lost || !s.v.worked {
			return nil, s, false
		}
		list, ok := at(s.x.Reply.Value, k.list.Resource.Items)
		items, _ := list.([]any)
		return items, s, ok
	}
	w := r.walk(ctx, k, name, values, r.pageSize(k, widePage))
	w.last.findings = w.findings
	return w.items, w.last, w.whole
}

// pageSize is the size to ask for that the contract allows.
func (r *run) pageSize(k *kind, want int) int {
	p := k.list.Resource.Page
	for _, one := range k.list.Parameters {
		if (one.Name != p.Size && one.Name != p.Limit) || one.Name == "" || one.Schema == "" {
			continue
		}
		compiled, err := r.set.Compile(one.Schema)
		if err != nil {
			return want
		}
		for n := want; n > 0; n-- {
			if compiled.Validate(compiled.FromText(strconv.Itoa(n))) == nil {
				return n
			}
		}
		for n := want; n < want+200; n++ {
			if compiled.Validate(compiled.FromText(strconv.Itoa(n))) == nil {
				return n
			}
		}
	}
	return want
}

// walk reads a list page by page.
func (r *run) walk(ctx context.Context, k *kind, name string, values map[string]any, size int) walk {
	op, p := k.list, k.list.Resource.Page
	var w walk
	number := func(n int) any { return json.Number(strconv.Itoa(n)) }
	cursor, short := any(nil), false
	first := 1
	if p.First != nil {
		first = *p.First
	}
	for i := range mostPages {
		call := cloneValues(values)
		switch {
		case p.Page != "":
			place(call, p.Page, number(first+i))
		case p.Offset != "":
			place(call, p.Offset, number(len(w.items)))
		case cursor != nil:
			place(call, p.Cursor, cursor)
		}
		for _, sized := range []string{p.Size, p.Limit} {
			if sized != "" {
				place(call, sized, number(size))
			}
		}
		s := r.step(ctx, op, name, call)
		w.last = s
		if s.lost || !s.v.worked || len(s.findings) > 0 {
			w.findings = append(w.findings, s.findings...)
			// Beyond the end a server may refuse.
			w.whole = !s.lost && len(s.findings) == 0 && i > 0
			return w
		}
		list, _ := at(s.x.Reply.Value, op.Resource.Items)
		items, _ := list.([]any)
		w.items = append(w.items, items...)
		w.pages = append(w.pages, len(items))
		w.total = r.totalOf(op, s)
		if sized := p.Size + p.Limit; sized != "" && len(items) > size {
			w.findings = append(w.findings, r.astray(op, s, rulePageSize, op.Resource.Items, fmt.Sprintf("at most %d items", size), fmt.Sprintf("%d items", len(items)),
				fmt.Sprintf("a page of %d was asked for and has %d items", size, len(items))))
			return w
		}
		if p.Cursor != "" {
			next, _ := at(s.x.Reply.Value, p.Next)
			if next == nil || next == "" {
				w.whole = true
				return w
			}
			cursor = next
			continue
		}
		if short && len(items) > 0 {
			r.observe(op, "page size", fmt.Sprintf("the pages are smaller than the %d items that were asked for", size))
		}
		short = short || p.Size+p.Limit != "" && len(items) < size
		// A server may have a bound of its own on the size of pages: a small page need not be the last one.
		if len(items) == 0 || short && w.total != nil && textOf(w.total) == strconv.Itoa(len(w.items)) {
			w.whole = true
			return w
		}
	}
	return w
}

func (r *run) totalOf(op *operation, s step) any {
	total := op.Resource.Total
	switch {
	case total == "":
		return nil
	case strings.HasPrefix(total, "/"):
		v, _ := at(s.x.Reply.Value, total)
		return v
	}
	if text := s.x.Reply.Header.Get(total); text != "" {
		return text
	}
	return nil
}

// pages checks that the pages of a list add up.
func (r *run) pages(ctx context.Context, k *kind) {
	op := k.list
	if op.Resource.Page == nil {
		return
	}
	began := time.Now()
	const name = "pages add up"
	if k.create != nil {
		for i := range 5 {
			if r.stopped(ctx) {
				return
			}
			r.create(ctx, k, "page "+strconv.Itoa(i))
		}
	}
	values := r.listValues(k, nil)
	if k.create != nil && k.create.base != nil {
		for _, p := range settable(op.Operation) {
			if v, given := k.create.base[p.key]; given && p.Required {
				values[p.key] = v
			}
		}
	}
	wide := r.walk(ctx, k, name, values, r.pageSize(k, widePage))
	if len(wide.findings) > 0 || len(wide.pages) == 0 {
		if len(wide.findings) > 0 {
			r.done(op, name, began, wide.findings)
		} else if wide.last.x != nil {
			r.leaveOut(op, flow, name+": "+wide.last.x.Summary())
		}
		return
	}
	narrow := r.walk(ctx, k, name, values, r.pageSize(k, max(2, (len(wide.items)+fewPages-1)/fewPages)))
	findings := slices.Concat(narrow.findings, r.twice(op, wide))
	if len(findings) == 0 {
		findings = r.twice(op, narrow)
	}
	if len(findings) == 0 && wide.whole {
		findings = slices.Concat(r.beyond(ctx, k, name, values, wide), r.usualPage(ctx, k, name, values, wide))
	}
	if len(findings) == 0 && wide.whole && narrow.whole {
		findings = slices.Concat(r.missing(op, narrow, wide), r.totals(op, narrow))
		if len(findings) == 0 {
			findings = r.missing(op, wide, narrow)
		}
	}
	r.done(op, name, began, findings)
}

// twice finds an item that stands on the pages more than once.
func (r *run) twice(op *operation, w walk) []report.Finding {
	seen := map[string]bool{}
	for _, item := range w.items {
		key, ok := at(item, op.Resource.Key)
		if !ok {
			continue
		}
		if seen[textOf(key)] {
			return []report.Finding{r.astray(op, w.last, rulePageTwice, op.Resource.Items, "each item once", "one more than once", "one item stands on the pages more than once")}
		}
		seen[textOf(key)] = true
	}
	return nil
}

// missing finds an item of one walk that another does not have.
func (r *run) missing(op *operation, lacking, having walk) []report.Finding {
	seen := map[string]bool{}
	for _, item := range lacking.items {
		if key, ok := at(item, op.Resource.Key); ok {
			seen[textOf(key)] = true
		}
	}
	for _, item := range having.items {
		if key, ok := at(item, op.Resource.Key); ok && !seen[textOf(key)] {
			return []report.Finding{r.astray(op, lacking.last, rulePageLost, op.Resource.Items, "every item on some page", "one on none", "one item is on no page, and on one where pages have another size")}
		}
	}
	return nil
}

func (r *run) totals(op *operation, w walk) []report.Finding {
	if w.total == nil || !w.whole {
		return nil
	}
	if textOf(w.total) == strconv.Itoa(len(w.items)) {
		return nil
	}
	return []report.Finding{r.astray(op, w.last, ruleTotal, op.Resource.Total, strconv.Itoa(len(w.items)), textOf(w.total),
		fmt.Sprintf("the pages have %d items, and the total says %s", len(w.items), textOf(w.total)))}
}

// filtered asks a list for what one member says.
func (r *run) filtered(ctx context.Context, k *kind, one *made) {
	if k.list == nil {
		return
	}
	op := k.list
	for _, name := range slices.Sorted(maps.Keys(op.Resource.Filter)) {
		member := op.Resource.Filter[name]
		v, ok := at(one.got, member)
		if !ok {
			if v, ok = at(one.sent, member); !ok {
				continue
			}
		}
		if v == nil || !isScalar(v) || r.stopped(ctx) {
			continue
		}
		values := cloneValues(r.listValues(k, one))
		place(values, name, v)
		began := time.Now()
		check := "filter " + name
		s := r.step(ctx, op, check, values)
		if s.lost || !s.v.worked {
			r.doneIfAny(op, check, began, s.findings)
			continue
		}
		list, _ := at(s.x.Reply.Value, op.Resource.Items)
		items, _ := list.([]any)
		var findings []report.Finding
		found := false
		for _, item := range items {
			found = found || sameKey(op.Resource, item, one.key)
			if got, there := at(item, member); there && textOf(got) != textOf(v) {
				findings = append(findings, r.astray(op, s, ruleFilter, member, "items with what was asked for", "one with another value", "the list has an item that "+name+" does not ask for"))
				break
			}
		}
		if !found && op.Resource.Page == nil && len(findings) == 0 {
			findings = append(findings, r.astray(op, s, ruleLost, op.Resource.Items, "the "+k.name+" that was created", "a list without it", "what was created is not in the list that asks for it"))
		}
		r.done(op, check, began, findings)
	}
}
