package behave

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
	"understudy/specs"
)

// usualPage is how many items a list in parts has where neither caller nor document says.
const usualPage = 20

func (o *resourceOperation) list(tx state.Tx, c *Call) (Reply, error) {
	rows, err := o.kind.all(tx, c.World)
	if err != nil {
		return Reply{}, err
	}
	rows = slices.Clone(rows)
	filters := o.filters(c)
	rows = slices.DeleteFunc(rows, func(r row) bool {
		for name, member := range o.says.Parents {
			if member == "" && r.beside[name] != scalarText(c.Parameters[name]) {
				return true
			}
		}
		return !o.below(c, r.value) || !chosen(r.value, filters)
	})
	w, err := o.window(c, rows)
	if err != nil {
		return Reply{}, err
	}
	items := make([]any, 0, w.to-w.from)
	for _, r := range rows[w.from:w.to] {
		items = append(items, o.present(r.value, o.one, c.World, o.kind.source(c.World, r.place)))
	}
	return o.listed(c, items, len(rows), w), nil
}

// listed is the reply around a list.
func (o *resourceOperation) listed(c *Call, items []any, total int, w window) Reply {
	var reply Reply
	if o.items == "" {
		reply.Value = items
	} else {
		reply.Value = withValue(o.frame(c), o.items, items)
	}
	number := func(n int) any { return json.Number(strconv.Itoa(n)) }
	switch {
	case strings.HasPrefix(o.total, "/"):
		reply.Value = withValue(reply.Value, o.total, number(total))
	case o.total != "":
		reply.Header = map[string]any{o.total: number(total)}
	}
	if o.says.Page == nil || o.items == "" {
		return reply
	}
	if o.next != "" {
		reply.Value = o.continued(reply.Value, w)
	}
	// What a caller asked for often stands beside the list under the parameter's name.
	around := o.items[:strings.LastIndexByte(o.items, '/')]
	within, _ := o.contract.Member(o.result, around)
	for name, n := range w.asked {
		if m := o.outline(within).members[name]; m != nil {
			reply.Value = withValue(reply.Value, around+"/"+specs.EscapePointer(name), o.typed(m.schema, strconv.Itoa(n)))
		}
	}
	return reply
}

// continued says in a reply where the list goes on, or that it does not.
func (o *resourceOperation) continued(v any, w window) any {
	at, _ := o.contract.Member(o.result, o.next)
	if w.next != "" {
		return withValue(v, o.next, o.typed(at, w.next))
	}
	cut := strings.LastIndexByte(o.next, '/')
	around, _ := o.contract.Member(o.result, o.next[:cut])
	if m := o.outline(around).members[specs.UnescapePointer(o.next[cut+1:])]; m == nil || !m.required {
		return withoutMember(v, o.next)
	}
	if keeps(o.compiled(at, schema.Response), nil) {
		return withValue(v, o.next, nil)
	}
	return withValue(v, o.next, "")
}

// filters are the members that a caller wants equal to something, by pointer.
func (o *resourceOperation) filters(c *Call) map[string]any {
	wanted := map[string]any{}
	want := func(name, pointer string) {
		if v, given := c.argument(name); given && v != nil && v != "" {
			wanted[pointer] = v
		}
	}
	for _, p := range o.Parameters {
		if _, says := o.says.Filter[p.Name]; p.In != "query" || says || o.pages(p.Name) {
			continue
		}
		if _, member := o.outline(o.kind.schema).members[p.Name]; member {
			want(p.Name, "/"+specs.EscapePointer(p.Name))
		}
	}
	for name, pointer := range o.says.Filter {
		want(name, pointer)
	}
	return wanted
}

// pages says whether a parameter asks for a part of the list.
func (o *resourceOperation) pages(name string) bool {
	p := o.says.Page
	return p != nil && slices.Contains([]string{p.Page, p.Size, p.Offset, p.Limit, p.Cursor}, name)
}

func chosen(v value.Record, filters map[string]any) bool {
	for pointer, wanted := range filters {
		is, there := valueAt(v, pointer)
		if !there || !meets(is, wanted) {
			return false
		}
	}
	return true
}

// meets says whether a member is what is wanted: one of several, each member of an object, an element of a list.
func meets(is, wanted any) bool {
	switch wanted := wanted.(type) {
	case []any:
		return slices.ContainsFunc(wanted, func(one any) bool { return meets(is, one) })
	case map[string]any:
		members, ok := is.(map[string]any)
		for name, one := range wanted {
			if !ok || !meets(members[name], one) {
				return false
			}
		}
		return ok
	}
	if list, ok := is.([]any); ok {
		return slices.ContainsFunc(list, func(one any) bool { return meets(one, wanted) })
	}
	if is == nil {
		return false
	}
	return equalValues(is, wanted) || scalarText(is) == scalarText(wanted) && scalarText(is) != ""
}

// window is the part of a list that is asked for.
type window struct {
	from, to int
	next     string
	asked    map[string]int // the numbers of the part, by parameter
}

func (o *resourceOperation) window(c *Call, rows []row) (window, error) {
	p, n := o.says.Page, len(rows)
	if p == nil {
		return window{to: n}, nil
	}
	w := window{asked: map[string]int{}}
	size := o.number(c, p.Size+p.Limit, usualPage)
	if size < 1 {
		size = max(o.standard(p.Size+p.Limit, usualPage), 1)
	}
	if name := p.Size + p.Limit; name != "" {
		w.asked[name] = size
	}
	switch {
	case p.Page != "":
		first := 1
		if p.First != nil {
			first = *p.First
		}
		page := max(o.number(c, p.Page, first), first)
		w.asked[p.Page] = page
		// A page far behind the end is an empty one, however large its number.
		w.from = min(page-first, n) * min(size, n)
		if page-first > n {
			w.from = n
		}
	case p.Offset != "":
		w.from = max(o.number(c, p.Offset, 0), 0)
		w.asked[p.Offset] = w.from
	default:
		from, ok := resume(c, p.Cursor, rows)
		if !ok {
			return window{}, &Error{Status: http.StatusBadRequest, Diagnosis: diagnosis.New("cursor-unknown", "name", p.Cursor)}
		}
		w.from = from
	}
	w.from = min(w.from, n)
	w.to = w.from + min(size, n-w.from)
	if w.to < n && w.to > 0 {
		w.next = cursor(w.to, rows[w.to-1].place)
		if at, _ := o.contract.Member(o.result, o.next); o.next != "" && isNumber(o.typed(at, "1")) {
			w.next = strconv.Itoa(w.to)
		}
	}
	return w, nil
}

// number is a whole number that a caller gives, or the document's default of it, or another one.
func (o *resourceOperation) number(c *Call, name string, otherwise int) int {
	if name == "" {
		return otherwise
	}
	v, _ := c.argument(name)
	if n, err := strconv.Atoi(scalarText(v)); err == nil {
		return n
	}
	return o.standard(name, otherwise)
}

// standard is the document's default of a parameter that is a whole number, or another one.
func (o *resourceOperation) standard(name string, otherwise int) int {
	for _, p := range o.Parameters {
		if p.Name != name || p.Schema == "" {
			continue
		}
		v, _ := o.contract.Value(p.Schema + "/default")
		if n, err := strconv.Atoi(scalarText(v)); err == nil {
			return n
		}
	}
	return otherwise
}

// cursor names the place behind the n-th item.
func cursor(n int, place string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(n) + ":" + place))
}

// resume is where a list goes on: behind the item that the cursor names, or where that was when it has gone.
func resume(c *Call, name string, rows []row) (int, bool) {
	v, _ := c.argument(name)
	text := scalarText(v)
	if text == "" {
		return 0, true
	}
	if n, err := strconv.Atoi(text); err == nil && isNumber(v) {
		return max(n, 0), true
	}
	plain, err := base64.RawURLEncoding.DecodeString(text)
	number, place, ok := strings.Cut(string(plain), ":")
	n, malformed := strconv.Atoi(number)
	if err != nil || !ok || malformed != nil || n < 0 {
		return 0, false
	}
	if i := slices.IndexFunc(rows, func(r row) bool { return r.place == place }); i >= 0 {
		return i + 1, true
	}
	return n - 1, n > 0
}
