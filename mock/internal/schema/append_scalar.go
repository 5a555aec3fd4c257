package schema

import (
	"encoding/json"
	"strconv"
	"time"

	"understudy/mock/internal/value"
)

func (w *writer) text(n *node, v string) outcome {
	for _, t := range n.orderedTypes() {
		switch t {
		case "string":
			if v == "" && n.minLength {
				return w.null(n)
			}
			return w.quote(v)
		case "integer", "number":
			if number, ok := literal(v); ok && (t == "number" || whole(number)) {
				w.dst = append(w.dst, v...)
				return wrote
			}
		}
	}
	switch {
	case v == "":
		return w.null(n)
	case (v[0] == '{' || v[0] == '[') && (n.is("object") || n.is("array")):
		return unsure // it may hold JSON
	}
	return refused
}

func (w *writer) quote(v string) outcome {
	var ok bool
	if w.dst, ok = appendQuote(w.dst, v); !ok {
		return unsure
	}
	return wrote
}

// numeral says how a schema has a number: by which of number, text or neither.
func (n *node) numeral(isWhole bool) (jsonType string) {
	if len(n.types) == 0 && n.is("number") {
		return "number"
	}
	for _, t := range n.orderedTypes() {
		switch t {
		case "integer":
			if isWhole {
				return "number"
			}
		case "number", "string":
			return t
		}
	}
	return ""
}

func (w *writer) whole(n *node, v int64) outcome {
	switch n.numeral(true) {
	case "number":
		w.dst = strconv.AppendInt(w.dst, v, 10)
		return wrote
	case "string":
		w.dst = append(strconv.AppendInt(append(w.dst, '"'), v, 10), '"')
		return wrote
	}
	return refused
}

func (w *writer) number(n *node, v json.Number) outcome {
	if _, ok := literal(string(v)); !ok {
		return refused
	}
	switch n.numeral(whole(v)) {
	case "number":
		w.dst = append(w.dst, v...)
		return wrote
	case "string":
		w.dst = append(append(append(w.dst, '"'), v...), '"')
		return wrote
	}
	return refused
}

func (w *writer) instant(n *node, v time.Time) outcome {
	for _, t := range n.orderedTypes() {
		switch t {
		case "integer", "number":
			w.dst = strconv.AppendInt(w.dst, v.UnixMilli(), 10)
			return wrote
		case "string":
			w.dst = append(w.dst, '"')
			switch n.format {
			case "date":
				w.dst = value.DayOf(v).Append(w.dst)
			case "cn-date-time":
				w.dst = v.In(value.China()).AppendFormat(w.dst, time.DateTime)
			default:
				w.dst = v.In(value.China()).AppendFormat(w.dst, time.RFC3339)
			}
			w.dst = append(w.dst, '"')
			return wrote
		}
	}
	return refused
}

// jsonOf writes the JSON text of a record or list as a text.
func (w *writer) jsonOf(n *node, v any) outcome {
	content := n.content
	if content == nil {
		content = free
	}
	if w.lone == mostLone {
		return unsure
	}
	inner := writer{empty: -1, lone: w.lone + 1}
	switch out := inner.value(content, v); out {
	case wrote:
		return w.quote(string(inner.dst))
	case leftOut:
		return unsure
	default:
		return out
	}
}
