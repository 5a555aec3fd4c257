package media

import (
	"strconv"
	"strings"
)

// accepted is one element of the header Accept.
type accepted struct {
	mediaType
	quality float64
}

// Choose picks among the media types offered, which may be ranges, the one that a request accepts most: the highest quality
// of the most specific range that it is in, the first of equal ones (RFC 9110, section 12.5.1). accept are the lines of the
// header; without any, or without any that can be read, the first offered is chosen. ok is false when nothing fits.
func Choose(accept, offered []string) (index int, ok bool) {
	var list []accepted
	for _, line := range accept {
		for _, element := range elements(line) {
			if a, ok := parseAccepted(element); ok {
				list = append(list, a)
			}
		}
	}
	if len(list) == 0 {
		return 0, len(offered) > 0
	}
	best := 0.0
	for i, text := range offered {
		t, err := parseType(text)
		if err != nil {
			continue
		}
		if q := quality(list, t); q > best {
			best, index, ok = q, i, true
		}
	}
	return index, ok
}

// quality is what the most specific range gives a type.
func quality(list []accepted, t mediaType) float64 {
	closest, q := -1, 0.0
	for _, a := range list {
		score := a.matches(t)
		if score > closest || score == closest && score >= 0 && a.quality > q {
			closest, q = score, a.quality
		}
	}
	return q
}

// matches says how specific the range is that a type is in, -1 when it is in none. A parameter that the type does not state
// makes it less specific, another value of one is a reason against it.
func (a accepted) matches(t mediaType) int {
	if !a.covers(t) && !t.covers(a.mediaType) {
		return -1
	}
	score := 300
	switch {
	case a.base == "*/*":
		score = 100
	case a.isRange():
		score = 200
	}
	for name, v := range a.params {
		given, there := t.params[name]
		switch {
		case there && strings.EqualFold(given, v):
			score += 2
		case there && name != "charset":
			return -1
		case !there:
			score--
		}
	}
	return score
}

func parseAccepted(element string) (accepted, bool) {
	t, err := parseType(element)
	if err != nil {
		return accepted{}, false
	}
	a := accepted{mediaType: t, quality: 1}
	if text, ok := t.params["q"]; ok {
		delete(a.params, "q")
		q, err := strconv.ParseFloat(text, 64)
		if err != nil || !(q >= 0 && q <= 1) {
			return accepted{}, false
		}
		a.quality = q
	}
	return a, true
}

// elements cuts a list at its commas, but not within quotes.
func elements(line string) []string {
	var list []string
	quoted, start := false, 0
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '"':
			quoted = !quoted
		case line[i] == '\\' && quoted:
			i++
		case line[i] == ',' && !quoted:
			list = append(list, line[start:i])
			start = i + 1
		}
	}
	list = append(list, line[start:])
	kept := list[:0]
	for _, element := range list {
		if element = strings.TrimSpace(element); element != "" {
			kept = append(kept, element)
		}
	}
	return kept
}
