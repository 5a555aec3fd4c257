package play

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"

	"understudy/mock/internal/detect"
)

// index leads from a call to the steps that may answer it, so that a long recording is not compared as a whole with each.
// The lists are of numbers of steps, in their order.
type index struct {
	// outlined are steps by the outline of their request, called by what it calls.
	outlined map[sum][]int
	called   map[string][]int
	// first is, by step, the first one that has the very same request.
	first []int
}

// sum stands for a text.
type sum [sha256.Size]byte

func indexOf(steps []*step, masked bool) *index {
	x := &index{outlined: map[sum][]int{}, called: map[string][]int{}}
	whole := map[sum]int{}
	for i, st := range steps {
		at := outline(st.request, masked)
		x.outlined[at] = append(x.outlined[at], i)
		x.called[st.request.key] = append(x.called[st.request.key], i)
		same := exactly(st.request)
		if _, known := whole[same]; !known {
			whole[same] = i
		}
		x.first = append(x.first, whole[same])
	}
	return x
}

// outline sums up what a call shares with each recorded request that it fits: its places, and the values of those in which only
// an equal one fits, whatever is bound.
func outline(q *request, masked bool) sum {
	return q.sum(func(f field) (string, bool) {
		switch {
		case f.loose:
			return "", false
		case isBound(f, masked), mayBeNow(f), masked && mayHide(f):
			return "*", true
		}
		return written(f.value), true
	})
}

// exactly sums up all that a comparison looks at.
func exactly(q *request) sum {
	return q.sum(func(f field) (string, bool) {
		return f.kind + "\x00" + f.format + "\x00" + strconv.FormatBool(f.loose) + strconv.FormatBool(f.now) + written(f.value), true
	})
}

// mayBeNow says whether a value is one that counts as the time of the call when its clock says so.
func mayBeNow(f field) bool {
	_, ok := timeOf(f.value)
	return ok && f.kind == "" && f.format == ""
}

// mayHide says whether personal data stand within a text.
func mayHide(f field) bool {
	text, ok := f.value.(string)
	return ok && f.kind == "" && len(detect.Find(text)) > 0
}

// written tells values apart that are not equal.
func written(v any) string {
	switch v := v.(type) {
	case string:
		return "text " + v
	case number:
		return "number " + string(v)
	case bool:
		return strconv.FormatBool(v)
	case empty:
		return "empty " + string(v)
	case content:
		return "content " + string(v)
	}
	return "null"
}

// sum sums up a request by what is said of each field; false leaves one out.
func (out *request) sum(say func(field) (string, bool)) (made sum) {
	h := sha256.New()
	var length [8]byte
	add := func(text string) {
		binary.BigEndian.PutUint64(length[:], uint64(len(text)))
		h.Write(length[:])
		h.Write([]byte(text))
	}
	add(out.key)
	for _, f := range out.settled {
		if text, ok := say(f.field); ok {
			add(f.in)
			add(f.pointer)
			add(text)
		}
	}
	h.Sum(made[:0])
	return made
}
