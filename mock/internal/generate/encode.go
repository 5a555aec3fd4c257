package generate

import (
	"encoding/json"

	"github.com/go-json-experiment/json/jsontext"

	"understudy/mock/internal/schema"
)

// encode writes a value that the document gives, members in the order of the schema.
func (p *plan) encode(v any) []byte {
	var of *schema.Schema
	if len(p.heads) > 0 && !p.heads[0].made && p.heads[0].raw != nil {
		of, _ = p.g.set.CompileView(p.heads[0].pointer, p.view)
	}
	text, _ := of.AppendJSON(nil, v, schema.Plain) // a value of JSON has a text
	return text
}

func quote(dst []byte, text string) []byte {
	dst, _ = jsontext.AppendQuote(dst, text) // whatever is read from a document is UTF-8
	return dst
}

// spansOf is where the members of an object stand in its text; nil for anything else.
func spansOf(text []byte) map[string][2]int {
	var raw map[string]json.RawMessage
	if len(text) == 0 || text[0] != '{' || json.Unmarshal(text, &raw) != nil {
		return nil
	}
	spans := map[string][2]int{}
	at := 1
	for range raw {
		begin := at
		name, end := textAt(text, begin)
		at = end + 1 // behind the colon
		size := len(raw[name])
		spans[name] = [2]int{at, at + size}
		at += size + 1
	}
	return spans
}

// textAt reads the text that begins at an index of compact JSON.
func textAt(text []byte, from int) (s string, end int) {
	for end = from + 1; text[end] != '"'; end++ {
		if text[end] == '\\' {
			end++
		}
	}
	end++
	_ = json.Unmarshal(text[from:end], &s)
	return s, end
}

// lengths is how many elements a list of the plan has, from and to, where nothing speaks against several.
func (p *plan) lengths() (least, most int) {
	// Who bounds a list on both sides says how long it is.
	if p.minItems > 1 && p.maxItems <= mostStated {
		return p.minItems, p.maxItems
	}
	return 1, 3
}

// mostStated is up to which bound a list is as long as the document says that it may be.
const mostStated = 20
