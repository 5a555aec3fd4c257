package arazzo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Value is a constant, or what runtime expressions in it make of it. A text that is one expression has the type of what
// that stands for; expressions in braces within a text become part of the text.
type Value struct {
	constant   any
	expression *Expression
	template   []piece
	list       []*Value
	object     map[string]*Value
	kind       valueKind
}

type valueKind int

const (
	isConstant valueKind = iota
	isExpression
	isTemplate
	isList
	isObject
)

// piece is a part of a text: an expression, or the text itself where there is none.
type piece struct {
	text       string
	expression *Expression
}

// Constant is a value in which nothing is evaluated.
func Constant(v any) *Value { return &Value{constant: v} }

// Constant gives the value where no expression stands in it.
func (v *Value) Constant() (any, bool) { return v.constant, v.kind == isConstant }

// Expressions lists the expressions in a value, those of objects by the order of their names.
func (v *Value) Expressions() []*Expression {
	var found []*Expression
	switch v.kind {
	case isExpression:
		found = append(found, v.expression)
	case isTemplate:
		for _, p := range v.template {
			if p.expression != nil {
				found = append(found, p.expression)
			}
		}
	case isList:
		for _, item := range v.list {
			found = append(found, item.Expressions()...)
		}
	case isObject:
		for _, name := range slices.Sorted(maps.Keys(v.object)) {
			found = append(found, v.object[name].Expressions()...)
		}
	}
	return found
}

// MissingError says that an expression stands for nothing.
type MissingError struct {
	// Expression is its text.
	Expression string
}

// Error names the expression.
func (e *MissingError) Error() string { return e.Expression + " has no value here" }

// Evaluate gives the value in a scope, fresh on each call, numbers as json.Number. An expression that stands for nothing is
// a *[MissingError].
func (v *Value) Evaluate(s *Scope) (any, error) {
	switch v.kind {
	case isExpression:
		got, ok := s.Resolve(v.expression)
		if !ok {
			return nil, &MissingError{v.expression.Text}
		}
		return clone(got), nil
	case isTemplate:
		return v.fill(s)
	case isList:
		items := make([]any, len(v.list))
		for i, item := range v.list {
			one, err := item.Evaluate(s)
			if err != nil {
				return nil, err
			}
			items[i] = one
		}
		return items, nil
	case isObject:
		record := make(map[string]any, len(v.object))
		for _, name := range slices.Sorted(maps.Keys(v.object)) {
			one, err := v.object[name].Evaluate(s)
			if err != nil {
				return nil, err
			}
			record[name] = one
		}
		return record, nil
	}
	return clone(v.constant), nil
}

// fill puts values into a text: texts as they are, everything else as JSON.
func (v *Value) fill(s *Scope) (any, error) {
	var b strings.Builder
	for _, p := range v.template {
		if p.expression == nil {
			b.WriteString(p.text)
			continue
		}
		got, ok := s.Resolve(p.expression)
		if !ok {
			return nil, &MissingError{p.expression.Text}
		}
		b.WriteString(Text(got))
	}
	return b.String(), nil
}

// Text is a value as part of a text: a text as it is, everything else as JSON.
func Text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return string(v)
	}
	return JSON(v)
}

// JSON is a JSON value as JSON, on one line.
func JSON(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// clone copies a JSON value.
func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, item := range v {
			out[name] = clone(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = clone(item)
		}
		return out
	}
	return v
}

// looksMeant tells a text that must be meant as an expression from one that only begins with a dollar sign.
var looksMeant = regexp.MustCompile(`^\$[A-Za-z]+(\.|$|#)`)

// parseText reads a text in which expressions may stand.
func parseText(text string) (*Value, error) {
	if looksMeant.MatchString(text) {
		e, err := ParseExpression(text)
		if err == nil {
			return &Value{kind: isExpression, expression: e}, nil
		}
		word, _, below := strings.Cut(text, ".")
		if below || slices.Contains(roots(), word) || meant(word, roots()) != "" {
			return nil, err
		}
	}
	if !strings.Contains(text, "{$") {
		return Constant(text), nil
	}
	v := &Value{kind: isTemplate}
	for {
		before, rest, open := strings.Cut(text, "{$")
		if before != "" {
			v.template = append(v.template, piece{text: before})
		}
		if !open {
			return v, nil
		}
		inner, after, closed := strings.Cut(rest, "}")
		if !closed {
			return nil, errors.New("{$ begins a runtime expression, and } that ends it is missing")
		}
		e, err := ParseExpression("$" + inner)
		if err != nil {
			return nil, err
		}
		v.template = append(v.template, piece{expression: e})
		text = after
	}
}

// parseValue reads any value in which expressions may stand.
func (r *reader) parseValue(n *node) *Value {
	switch {
	case n.kind == list:
		v := &Value{kind: isList}
		plain := true
		for _, item := range n.list {
			one := r.parseValue(item)
			plain = plain && one.kind == isConstant
			v.list = append(v.list, one)
		}
		if plain {
			return Constant(n.json())
		}
		return v
	case n.kind == object:
		v := &Value{kind: isObject, object: map[string]*Value{}}
		plain := true
		for _, m := range n.members {
			one := r.parseValue(m.node)
			plain = plain && one.kind == isConstant
			v.object[m.name] = one
		}
		if plain {
			return Constant(n.json())
		}
		return v
	}
	text, ok := n.value.(string)
	if !ok {
		return Constant(n.value)
	}
	v, err := parseText(text)
	if err != nil {
		r.add(r.at(n), "%s", err)
		return Constant(nil)
	}
	for _, e := range v.Expressions() {
		r.uses = append(r.uses, use{e, r.at(n), r.within})
	}
	return v
}

// IsPlain says whether a text stands for itself where a value is due, and not for an expression or something with one in it.
func IsPlain(text string) bool {
	v, err := parseText(text)
	return err == nil && v.kind == isConstant
}
