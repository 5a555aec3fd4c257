package fake

import (
	"strings"
	"unicode"
)

// HasHan says whether a text holds a Chinese character.
func HasHan(text string) bool {
	for _, r := range text {
		if r >= 0x2e80 && unicode.Is(unicode.Han, r) {
			return true
		}
	}
	return false
}

// longestEnglish is the most characters of an English sentence made here.
const longestEnglish = 56

var (
	englishWords = []string{
		"harbor", "meadow", "signal", "garden", "window", "bridge", "lantern", "summit", "ribbon", "compass", "orchard", "canvas",
		"pebble", "marble", "saddle", "thicket", "anchor", "beacon", "copper", "willow",
	}
	englishWho  = []string{"The team", "Our office", "The customer", "A colleague", "The warehouse", "The front desk"}
	englishDoes = []string{"will review", "has received", "is preparing", "has confirmed", "will update", "has checked"}
	englishWhat = []string{"the request", "this order", "all documents", "the schedule", "the report", "both items"}
	englishWhen = []string{"today.", "this week.", "before noon.", "after the meeting.", "without delay.", "on Friday."}
)

// EnglishWord returns a short English word in lower case.
func (s Source) EnglishWord() string { return s.Pick(englishWords) }

// EnglishSentence returns one plain English sentence with its full stop.
func (s Source) EnglishSentence() string {
	return s.Sub("who").Pick(englishWho) + " " + s.Sub("does").Pick(englishDoes) + " " + s.Sub("what").Pick(englishWhat) + " " +
		s.Sub("when").Pick(englishWhen)
}

// English returns English text of minRunes to maxRunes characters, both included: a word when it must be short, sentences
// when it must be long. maxRunes below minRunes sets no upper bound.
func (s Source) English(minRunes, maxRunes int) string {
	minRunes = max(minRunes, 0)
	if maxRunes < minRunes {
		maxRunes = minRunes + longestEnglish
	}
	if maxRunes == 0 {
		return ""
	}
	var b strings.Builder
	if minRunes > 20 {
		b.WriteString(s.EnglishSentence())
	} else {
		b.WriteString(s.EnglishWord())
	}
	for i := 0; b.Len() < minRunes; i++ {
		b.WriteByte(' ')
		if minRunes-b.Len() > 20 {
			b.WriteString(s.Index(i).EnglishSentence())
		} else {
			b.WriteString(s.Index(i).EnglishWord())
		}
	}
	text := b.String()
	if len(text) > maxRunes {
		text = text[:maxRunes]
		// A blank at the end would be lost on many ways.
		if strings.HasSuffix(text, " ") {
			text = text[:maxRunes-1] + "s"
		}
	}
	return text
}

// Key returns the i-th name for an entry of a map: a word, with a number where there are many.
func (s Source) Key(i int) string {
	word := s.EnglishWord()
	if i > 0 {
		word += "-" + string(rune('a'+i%26)) + s.Digits(2)
	}
	return word
}
