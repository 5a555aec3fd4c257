package value

import "sync/atomic"

// Fixed is a value that never changes and that is made when somebody asks for it. It has identity, and holds what it was
// written as last: a row that is answered over and over is made, written and judged once. It is safe for concurrent use.
type Fixed struct {
	made func() any
	text atomic.Pointer[Written]
}

// Written is how a fixed value was written.
type Written struct {
	// By is who wrote it, and Form in which of its forms: for anyone else the text says nothing.
	By   any
	Form int
	JSON string
	// Judged says that the writer's schema takes the text.
	Judged bool
}

// Fix returns the value that made gives, the same at every call. What it gives is the caller's, and is shared with nobody.
func Fix(made func() any) *Fixed { return &Fixed{made: made} }

// Value makes the value.
func (f *Fixed) Value() any { return f.made() }

// Written is how the value was written last, nil where nobody has written it.
func (f *Fixed) Written() *Written { return f.text.Load() }

// Keep remembers how the value was written.
func (f *Fixed) Keep(w *Written) { f.text.Store(w) }

// With is a fixed record with one more member, which the record itself never has: a row with the number of the batch that it
// is answered in.
type With struct {
	*Fixed
	Name   string
	Member any
}

// Value makes the record with its member.
func (w *With) Value() any {
	r, ok := w.Fixed.Value().(map[string]any)
	if ok {
		r[w.Name] = w.Member
	}
	return r
}

// Plain is a value itself where it stands for one that is made.
func Plain(v any) any {
	switch v := v.(type) {
	case *Fixed:
		return v.Value()
	case *With:
		return v.Value()
	}
	return v
}
