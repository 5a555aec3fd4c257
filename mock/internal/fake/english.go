package fake

import "unicode"

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
func (s Source) EnglishSentence() string { return string(s.appendEnglishSentence(nil)) }

func (s Source) appendEnglishSentence(dst []byte) []byte {
	st := s.stream()
	dst = append(append(dst, st.pick(englishWho)...), ' ')
	dst = append(append(dst, st.pick(englishDoes)...), ' ')
	dst = append(append(dst, st.pick(englishWhat)...), ' ')
	return append(dst, st.pick(englishWhen)...)
}

// English returns English text of minRunes to maxRunes characters, both included: a word when it must be short, sentences
// when it must be long. maxRunes below minRunes sets no upper bound.
func (s Source) English(minRunes, maxRunes int) string {
	return string(s.AppendEnglish(nil, minRunes, maxRunes))
}

// AppendEnglish appends what [Source.English] returns; JSON escapes none of it.
func (s Source) AppendEnglish(dst []byte, minRunes, maxRunes int) []byte {
	minRunes = max(minRunes, 0)
	if maxRunes < minRunes {
		maxRunes = minRunes + longestEnglish
	}
	if maxRunes == 0 {
		return dst
	}
	from := len(dst)
	if minRunes > 20 {
		dst = s.appendEnglishSentence(dst)
	} else {
		dst = append(dst, s.EnglishWord()...)
	}
	for i := 0; len(dst)-from < minRunes; i++ {
		dst = append(dst, ' ')
		if minRunes-(len(dst)-from) > 20 {
			dst = s.Index(i).appendEnglishSentence(dst)
		} else {
			dst = append(dst, s.Index(i).EnglishWord()...)
		}
	}
	if len(dst)-from > maxRunes {
		dst = dst[:from+maxRunes]
		// A blank at the end would be lost on many ways.
		if dst[len(dst)-1] == ' ' {
			dst[len(dst)-1] = 's'
		}
	}
	return dst
}

// Key returns the i-th name for an entry of a map: a word, with a number where there are many.
func (s Source) Key(i int) string { return string(s.AppendKey(nil, i)) }

// AppendKey appends what [Source.Key] returns; JSON escapes none of it.
func (s Source) AppendKey(dst []byte, i int) []byte {
	dst = append(dst, s.EnglishWord()...)
	if i > 0 {
		dst = s.appendDigits(append(dst, '-', byte('a'+i%26)), 2)
	}
	return dst
}
