package check

import (
	"slices"
	"strings"

	"understudy/mock/internal/wire"
	"understudy/mock/report"
)

// forgetHidden takes bodies that the recording hides as a whole for ones that it does not have: what this program records
// shows no secrets and nothing personal.
func (x *recorded) forgetHidden() {
	if string(x.body) == hiddenValue {
		x.body, x.noBody = nil, true
	}
	if string(x.reply) == hiddenValue {
		x.reply, x.noReply = nil, true
	}
}

// hidesCredential says whether a header of the request has a mask where its value was.
func (x *recorded) hidesCredential() bool {
	for _, list := range x.header {
		if slices.Contains(list, hiddenValue) {
			return true
		}
	}
	return strings.Contains(x.url.RawQuery, "="+hiddenValue) || strings.Contains(x.url.RawQuery, "=%2A%2A%2A")
}

// unhidden leaves out the findings about values in whose place the recording has a mask.
func (x *recorded) unhidden(list []report.Finding) []report.Finding {
	return slices.DeleteFunc(list, func(f report.Finding) bool {
		switch f.In {
		case "query":
			return x.url.Query().Get(f.Pointer) == hiddenValue
		case "header":
			return x.header.Get(f.Pointer) == hiddenValue
		case "body":
			return hiddenAt(x.body, f.Pointer)
		case "reply":
			return hiddenAt(x.reply, f.Pointer)
		}
		return false
	})
}

// hiddenAt says whether a mask stands at a place of a JSON text, or around it.
func hiddenAt(text []byte, pointer string) bool {
	if !strings.HasPrefix(pointer, "/") || !strings.Contains(string(text), hiddenValue) {
		return false
	}
	v, err := wire.DecodeJSON(text, wire.JSONOptions{DuplicateNames: true})
	if err != nil {
		return false
	}
	found, ok := at(v, pointer)
	for !ok {
		pointer = pointer[:strings.LastIndexByte(pointer, '/')]
		found, ok = at(v, pointer) // what is around it may be a text that holds JSON
	}
	if record, is := found.(map[string]any); is && len(record) == 1 {
		for _, only := range record {
			found = only // a list that is wrapped once more
		}
	}
	held, _ := found.(string)
	return strings.Contains(held, hiddenValue)
}
