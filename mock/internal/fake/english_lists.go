package fake

import (
	"strings"
	"sync"

	"github.com/brianvoe/gofakeit/v6/data"
)

// lists are the words and names that gofakeit knows, each read once, when it is first asked for. None of their texts holds
// a character that JSON escapes, which is why what is made of them can be written into a text as it is.
type lists struct {
	first, last, city, state []string
	nouns                    [][]string // by their kind, in lower-case ASCII letters, fit for a host label
}

var englishLists = sync.OnceValue(func() *lists {
	l := &lists{
		first: data.Data["person"]["first"], last: data.Data["person"]["last"],
		city: data.Data["address"]["city"], state: data.Data["address"]["state"],
	}
	for _, kind := range []string{
		"noun_common", "noun_concrete", "noun_abstract", "noun_collective_people", "noun_collective_animal", "noun_collective_thing",
		"noun_countable", "noun_uncountable",
	} {
		nouns := make([]string, 0, len(data.Data["word"][kind]))
		for _, word := range data.Data["word"][kind] {
			nouns = append(nouns, latinLetters(word))
		}
		l.nouns = append(l.nouns, nouns)
	}
	return l
})

func latinLetters(word string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		default:
			return -1
		}
	}, word)
}

func (s Source) firstName() string { return s.Pick(englishLists().first) }

func (s Source) lastName() string { return s.Pick(englishLists().last) }

// latin is an English noun in lower-case ASCII letters, fit for a host label.
func (s Source) latin() string {
	st := s.stream()
	return st.latin()
}

func (r *stream) latin() string {
	kinds := englishLists().nouns
	return r.pick(kinds[r.intn(len(kinds))])
}
