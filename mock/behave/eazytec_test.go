package behave

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"understudy/mock/internal/value"
	"understudy/mock/internal/wire"
)

// messageBody is a decoded message; params lists names and values of sendData.params in turn.
func messageBody(params ...any) value.Record {
	p := value.Record{"sender": "办公室", "msgcategory": "会议通知", "msglevel": "普通"}
	for i := 0; i+1 < len(params); i += 2 {
		p[params[i].(string)] = params[i+1]
	}
	party := value.Record{"userid": "u-1", "usertype": json.Number("1"), "orgid": "o-1"}
	return value.Record{
		"sendData": value.Record{
			"appid": "app-1", "appname": "测试应用", "title": "例会", "body": "<p>九点 & 十点</p>", "msgtype": json.Number("0"), "params": p,
		},
		"from": party,
		"to":   value.List{party, value.Record{"userid": "u-2", "usertype": json.Number("2"), "orgid": "o-2", "deptid": ""}},
	}
}

func TestMessagesAreKeptUnderTheirOutboxID(t *testing.T) {
	t.Parallel()
	result := testSchema(t, "eazytec", "/components/schemas/Sent/properties/data")
	ids := map[string]bool{}
	for _, seed := range testSeeds() {
		w, twin := newTestWorld(t, "eazytec", seed), newTestWorld(t, "eazytec", seed)
		var want []value.Record
		for call := range 3 {
			body := messageBody("recipient", `{"orgId":"1"}`)
			reply := w.call("sendMessage", body)
			if diff := cmp.Diff(reply, twin.call("sendMessage", body)); diff != "" {
				t.Fatalf("seed %d call %d: the same history gives another answer: %s", seed, call, diff)
			}
			id, _ := fits(t, result, reply.Value).(string)
			if len(id) != 36 || ids[id] || len(reply.Notes) != 0 {
				t.Fatalf("seed %d call %d: id %q, notes %v", seed, call, id, reply.Notes)
			}
			ids[id] = true
			text, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			var decoded value.Record
			if err := json.Unmarshal(text, &decoded); err != nil {
				t.Fatal(err)
			}
			want = append(want, value.Record{"outboxId": id, "at": w.now.Format(time.RFC3339Nano), "message": decoded})
			w.now = w.now.Add(time.Minute)
		}
		if diff := cmp.Diff(want, w.appended(kindSentMessage)); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
}

func TestTextsInAMessage(t *testing.T) {
	t.Parallel()
	const unreadable, another = "unreadable-json-text", "json-text-of-another-kind"
	for _, c := range []struct{ name, text, told string }{
		{"recipient", ``, ""},
		{"recipient", `{}`, ""},
		{"recipient", `{"orgId":"1","esNameList":["甲公司"],"companyIdList":[],"linkmenTypeList":["a"]}`, ""},
		{"recipient", `{'orgId':'1','esNameList':['甲公司'],'companyIdList':[],'linkmenTypeList':['a']}`, ""},
		{"recipient", " {\n'orgId' : 'it\\'s \"one\"' } ", ""},
		{"recipient", `{"orgId":"it's one"}`, ""},
		{"recipient", `{'orgId':'it's one'}`, unreadable},
		{"recipient", `{"orgId":'1'}`, unreadable},
		{"recipient", `{'orgId':"1"}`, unreadable},
		{"recipient", `{orgId:1}`, unreadable},
		{"recipient", `甲公司`, unreadable},
		{"recipient", ` `, unreadable},
		{"recipient", `null`, another},
		{"recipient", `[]`, another},
		{"recipient", `'甲公司'`, another},
		{"attfiles", ``, ""},
		{"attfiles", `[]`, ""},
		{"attfiles", `[{"name":"议程.pdf","path":"files/1"}]`, ""},
		{"attfiles", `[{'name':'议程.pdf','path':'files/1'},{'name':'名单.xls','path':'files/2'}]`, ""},
		{"attfiles", `[{'name':'议程.pdf'`, unreadable},
		{"attfiles", `{'name':'议程.pdf'}`, another},
		{"attfiles", `['议程.pdf']`, another},
		{"attfiles", `"议程.pdf"`, another},
	} {
		w := newTestWorld(t, "eazytec", 1)
		body := messageBody(c.name, c.text, "hasatt", "1")
		if c.told == "" {
			if reply, err := w.try("sendMessage", body); err != nil {
				t.Errorf("%s %q: %+v", c.name, c.text, errorDetail(err))
			} else if len(reply.Notes) != 0 {
				t.Errorf("%s %q: notes %v", c.name, c.text, reply.Notes)
			}
			continue
		}
		if told := w.refused("sendMessage", body, "parameter-missing"); told != c.told {
			t.Errorf("%s %q: diagnosis %s, want %s", c.name, c.text, told, c.told)
		}
		if kept := w.appended(kindSentMessage); len(kept) != 0 {
			t.Errorf("%s %q: a refused message is kept", c.name, c.text)
		}
		_, err := w.try("sendMessage", body)
		findings := errorDetail(err).Diagnosis.Findings
		if len(findings) != 1 || findings[0].In != "body" || findings[0].Pointer != "/sendData/params/"+c.name {
			t.Errorf("%s %q: findings %+v", c.name, c.text, findings)
		}
		if told := findings[0].Got; strings.Contains(told, "议程") || strings.Contains(told, "公司") {
			t.Errorf("%s: the finding shows the text: %s", c.name, told)
		}
	}
}

func errorDetail(err error) *Error {
	var refusal *Error
	errors.As(err, &refusal)
	return refusal
}

func TestHasattWithoutFilesIsTaken(t *testing.T) {
	t.Parallel()
	newTestWorld(t, "eazytec", 1).call("sendMessage", messageBody("hasatt", "1"))
	newTestWorld(t, "eazytec", 1).call("sendMessage", messageBody("hasatt", json.Number("1"), "attfiles", ""))
}

func TestUndocumentedCategoryAndLevel(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		category, level string
		want            []string
	}{
		{"公共公示", "紧急", nil},
		{"新闻通知", "重要", nil},
		{"政策公示", "普通", nil},
		{"通知公告", "普通", []string{"undocumented-category"}},
		{"会议通知", "一般", []string{"undocumented-level"}},
		{"会议通知 ", "1", []string{"undocumented-category", "undocumented-level"}},
	} {
		w := newTestWorld(t, "eazytec", 1)
		reply := w.call("sendMessage", messageBody("msgcategory", c.category, "msglevel", c.level))
		var got []string
		for _, note := range reply.Notes {
			told(t, note)
			got = append(got, note.ID)
			if len(note.Findings) != 1 || !strings.HasPrefix(note.Findings[0].Pointer, "/sendData/params/msg") {
				t.Errorf("%s, %s: findings %+v", c.category, c.level, note.Findings)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s, %s: %s", c.category, c.level, diff)
		}
		if len(w.appended(kindSentMessage)) != 1 {
			t.Errorf("%s, %s: not kept", c.category, c.level)
		}
	}
}

func TestReadQuoted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text   string
		want   any
		at     int
		reason string
	}{
		{`'a'`, "a", 0, ""},
		{`''`, "", 0, ""},
		{`"it's"`, "it's", 0, ""},
		{`{"a":"\'"}`, nil, 7, wire.JSONSyntax},
		{`{\'a':1}`, nil, 1, wire.JSONSyntax},
		{`'it\'s'`, "it's", 0, ""},
		{`'say "hi"'`, `say "hi"`, 0, ""},
		{`'say \"hi\"'`, `say "hi"`, 0, ""},
		{`'\\'`, `\`, 0, ""},
		{`'\\\''`, `\'`, 0, ""},
		{`'\\"'`, `\"`, 0, ""},
		{`'\b\f\n\r\t\/'`, "\b\f\n\r\t/", 0, ""},
		{`'\u4e2d\u0027\u0022'`, `中'"`, 0, ""},
		{`'\ud83d\ude00'`, "😀", 0, ""},
		{`{'a':{'b':['c',1.50,true,null]},'中':'文'}`, map[string]any{
			"a": map[string]any{"b": []any{"c", json.Number("1.50"), true, nil}}, "中": "文",
		}, 0, ""},
		{`{'a':1,'a':2}`, map[string]any{"a": json.Number("2")}, 0, ""},
		{`{'{"a":1}':'[\'b\']'}`, map[string]any{`{"a":1}`: `['b']`}, 0, ""},

		{`{'a':'b}`, nil, 8, wire.JSONSyntax},
		{`{'a':'b'`, nil, 8, wire.JSONSyntax},
		{`'a\`, nil, 3, wire.JSONSyntax},
		{`'a\'`, nil, 4, wire.JSONSyntax},
		{`'a\x'`, nil, 2, wire.JSONSyntax},
		{`'""\x'`, nil, 3, wire.JSONSyntax},
		{`'\'\'\x'`, nil, 5, wire.JSONSyntax},
		{`'\u12'`, nil, 1, wire.JSONSyntax},
		{`'\ud83d'`, nil, 1, wire.JSONUTF8},
		{`'\u0000'`, nil, 1, wire.JSONNul},
		{"'a\nb'", nil, 2, wire.JSONSyntax},
		{"'a\xff'", nil, 2, wire.JSONUTF8},
		{`'a''b'`, nil, 3, wire.JSONTrailing},
		{`'a' 'b'`, nil, 4, wire.JSONTrailing},
		{`{'a':"b"}`, nil, 5, wire.JSONSyntax},
		{`{"a":'b'}`, nil, 5, wire.JSONSyntax},
		{`'`, nil, 1, wire.JSONSyntax},
		{``, nil, 0, wire.JSONEmpty},
		{strings.Repeat("[", 100) + "''" + strings.Repeat("]", 100), nil, 64, wire.JSONDepth},
	} {
		got, at, reason := readQuoted(c.text)
		if diff := cmp.Diff(c.want, got); diff != "" || reason != c.reason {
			t.Errorf("%q: reason %q, want %q; %s", c.text, reason, c.reason, diff)
		}
		if reason != "" && !near(at, c.at) {
			t.Errorf("%q: unreadable at byte %d, want %d", c.text, at, c.at)
		}
	}
}

// near allows the byte after: a reader may point at an escape or at its letter.
func near(got, want int) bool { return got == want || got == want+1 }

// FuzzReadQuoted holds single-quoted texts to the JSON they stand for: what JSON writes is read back after its quotes
// are turned, and no text makes the reader fail or grow beyond twice its length.
func FuzzReadQuoted(f *testing.F) {
	for _, seed := range []string{`{'a':'b'}`, `'it\'s'`, `'\u4e2d'`, `"a"`, `'a"b'`, `[{'name':'x','path':'y'}]`, `'\\\'`, "'\xe4\xb8'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, at, reason := readQuoted(text)
		if at < 0 || at > len(text) || reason == "" && at != 0 {
			t.Fatalf("at %d of %d, reason %q", at, len(text), reason)
		}
		if source, end := doubleQuoted(text, math.MaxInt); len(source) > 2*len(text) || end > len(text) {
			t.Fatalf("%d bytes became %d, read up to %d", len(text), len(source), end)
		}
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return
		}
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		turned := "'" + strings.ReplaceAll(string(quoted[1:len(quoted)-1]), "'", `\'`) + "'"
		if back, _, reason := readQuoted(turned); back != text {
			t.Fatalf("%q reads as %q (%s), want %q", turned, back, reason, text)
		}
	})
}
