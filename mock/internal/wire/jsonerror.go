package wire

import (
	"strconv"
	"strings"
)

// The values of JSONError.Reason.
const (
	JSONDuplicateName = "duplicate-name"
	JSONSyntax        = "syntax"
	JSONDepth         = "depth"
	JSONUTF8          = "utf8" // bytes that are not UTF-8, or a lone surrogate escape
	JSONTrailing      = "trailing"
	JSONBOM           = "bom"
	JSONNul           = "nul" // the escape \u0000
	JSONEmpty         = "empty"
)

// JSONError says where a text is not the JSON that this package accepts. It
// holds member names at most, never a value.
type JSONError struct {
	Offset  int64  // bytes from the start of the text
	Pointer string // RFC 6901, of the value (or the repeated name) at fault
	Reason  string // one of the JSON constants
}

// Error names the place and the fix.
func (e *JSONError) Error() string {
	at := "json: offset " + strconv.FormatInt(e.Offset, 10)
	if e.Pointer != "" {
		at += ", " + strconv.Quote(e.Pointer)
	}
	return at + ": " + jsonReasons[e.Reason]
}

var jsonReasons = map[string]string{
	JSONDuplicateName: "the name occurs twice in one object",
	JSONSyntax:        "not valid JSON (RFC 8259)",
	JSONDepth:         "nested too deeply",
	JSONUTF8:          "not valid Unicode text; send UTF-8",
	JSONTrailing:      "more text after the value",
	JSONBOM:           "a byte order mark before the value; send UTF-8 without it",
	JSONNul:           `the escape \u0000 is not allowed in text`,
	JSONEmpty:         "no JSON value",
}

// below puts a name or an index in front of an error's pointer.
func (e *JSONError) below(step string) *JSONError {
	e.Pointer = "/" + pointerEscape.Replace(step) + e.Pointer
	return e
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")
