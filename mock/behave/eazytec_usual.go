package behave

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
)

// isUsual says whether a message with these params is certain to be taken and to have nothing strange about it, without a value of it: its lists
// have what the document names (E-7, E-8), its texts that hold JSON hold it in double quotes (E-9).
func isUsual(params []byte, reading quotes) bool {
	if params == nil || !reading.takes('"') {
		return false
	}
	var category, level, recipient, files []byte
	ok := wire.Visit(params, func(name string, raw []byte) { // of equal names the last one counts
		switch name {
		case "msgcategory":
			category = raw
		case "msglevel":
			level = raw
		case "recipient":
			recipient = raw
		case "attfiles":
			files = raw
		}
	})
	switch string(category) {
	case `"公共公示"`, `"新闻通知"`, `"政策公示"`, `"会议通知"`:
	default:
		return false
	}
	switch string(level) {
	case `"紧急"`, `"重要"`, `"普通"`:
	default:
		return false
	}
	return ok && holdsJSON(recipient, '{') && holdsJSON(files, '[')
}

// holdsJSON says whether a member is absent or empty, or else a text of an object or of a list of objects.
func holdsJSON(raw []byte, first byte) bool {
	if raw == nil || string(raw) == `""` || string(raw) == "null" {
		return true
	}
	if raw[0] != '"' {
		return false
	}
	text, err := jsontext.AppendUnquote(make([]byte, 0, len(raw)), raw)
	text = bytes.TrimLeft(text, " \t\r\n")
	if err != nil || len(text) == 0 || text[0] != first {
		return false
	}
	if quote := bytes.IndexAny(text, `'"`); quote >= 0 && text[quote] == '\'' {
		return false
	}
	if !(*schema.Schema)(nil).Accepts(text, schema.Syntax{JSONOptions: wire.JSONOptions{DuplicateNames: true}}) {
		return false
	}
	return first == '{' || ofObjects(text)
}

// ofObjects says whether the elements of a list are objects all of them. The text is known to be JSON.
func ofObjects(list []byte) bool {
	depth, quoted, expected := 0, false, false
	for i := 0; i < len(list); i++ {
		c := list[i]
		switch {
		case quoted:
			if c == '\\' {
				i++
			}
			quoted = c != '"'
			continue
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			continue
		case expected && c != '{' && c != ']':
			return false
		}
		expected = false
		switch c {
		case '"':
			quoted = true
		case '{', '[':
			depth++
			expected = depth == 1
		case '}', ']':
			depth--
		case ',':
			expected = depth == 1
		}
	}
	return true
}
