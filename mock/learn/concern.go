package learn

import (
	"slices"
	"strconv"
	"strings"

	"understudy/specs"
)

// concerns knows which questions can make a difference to one side of an operation, so that an exchange is not held to
// readings that change nothing about it. Where that is not certain, a question concerns both sides.
type concerns struct {
	contract  *specs.Contract
	questions []question
	// changed are, of each question, the places of the contract in which its options differ from it.
	changed [][]string
	// variants are the contract and those that it is under one option each.
	variants []*specs.Contract
	known    map[string][]int
}

func newConcerns(c *specs.Contract, list []question) (*concerns, error) {
	k := &concerns{contract: c, questions: list, variants: []*specs.Contract{c}, known: map[string][]int{}}
	own, _ := c.Value("")
	for _, q := range list {
		words := &differences{}
		for _, option := range q.options {
			if option == lenient || option == q.base {
				continue
			}
			other, err := c.With(map[string]string{q.clause.ID: option})
			if err != nil {
				return nil, err
			}
			changed, _ := other.Value("")
			words.compare("", own, changed)
			k.variants = append(k.variants, other)
		}
		k.changed = append(k.changed, words.pointers)
	}
	return k, nil
}

// of are the questions that may matter to a side of an exchange. What belongs to no operation, or to another one's path, is
// asked all of them.
func (k *concerns) of(t *told, side string) []int {
	op, ok := k.contract.Operation(t.operation)
	if t.callback != nil || t.homeless || !ok {
		all := make([]int, len(k.questions))
		for i := range all {
			all[i] = i
		}
		return all
	}
	key := side + " " + op.ID
	if list, known := k.known[key]; known {
		return list
	}
	reached := k.reach(op, side)
	var list []int
	for i, pointers := range k.changed {
		if slices.ContainsFunc(pointers, func(p string) bool { return k.touches(p, op, side, reached) }) {
			list = append(list, i)
		}
	}
	k.known[key] = list
	return list
}

// touches says whether a changed place may make a difference to a side of an operation.
func (k *concerns) touches(p string, op *specs.Operation, side string, reached []string) bool {
	if reached == nil || slices.ContainsFunc(reached, func(root string) bool { return within(p, root) || within(root, p) }) {
		return true
	}
	switch {
	case strings.HasPrefix(p, "/components/schemas/"):
		return false
	case strings.Contains(p, "/"+specs.KeyWire+"/seal/carriers"), strings.Contains(p, "/"+specs.KeyWire+"/seal/labels"):
		return side == sideRequest && k.mayHold(p, op)
	case strings.Contains(p, "/"+specs.KeyWire+"/seal/failures"):
		return side == sideReply && k.mayHold(p, op)
	case strings.HasPrefix(p, "/"+specs.KeyErrors+"/"):
		return k.rowConcerns(p, op)
	case within(p, op.Pointer+"/callbacks"), within(p, op.Pointer+"/"+specs.KeyResource):
		return false // it is about other calls
	case within(p, op.Pointer) && strings.Contains(p, "/schema"):
		return false // it would have been reached
	}
	return k.mayHold(p, op)
}

// mayHold says whether a place may be about an operation: it lies in no other one.
func (k *concerns) mayHold(p string, op *specs.Operation) bool {
	return !slices.ContainsFunc(k.contract.Operations, func(o *specs.Operation) bool { return o != op && within(p, o.Pointer) })
}

// rowConcerns says whether the row that a place lies in is one that an operation may answer.
func (k *concerns) rowConcerns(p string, op *specs.Operation) bool {
	i, err := strconv.Atoi(strings.Split(p, "/")[2])
	if err != nil || i >= len(k.contract.Errors) || strings.HasSuffix(p, "/operations") || strings.Contains(p, "/operations/") {
		return true
	}
	rows := k.contract.Errors[i].Operations
	return len(rows) == 0 || slices.Contains(rows, op.ID)
}

// reach lists the places that a side of an operation is made of, and whatever they refer to under any option; nil where a
// reference leads where nobody can follow it.
func (k *concerns) reach(op *specs.Operation, side string) []string {
	roots := []string{op.Pointer + "/" + specs.KeyWire + "/envelope"}
	if side == sideRequest {
		for _, p := range op.Parameters {
			roots = append(roots, p.Pointer)
		}
		if op.Body != nil {
			roots = append(roots, op.Body.Pointer)
		}
	} else {
		for _, r := range op.Responses {
			roots = append(roots, r.Pointer)
		}
	}
	var reached []string
	for len(roots) > 0 {
		root := roots[0]
		roots = roots[1:]
		if slices.ContainsFunc(reached, func(known string) bool { return within(root, known) }) {
			continue
		}
		reached = append(reached, root)
		for _, c := range k.variants {
			v, _ := c.Value(root)
			for _, ref := range references(v, nil) {
				if !strings.HasPrefix(ref, "#/") {
					return nil
				}
				roots = append(roots, strings.TrimPrefix(ref, "#"))
			}
		}
	}
	return reached
}

// references lists what a value refers to.
func references(v any, list []string) []string {
	switch v := v.(type) {
	case map[string]any:
		for name, item := range v {
			text, isText := item.(string)
			if isText && (name == "$ref" || name == "$dynamicRef" || strings.HasPrefix(text, "#/")) {
				list = append(list, text)
			}
			list = references(item, list)
		}
	case []any:
		for _, item := range v {
			list = references(item, list)
		}
	}
	return list
}

// within says whether a place is another one or lies in it.
func within(pointer, outer string) bool {
	return pointer == outer || strings.HasPrefix(pointer, outer+"/")
}
