package scenarios

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func entriesOf(tb testing.TB, text string, c ReadConfig) ([]*Entry, error) {
	tb.Helper()
	var list []*Entry
	err := ReadEntries(strings.NewReader(text), c, func(e *Entry) error {
		list = append(list, e)
		return nil
	})
	return list, err
}

// TestWhatToolsWrite reads entries as tools write them, or leave parts of them out.
func TestWhatToolsWrite(t *testing.T) {
	t.Parallel()
	post := func(header, data, more string) string {
		return `{"request": {"method": "post", "url": "https://a.test/x", "headers": [` + header + `], "postData": ` + data + more + `}}`
	}
	reply := func(text string) string {
		return `{"request": {"url": "https://a.test/x"}, "response": ` + text + `}`
	}
	for name, tt := range map[string]struct {
		entry string
		want  string // method url content-type body unkept, status content-type reply unkept
	}{
		"only an address":   {`{"request": {"url": "/x?a=1"}}`, `GET /x?a=1 "" "" false 0 "" "" false`},
		"a query apart":     {`{"request": {"url": "http://a.test/x", "queryString": [{"name": "a b", "value": "c%20d"}, {"name": "a b", "value": "+"}]}}`, `GET http://a.test/x?a+b=c+d&a+b=%2B "" "" false 0 "" "" false`},
		"a body":            {post(`{"name": "content-type", "value": "text/plain"}`, `{"mimeType": "x/y", "text": "ü"}`, ""), `POST https://a.test/x "text/plain" "ü" false 0 "" "" false`},
		"a body's type":     {post(``, `{"mimeType": "x/y", "text": "ü"}`, ""), `POST https://a.test/x "x/y" "ü" false 0 "" "" false`},
		"base64, ours":      {post(``, `{"mimeType": "x/y", "text": "/wA=", "_encoding": "base64"}`, ""), `POST https://a.test/x "x/y" "\xff\x00" false 0 "" "" false`},
		"base64, others":    {post(``, `{"mimeType": "x/y", "text": "/wA=", "encoding": "BASE64"}`, ""), `POST https://a.test/x "x/y" "\xff\x00" false 0 "" "" false`},
		"no base64":         {post(``, `{"mimeType": "x/y", "text": "?", "encoding": "base64"}`, ""), `POST https://a.test/x "x/y" "?" false 0 "" "" false`},
		"a form's fields":   {post(``, `{"mimeType": "application/x-www-form-urlencoded; charset=UTF-8", "params": [{"name": "a", "value": "%E4%BD%A0"}, {"name": "b"}]}`, ""), `POST https://a.test/x "application/x-www-form-urlencoded; charset=UTF-8" "a=%E4%BD%A0&b=" false 0 "" "" false`},
		"parts not kept":    {post(``, `{"mimeType": "multipart/form-data", "params": [{"name": "a", "fileName": "b"}]}`, ""), `POST https://a.test/x "multipart/form-data" "" true 0 "" "" false`},
		"a body not kept":   {post(``, `{"mimeType": "x/y"}`, `, "bodySize": 5`), `POST https://a.test/x "x/y" "" true 0 "" "" false`},
		"a size alone":      {`{"request": {"method": "PUT", "url": "https://a.test/x", "bodySize": 5}}`, `PUT https://a.test/x "" "" true 0 "" "" false`},
		"headers that lie":  {post(`{"name": ":method", "value": "GET"}, {"name": "content-length", "value": "9"}, {"name": "Transfer-Encoding", "value": "chunked"}, {"name": "", "value": "x"}, {"name": "Understudy-Session", "value": "x"}`, `{"text": "a"}`, ""), `POST https://a.test/x "" "a" false 0 "" "" false`},
		"a reply":           {reply(`{"status": 201.0, "content": {"mimeType": "x/y", "text": "a"}}`), `GET https://a.test/x "" "" false 201 "x/y" "a" false`},
		"a status as text":  {reply(`{"status": "201"}`), `GET https://a.test/x "" "" false 201 "" "" false`},
		"a reply in base64": {reply(`{"status": 200, "content": {"mimeType": "x-unknown", "text": "/wA=", "encoding": "base64"}}`), `GET https://a.test/x "" "" false 200 "" "\xff\x00" false`},
		"a reply not kept":  {reply(`{"status": 200, "content": {"size": 3}}`), `GET https://a.test/x "" "" false 200 "" "" true`},
		"nothing kept":      {reply(`{"status": 200, "content": {"size": 3, "text": ""}}`), `GET https://a.test/x "" "" false 200 "" "" true`},
		"an empty reply":    {reply(`{"status": 204, "content": {"size": 0, "text": ""}, "bodySize": -1}`), `GET https://a.test/x "" "" false 204 "" "" false`},
		"no reply":          {reply(`{"status": 0, "_error": "net::ERR_ABORTED"}`), `GET https://a.test/x "" "" false 0 "" "" false`},
		"wrong types":       {`{"time": "x", "startedDateTime": 7, "request": {"url": "/x", "method": 3, "headers": [7, {"name": "Content-Type", "value": "x/y"}], "cookies": {}}, "response": []}`, `GET /x "x/y" "" false 0 "" "" false`},
		"other cases":       {`{"Request": {"URL": "/x", "Method": "Put"}}`, `PUT /x "" "" false 0 "" "" false`},
		"GBK in a text":     {"{\"request\": {\"url\": \"/x\", \"method\": \"PUT\", \"comment\": \"\xc4\xe3\"}}", `PUT /x "" "" false 0 "" "" false`},
		"a socket":          {`{"request": {"url": "wss://a.test/x"}, "_webSocketMessages": [{"data": "x"}]}`, "none"},
		"no address":        {`{"request": {"url": "http://a b/%zz"}}`, "none"},
		"no request":        {`{"pageref": "x"}`, "none"},
		"a request as text": {`{"request": "GET /"}`, "none"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list, err := entriesOf(t, "\xEF\xBB\xBF"+`{"log": {"version": "1.2", "pages": [{"a": [{}]}], "entries": [{"request": {"url": "/first"}}, `+tt.entry+`]}}`+"\r\n", ReadConfig{})
			if err != nil || len(list) != 2 || list[1].Number != 2 {
				t.Fatalf("%d entries, error %v", len(list), err)
			}
			got := "none"
			if c, ok := list[1].Call(); ok {
				got = fmt.Sprintf("%s %s %q %q %t %d %q %q %t", c.Method, c.URL, c.Header.Get("Content-Type"), c.Body, c.Unkept, c.Status, c.ReplyHeader.Get("Content-Type"), c.Reply, c.ReplyUnkept)
				if len(c.Header) > 1 {
					t.Errorf("headers are %v", c.Header)
				}
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestWhatAToolKeepsForItself(t *testing.T) {
	t.Parallel()
	text := ` {"log": {"creator": {"name": "WebInspector", "version": "537.36"}, "entries": [{"_resourceType": "xhr", "startedDateTime": "2026-03-01T08:00:00.5+08:00", "time": -3, "request": {"url": "/x"}, "_webSocketMessages": [1]}]}}`
	var log Log
	list, err := entriesOf(t, text, ReadConfig{Log: func(l *Log) error {
		log = *l
		return nil
	}})
	if err != nil || len(list) != 1 {
		t.Fatal(err, len(list))
	}
	e := list[0]
	if log.Creator != "WebInspector" || log.CreatorVersion != "537.36" || log.Recording != nil {
		t.Errorf("log is %+v", log)
	}
	if string(e.Own["_resourceType"]) != `"xhr"` || string(e.Own["_webSocketMessages"]) != "[1]" || len(e.Own) != 2 {
		t.Errorf("own members are %s", e.Own)
	}
	if want := int64(strings.Index(text, `{"_resource`)); e.Offset != want {
		t.Errorf("the entry is at %d, want %d", e.Offset, want)
	}
	if c, ok := e.Call(); !ok || c.Took != 0 || c.At.UTC().Format(timeForm) != "2026-03-01T00:00:00.500Z" {
		t.Errorf("call is %+v", c)
	}
	again, err := compact(e)
	if err != nil || strings.Contains(string(again), "null") {
		t.Errorf("as HAR it is %s, %v", again, err)
	}
}

func TestWhatIsNoHAR(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"empty":                {"", "x.har ends in the middle, at byte 0: it is empty"},
		"a mark alone":         {"\xEF\xBB\xBF", "x.har ends in the middle, at byte 3: it is empty"},
		"a page":               {"<html>", "x.har is no HAR file: no JSON at byte 0: "},
		"no log":               {"{}", "x.har is no HAR file: it has no log.entries"},
		"a list":               {"[]", "x.har is no HAR file: it has no log.entries"},
		"a number":             {"12", "x.har is no HAR file: it has no log.entries"},
		"another document":     {`{"openapi": "3.1.0", "paths": {}}`, "x.har is no HAR file: it has no log.entries"},
		"an object of entries": {`{"log": {"entries": {}}}`, "x.har is no HAR file: log.entries is no list, before byte 22"},
		"a log that is none":   {`{"log": ["entries", []]}`, "it has no log.entries"},
		"an entry that is none": {
			`{"log": {"entries": [{}, 1]}}`, "entry 2 of x.har is none, at byte 25: it is no object",
		},
		"cut in an entry":       {`{"log": {"entries": [{}, {"request":`, "x.har ends in the middle, at byte 36 (entry 2)"},
		"cut between":           {`{"log": {"entries": [{}`, "x.har ends in the middle, at byte 23 (entry"},
		"cut behind":            {`{"log": {"entries": []`, "x.har ends in the middle, at byte 22"},
		"no JSON in an entry":   {`{"log": {"entries": [{}, {"request": nil}]}}`, "x.har is no HAR file: no JSON at byte 38 (entry 2)"},
		"two files in one":      {`{"log": {"entries": []}}{"log": {"entries": []}}`, "x.har has more behind its end, at byte 24"},
		"UTF-16":                {"\xff\xfe{\x00}\x00", "x.har is UTF-16; save it as UTF-8"},
		"UTF-16 without a mark": {"{\x00}\x00", "x.har is UTF-16; save it as UTF-8"},
		"gzip":                  {"\x1f\x8b\x08\x00", "x.har is compressed; unpack it first"},
		"binary":                {"\x89PNG\r\n\x1a\n\x00\x00", "x.har is no HAR file: no JSON at byte 0"},
		"objects in objects":    {`{"log": {"pages": ` + strings.Repeat(`{"a":`, 20_000), "x.har is no HAR file: no JSON at byte "},
		"lists in an entry":     {`{"log": {"entries": [{"a": ` + strings.Repeat(`[`, 20_000), "(entry 1)"},
		"a newer form":          {`{"log": {"_understudy": {"form": 2, "vendor": "x"}, "entries": []}}`, `its form is "2", and this program reads form 1`},
		"another's member":      {`{"log": {"_understudy": "hello", "entries": []}}`, "it is not what understudy writes there"},
		"a part":                {`{"part":1,"creator":{},"_understudy":{"form":1}}` + "\n{}", "make one of it with understudy record --recover"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := entriesOf(t, tt.text, ReadConfig{Name: "x.har"})
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "x.har") {
				t.Errorf("error is %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestAnErrorOfTheCallerIsReturned(t *testing.T) {
	t.Parallel()
	mine := errors.New("mine")
	text := `{"log": {"entries": [{"request": {"url": "/"}}]}}`
	if err := ReadEntries(strings.NewReader(text), ReadConfig{}, func(*Entry) error { return mine }); err != mine {
		t.Errorf("error is %v", err)
	}
	if _, err := entriesOf(t, text, ReadConfig{Log: func(*Log) error { return mine }}); err != mine {
		t.Errorf("error is %v", err)
	}
	if _, err := entriesOf(t, text, ReadConfig{Name: "x"}); err != nil {
		t.Error(err)
	}
}

// endless gives entries without end.
type endless struct{ at int }

func (e *endless) Read(p []byte) (int, error) {
	const head, entry = `{"log":{"entries":[{}`, ",{}"
	for i := range p {
		if p[i] = entry[max(0, e.at-len(head))%len(entry)]; e.at < len(head) {
			p[i] = head[e.at]
		}
		e.at++
	}
	return len(p), nil
}

func TestASizeIsBounded(t *testing.T) {
	t.Parallel()
	text := `{"log": {"entries": [{"request": {"url": "/"}}]}}`
	text += strings.Repeat(" ", 20)
	for _, max := range []int{1, 10, len(text) - 1} {
		for name, from := range map[string]io.Reader{"known": strings.NewReader(text), "not known": io.MultiReader(strings.NewReader(text))} {
			seen := 0
			err := ReadEntries(from, ReadConfig{Name: "x.har", MaxBytes: int64(max)}, func(*Entry) error { seen++; return nil })
			var size *SizeError
			if !errors.As(err, &size) || !strings.Contains(err.Error(), "x.har") || !strings.Contains(err.Error(), "--max-bytes") || !strings.Contains(err.Error(), fmt.Sprint(max)) {
				t.Errorf("%s, %d bytes: %v", name, max, err)
			}
			if seen > 0 && (name == "known" || max <= 10) {
				t.Errorf("%d bytes: %d entries were read before", max, seen)
			}
		}
	}
	if _, err := entriesOf(t, text, ReadConfig{MaxBytes: int64(len(text))}); err != nil {
		t.Error(err)
	}
	path := filepath.Join(t.TempDir(), "big.har")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, DefaultMaxBytes+1); err != nil { // its bytes are all 0: it would fail otherwise too
		t.Fatal(err)
	}
	if _, err := ReadFile(path, ReadConfig{}); err == nil || !strings.Contains(err.Error(), "big.har has more than 64 MiB (67108864 bytes); raise the limit with --max-bytes") {
		t.Errorf("error is %v", err)
	}
	var size *SizeError
	if err := ReadEntries(&endless{}, ReadConfig{MaxBytes: 1 << 16}, func(*Entry) error { return nil }); !errors.As(err, &size) {
		t.Errorf("without end: %v", err)
	}
}

// TestManyEntriesAreNotHeld reads a million of them in the memory of one. It runs alone: the memory of others would count.
func TestManyEntriesAreNotHeld(t *testing.T) {
	many := 1_000_000
	if testing.Short() || underRace {
		many = 50_000
	}
	const entry = `{"request":{"url":"/"}}`
	from, to := io.Pipe()
	go func() {
		_, err := io.WriteString(to, `{"log":{"entries":[`+entry)
		block := strings.Repeat(","+entry, 1000)
		for range many / 1000 {
			if err == nil {
				_, err = io.WriteString(to, block)
			}
		}
		if err == nil {
			_, err = io.WriteString(to, `]}}`)
		}
		_ = to.CloseWithError(err)
	}()
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	seen, most := 0, uint64(0)
	err := ReadEntries(from, ReadConfig{}, func(e *Entry) error {
		if seen++; seen%(many/4) == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
		}
		return nil
	})
	if err != nil || seen != many+1 {
		t.Fatalf("%d entries, %v", seen, err)
	}
	if grown := int64(most) - int64(before.HeapAlloc); grown > 16<<20 {
		t.Errorf("%d bytes are held", grown)
	}
}

func TestOursIsTold(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := sampleRecording().Write(&b); err != nil {
		t.Fatal(err)
	}
	cut := b.String()[:strings.Index(b.String(), `"entries"`)+20]
	for text, want := range map[string]bool{b.String(): true, cut: true, `{"log":{"entries":[]}}`: false, `{"log":{"entries":[{"a":`: false} {
		if got, err := IsRecording(strings.NewReader(text), ReadConfig{}); got != want || err != nil && text != `{"log":{"entries":[{"a":` {
			t.Errorf("%.60s: %t, %v", text, got, err)
		}
	}
	if _, err := IsRecording(strings.NewReader("<html>"), ReadConfig{Name: "a.html"}); err == nil {
		t.Error("a page is told")
	}
	var foreign *ForeignError
	if _, err := Read(strings.NewReader(`{"log":{"entries":[{}]}}`), ReadConfig{Name: "x.har"}); !errors.As(err, &foreign) || !strings.Contains(err.Error(), "x.har") || !strings.Contains(err.Error(), "understudy import") {
		t.Errorf("error is %v", err)
	}
	// A tool that sorts members puts ours anywhere.
	moved := `{"log":{"entries":[{"request":{"url":"http://a.invalid/x"},"response":{},"startedDateTime":"2026-03-01T08:00:00+08:00","_understudy":{"request":{},"response":{}}}],"creator":{"name":"t"},"_understudy":{"form":1,"vendor":"a","masked":true}}}`
	r, err := Read(strings.NewReader(moved), ReadConfig{})
	if err != nil || len(r.Exchanges) != 1 || r.Tool != "t" || r.Vendor != "a" || !slices.Equal([]string{r.Exchanges[0].Request.Path}, []string{"/x"}) {
		t.Errorf("%+v, %v", r, err)
	}
}
