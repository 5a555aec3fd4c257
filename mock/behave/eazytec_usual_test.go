package behave

import (
	"encoding/json"
	"testing"
)

// What passes as usual is what a close look finds nothing about, and what the document shows does pass.
func TestUsualMessages(t *testing.T) {
	t.Parallel()
	texts := []string{
		"", " ", "{}", `{"orgId":"1"}`, ` {"a":[1,{"b":"]"}]}`, `{'orgId':'1'}`, `{"a":"it's"}`, `{"a":1,"a":2}`, `{"a":`, `{"a":1}x`, "null", "1", `"x"`,
		"[]", "[ ]", `[{}]`, `[{"name":"a]","list":[1]},{"b":"\""} , {}]`, `[{},1]`, `[{},[]]`, `["x"]`, `[[{}]]`, `[null]`, `[{'a':1}]`, "\ufeff{}", "{\"a\":\"\x01\"}",
		`{"a":"\u0000"}`, `[{"a":1},]`,
	}
	usual := 0
	for _, reading := range []quotes{"", doubleQuotes, singleQuotes} {
		for _, name := range []string{"recipient", "attfiles", "msgcategory", "msglevel"} {
			for _, text := range append(texts, "政策公示", "紧急", "随便") {
				params := (&Call{Body: Decoded{messageBody(name, text)}}).RecordAt("/sendData/params")
				raw, err := json.Marshal(params)
				if err != nil {
					t.Fatal(err)
				}
				fine := checkRecipient(params, reading) == nil && checkAttachments(params, reading) == nil && undocumented(params) == nil
				switch is := isUsual(raw, reading); {
				case is && !fine:
					t.Errorf("reading %q: %s %q passes", reading, name, text)
				case is:
					usual++
				case fine && reading != singleQuotes && text != " " && text != `{'orgId':'1'}` && text != `[{'a':1}]`:
					t.Errorf("reading %q: %s %q is looked at closely", reading, name, text)
				}
			}
		}
	}
	if usual < 20 {
		t.Errorf("only %d were usual", usual)
	}
	if isUsual(nil, "") || isUsual([]byte(`[]`), "") || isUsual([]byte(`{"msgcategory":"政策公示","msglevel":"紧急"`), "") {
		t.Error("what is no message is usual")
	}
}
