package check

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"understudy/mock/report"
	"understudy/specs"
)

// beyond asks for the page behind the last one, where nothing is left.
func (r *run) beyond(ctx context.Context, k *kind, name string, values map[string]any, w walk) []report.Finding {
	op, p := k.list, k.list.Resource.Page
	call := cloneValues(values)
	size := r.pageSize(k, widePage)
	if w.pages[len(w.pages)-1] == 0 {
		return nil // it was asked for already
	}
	first := 1
	if p.First != nil {
		first = *p.First
	}
	next := ""
	switch {
	case p.Page != "":
		next = strconv.Itoa(first + len(w.pages))
		place(call, p.Page, json.Number(next))
	case p.Offset != "":
		next = strconv.Itoa(len(w.items))
		place(call, p.Offset, json.Number(next))
	default:
		return nil
	}
	for _, sized := range []string{p.Size, p.Limit} {
		if sized != "" {
			place(call, sized, json.Number(strconv.Itoa(size)))
		}
	}
	request, err := r.prepare(ctx, op, trial{name: name, values: call})
	if err != nil || len(request.Problems) > 0 {
		return nil // there is no such page in the contract
	}
	s := r.step(ctx, op, name, call)
	if s.lost || !s.v.worked {
		return nil // a refusal will do
	}
	list, _ := at(s.x.Reply.Value, op.Resource.Items)
	items, _ := list.([]any)
	both := walk{items: slices.Concat(w.items, items), last: s}
	return r.twice(op, both)
}

// usualPage asks for a page without saying how large it is to be: then it is as large as the contract's default.
func (r *run) usualPage(ctx context.Context, k *kind, name string, values map[string]any, w walk) []report.Finding {
	op, p := k.list, k.list.Resource.Page
	sized := p.Size + p.Limit
	i := slices.IndexFunc(op.Parameters, func(one specs.Parameter) bool { return one.Name == sized && one.In == "query" && !one.Required })
	if sized == "" || p.Cursor != "" || i < 0 {
		return nil
	}
	raw, _ := r.contract.Value(op.Parameters[i].Schema)
	known, _ := raw.(map[string]any)
	usual, err := strconv.Atoi(textOf(known["default"]))
	if err != nil {
		return nil
	}
	call := cloneValues(values)
	delete(call, sized)
	s := r.step(ctx, op, name, call)
	if s.lost || !s.v.worked || len(s.findings) > 0 {
		return nil // the positive checks have told
	}
	list, _ := at(s.x.Reply.Value, op.Resource.Items)
	items, _ := list.([]any)
	if want := min(usual, len(w.items)); len(items) != want {
		return []report.Finding{r.astray(op, s, rulePageSize, op.Resource.Items, strconv.Itoa(want)+" items", strconv.Itoa(len(items))+" items",
			fmt.Sprintf("no size of the page was asked for, whose default is %d: it has %d items, not %d", usual, len(items), want))}
	}
	return nil
}
