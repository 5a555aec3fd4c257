package behave

import (
	"net/http"
	"strings"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
)

// argument is what a call says under the name of a parameter, or at a pointer of its body.
func (c *Call) argument(name string) (any, bool) {
	if strings.HasPrefix(name, "/") {
		return valueAt(c.Value(), name)
	}
	v, ok := c.Parameters[name]
	return v, ok
}

// target is what a call is about.
type target struct {
	key    string
	beside map[string]string // what the call says of it
	row    row
	there  bool
}

// target finds the representation that a call names.
func (o *resourceOperation) target(tx state.Tx, c *Call) (target, error) {
	v, _ := c.argument(o.says.Parameter)
	t := target{key: scalarText(v), beside: map[string]string{}}
	for _, name := range o.kind.beside {
		if _, says := o.says.Parents[name]; says {
			t.beside[name] = scalarText(c.Parameters[name])
		}
	}
	var err error
	if len(t.beside) == len(o.kind.beside) {
		t.row, t.there, err = o.kind.find(tx, c.World, o.kind.place(t.key, t.beside))
	} else {
		t, err = o.search(tx, c, t)
	}
	t.there = t.there && o.below(c, t.row.value)
	return t, err
}

// search looks for a representation of which the call does not say all.
func (o *resourceOperation) search(tx state.Tx, c *Call, t target) (target, error) {
	rows, err := o.kind.all(tx, c.World)
	for _, r := range rows {
		if key, beside := o.kind.at(r.place); key == t.key && within(beside, t.beside) {
			t.row, t.there = r, true
			break
		}
	}
	return t, err
}

// within says whether what is wanted is what there is.
func within(there, wanted map[string]string) bool {
	for name, text := range wanted {
		if there[name] != text {
			return false
		}
	}
	return true
}

// below says whether a representation belongs to the parents that a call names.
func (o *resourceOperation) below(c *Call, v value.Record) bool {
	for name, member := range o.says.Parents {
		if member == "" {
			continue
		}
		if is, _ := valueAt(v, member); scalarText(is) != scalarText(c.Parameters[name]) {
			return false
		}
	}
	return true
}

func (o *resourceOperation) unknown() error {
	return &Error{Status: http.StatusNotFound, Diagnosis: diagnosis.New("not-found", "kind", o.kind.name)}
}

// sent is the representation in the request, the caller's own from now on.
func (o *resourceOperation) sent(c *Call) (value.Record, error) {
	v, _ := valueAt(c.Value(), o.sends)
	record, ok := cloned(v).(map[string]any)
	if !ok {
		return nil, o.unfit()
	}
	return record, nil
}

func (o *resourceOperation) unfit() error {
	return &Error{Status: http.StatusUnprocessableEntity, Diagnosis: diagnosis.New("resource-unfit", "kind", o.kind.name)}
}

func (o *resourceOperation) create(tx state.Tx, c *Call) (Reply, error) {
	v, err := o.sent(c)
	if err != nil {
		return Reply{}, err
	}
	beside := map[string]string{}
	for _, name := range o.kind.beside {
		beside[name] = scalarText(c.Parameters[name])
	}
	given, _ := valueAt(v, o.kind.key)
	key := scalarText(given)
	if key == "" {
		if key, err = o.mint(tx, c, beside); err != nil {
			return Reply{}, err
		}
	}
	place := o.kind.place(key, beside)
	_, taken, err := o.kind.find(tx, c.World, place)
	if err != nil {
		return Reply{}, err
	}
	if _, refuses := o.response("409"); taken && refuses {
		return Reply{}, &Error{Status: http.StatusConflict, Diagnosis: diagnosis.New("resource-taken", "kind", o.kind.name)}
	}
	v = o.completed(c, o.settled(c, v, key), key, beside, nil)
	if err := o.kind.put(tx, place, v); err != nil {
		return Reply{}, err
	}
	return o.made(c, v, key, beside)
}

// mint is a key that no representation has.
func (o *resourceOperation) mint(tx state.Tx, c *Call, beside map[string]string) (string, error) {
	begun := int64(len(o.kind.rows(c.World)))
	const mostTries = 10_000
	for range mostTries {
		key := scalarText(o.kind.minted(c.World, int(begun+tx.Next(o.kind.stored))))
		if _, taken, err := o.kind.find(tx, c.World, o.kind.place(key, beside)); err != nil || !taken {
			return key, err
		}
	}
	return "", o.unfit()
}

func (o *resourceOperation) read(tx state.Tx, c *Call) (Reply, error) {
	known, at := o.recall(tx, c)
	if known != nil {
		return Reply{Value: known}, nil
	}
	t, err := o.target(tx, c)
	if err != nil || !t.there {
		return Reply{}, firstOf(err, o.unknown())
	}
	if at.operation != nil {
		return Reply{Value: o.keep(c, at, t.row.value)}, nil
	}
	return o.answer(c, t.row.value, t.key, t.row.beside), nil
}

func firstOf(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func (o *resourceOperation) replace(tx state.Tx, c *Call) (Reply, error) {
	v, err := o.sent(c)
	if err != nil {
		return Reply{}, err
	}
	t, err := o.target(tx, c)
	if err != nil {
		return Reply{}, err
	}
	_, creates := o.response("201")
	if !t.there && (!creates || t.key == "" || len(t.beside) < len(o.kind.beside)) {
		return Reply{}, o.unknown()
	}
	beside := t.beside
	if t.there {
		beside = t.row.beside
	}
	v = o.completed(c, o.settled(c, v, t.key), t.key, beside, t.row.value)
	if err := o.kind.put(tx, o.kind.place(t.key, beside), v); err != nil {
		return Reply{}, err
	}
	if !t.there {
		return o.made(c, v, t.key, beside)
	}
	reply := o.answer(c, v, t.key, beside)
	reply.Status = o.changed()
	return reply, nil
}

// changed is the status of a change that creates nothing; 0 means the operation's success.
func (o *resourceOperation) changed() int {
	for _, status := range []int{http.StatusOK, http.StatusNoContent, http.StatusAccepted} {
		if _, ok := o.response(map[int]string{http.StatusOK: "200", http.StatusNoContent: "204", http.StatusAccepted: "202"}[status]); ok {
			return status
		}
	}
	return 0
}

func (o *resourceOperation) patch(tx state.Tx, c *Call) (Reply, error) {
	t, err := o.target(tx, c)
	if err != nil || !t.there {
		return Reply{}, firstOf(err, o.unknown())
	}
	was := t.row.value
	var patched any
	if list, ok := c.Value().([]any); ok {
		if patched, err = jsonPatch(was, list); err != nil {
			return Reply{}, o.unfit()
		}
	} else {
		sent, err := o.sent(c)
		if err != nil {
			return Reply{}, err
		}
		patched = mergePatch(was, sent)
	}
	v, ok := cloned(patched).(map[string]any)
	if !ok {
		return Reply{}, o.unfit()
	}
	v = o.settled(c, v, t.key)
	for name, m := range o.outline(o.kind.schema).members {
		if before, had := was[name]; had && m.readOnly {
			v[name] = cloned(before)
		}
	}
	if s := o.compiled(o.kind.schema, schema.Any); !keeps(s, v) && keeps(s, was) {
		return Reply{}, o.unfit()
	}
	v = o.completed(c, v, t.key, t.row.beside, was)
	if err := o.kind.put(tx, t.row.place, v); err != nil {
		return Reply{}, err
	}
	reply := o.answer(c, v, t.key, t.row.beside)
	reply.Status = o.changed()
	return reply, nil
}

func (o *resourceOperation) delete(tx state.Tx, c *Call) (Reply, error) {
	t, err := o.target(tx, c)
	if err != nil || !t.there {
		return Reply{}, firstOf(err, o.unknown())
	}
	if err := o.kind.remove(tx, c.World, t.row.place); err != nil {
		return Reply{}, err
	}
	if o.bare {
		return Reply{}, nil
	}
	if _, has := o.outline(o.one).members[lastToken(o.kind.key)]; !has {
		return Reply{Value: o.frame(c)}, nil
	}
	return o.answer(c, t.row.value, t.key, t.row.beside), nil
}

func lastToken(pointer string) string {
	list := tokens(pointer)
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}
