package schema_test

import (
	"encoding/json"
	"slices"
	"time"
)

// minimal shortens a text as long as it stays wrong in the same way: by runs of tokens, long ones first.
func minimal(text []byte, wrong func([]byte) bool) []byte {
	deadline := time.Now().Add(2 * time.Second)
	for again := true; again; {
		again = false
		ends := tokens(text)
		for run := len(ends) - 1; run > 0; run-- {
			for i := 0; i+run < len(ends); i++ {
				if time.Now().After(deadline) {
					return text
				}
				shorter := slices.Concat(text[:ends[i]], text[ends[i+run]:])
				if wrong(shorter) {
					text, again = shorter, true
					ends = tokens(text)
					run = min(run, len(ends)-1)
					i--
				}
				if run == 0 {
					break
				}
			}
		}
	}
	return text
}

// tokens are the offsets between the tokens of a text that resembles JSON; a long text or number is several.
func tokens(text []byte) []int {
	offsets := []int{0}
	inText := false
	for i, c := range text {
		switch {
		case c == '"':
			inText = !inText
			offsets = append(offsets, i, i+1)
		case inText && i%3 != 0 && len(text) > 300:
		case inText:
			offsets = append(offsets, i)
		default:
			offsets = append(offsets, i)
		}
	}
	offsets = append(offsets, len(text))
	slices.Sort(offsets)
	return slices.Compact(offsets)
}

func jsonOf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
