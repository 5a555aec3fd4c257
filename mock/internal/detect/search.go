package detect

import "sort"

// Hit is one occurrence of a text that was searched for.
type Hit struct {
	Start, End int
	// Text is its number among those that were searched for.
	Text int
}

// Search finds any of many texts in one pass (Aho and Corasick, 1975). It is immutable.
type Search struct {
	// states are those of the trie, the root first; the children of one are linked by next.
	states []state
	root   [256]int32
	length []int
}

type state struct {
	child, next int32
	fail        int32
	// text is the number of the text that ends here, output the next state on the way of failures at which one ends.
	text, output int32
	char         byte
}

// NewSearch makes a search for texts; empty ones are never found. Equal texts are found as the first of them.
func NewSearch(texts []string) *Search {
	s := &Search{states: []state{{text: -1}}, length: make([]int, len(texts))}
	for i, text := range texts {
		s.length[i] = len(text)
		s.add(int32(i), text)
	}
	s.link()
	return s
}

func (s *Search) add(number int32, text string) {
	if text == "" {
		return
	}
	at := int32(0)
	for i := 0; i < len(text); i++ {
		next := s.child(at, text[i])
		if next == 0 {
			next = int32(len(s.states))
			s.states = append(s.states, state{next: s.states[at].child, text: -1, char: text[i]})
			s.states[at].child = next
			if at == 0 {
				s.root[text[i]] = next
			}
		}
		at = next
	}
	if s.states[at].text < 0 {
		s.states[at].text = number
	}
}

// child is the state after another one, 0 for none.
func (s *Search) child(at int32, c byte) int32 {
	if at == 0 {
		return s.root[c]
	}
	for next := s.states[at].child; next != 0; next = s.states[next].next {
		if s.states[next].char == c {
			return next
		}
	}
	return 0
}

// link computes failures, states in the order of their depth.
func (s *Search) link() {
	queue := make([]int32, 0, len(s.states))
	for at := s.states[0].child; at != 0; at = s.states[at].next {
		queue = append(queue, at)
	}
	for i := 0; i < len(queue); i++ {
		at := queue[i]
		for next := s.states[at].child; next != 0; next = s.states[next].next {
			fail := s.step(s.states[at].fail, s.states[next].char)
			s.states[next].fail = fail
			if s.states[fail].text >= 0 {
				s.states[next].output = fail
			} else {
				s.states[next].output = s.states[fail].output
			}
			queue = append(queue, next)
		}
	}
}

func (s *Search) step(at int32, c byte) int32 {
	for {
		if next := s.child(at, c); next != 0 {
			return next
		}
		if at == 0 {
			return 0
		}
		at = s.states[at].fail
	}
}

// Each calls found for every occurrence, overlapping ones too, by their ends, until it returns false.
func (s *Search) Each(text string, found func(Hit) bool) {
	if len(s.states) == 1 {
		return
	}
	at := int32(0)
	for i := 0; i < len(text); i++ {
		at = s.step(at, text[i])
		for out := at; out != 0; out = s.states[out].output {
			if n := s.states[out].text; n >= 0 && !found(Hit{i + 1 - s.length[n], i + 1, int(n)}) {
				return
			}
		}
	}
}

// Longest sorts hits by where they begin and leaves out those that overlap one that begins earlier or is longer.
func Longest(hits []Hit) []Hit {
	sort.SliceStable(hits, func(i, j int) bool {
		if hits[i].Start != hits[j].Start {
			return hits[i].Start < hits[j].Start
		}
		return hits[i].End > hits[j].End
	})
	kept := hits[:0]
	end := 0
	for _, h := range hits {
		if h.Start >= end {
			kept = append(kept, h)
			end = h.End
		}
	}
	return kept
}

// Alone says whether a part of a text is no part of a longer word or
// number.
func Alone(text string, start, end int) bool {
	return (start == 0 || !isAlnum(text[start]) || !isAlnum(text[start-1])) &&
		(end == len(text) || !isAlnum(text[end-1]) || !isAlnum(text[end]))
}
