package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func sampleRecording() *Recording {
	at := time.Date(2026, 3, 1, 8, 30, 0, 125_000_000, time.UTC)
	return &Recording{
		Vendor: "pets", Title: "宠物 <API>", ContractVersion: "1.0", Tool: "understudy", ToolVersion: "0.1", Made: at, Upstream: "https://pets.example.com",
		Readings: map[string]string{"Z-30": "strict", "A-01": "loose"}, Masked: true,
		Fingerprints: map[string]Fingerprint{"addPet": {"a", "b", "c"}, "readPet": {"d", "e", "f"}},
		Exchanges: []*Exchange{
			{
				Number: 1, At: at, Took: 12_345 * time.Microsecond, Operation: "addPet", Session: "s",
				Request: Request{
					Method: "POST", Path: "/api/pets", Parameters: []Parameter{{"query", "dry run", "yes&no"}, {"query", "dry run", ""}, {"header", "X-Trace", "<1>"}, {"cookie", "c", "d"}},
					MediaType: "application/json", Body: []byte(`{"name": "旺财", "tag": "<b>"}`),
					Wire: Wire{Seal: SealOpened, Encoding: "base64", Carrier: "form", Field: "data", Label: "text/plain", Signed: Valid, Digest: "md5", Credential: Valid, Form: []string{"form", "query"}, Bytes: 88},
				},
				Response: Response{
					Status: 200, Header: []Parameter{{"", "Content-Type", "application/json"}, {"", "Location", "/pets/1"}}, MediaType: "application/json",
					Body: []byte(`{"id": 1}`), Wire: Wire{Seal: SealPlain}, Outcome: OutcomeVendorError, Error: "busy",
				},
			},
			{
				Number: 2, At: at.Add(time.Second), Clock: at.AddDate(1, 0, 0), Callback: "addPet/added/post",
				Request:  Request{Method: "POST", Path: "/hook", MediaType: "application/x-www-form-urlencoded", Body: []byte("a=%E4%BD%A0&b=+c")},
				Response: Response{Broken: BrokenReset, Outcome: OutcomeBroken},
			},
			{
				Number: 4, At: at.Add(2 * time.Second), Operation: "readPet",
				Request:  Request{Method: "PUT", Path: "/api/pets/%E4%BD%A0", MediaType: "image/png", Body: []byte("\x89PNG\x00")},
				Response: Response{Status: 502, MediaType: "text/html", Body: []byte("\xff\xfe"), Outcome: OutcomeUnexplained},
			},
		},
	}
}

const sampleText = `{
  "log": {
    "version": "1.2",
    "creator": {
      "name": "understudy",
      "version": "0.1"
    },
    "_understudy": {
      "form": 1,
      "vendor": "pets",
      "title": "宠物 <API>",
      "version": "1.0",
      "made": "2026-03-01T08:30:00.125Z",
      "upstream": "https://pets.example.com",
      "masked": true,
      "readings": {
        "A-01": "loose",
        "Z-30": "strict"
      },
      "fingerprints": {
        "addPet": {
          "schema": "a",
          "wire": "b",
          "errors": "c"
        },
        "readPet": {
          "schema": "d",
          "wire": "e",
          "errors": "f"
        }
      }
    },
    "entries": [
      {
        "_understudy": {
          "operation": "addPet",
          "session": "s",
          "request": {
            "wire": {
              "seal": "opened",
              "encoding": "base64",
              "carrier": "form",
              "field": "data",
              "label": "text/plain",
              "signed": "valid",
              "digest": "md5",
              "credential": "valid",
              "form": [
                "form",
                "query"
              ],
              "bytes": 88
            }
          },
          "response": {
            "outcome": "vendor-error",
            "error": "busy",
            "wire": {
              "seal": "plain"
            }
          }
        },
        "startedDateTime": "2026-03-01T08:30:00.125Z",
        "time": 12.345,
        "request": {
          "method": "POST",
          "url": "https://pets.example.com/api/pets?dry+run=yes%26no&dry+run=",
          "httpVersion": "HTTP/1.1",
          "cookies": [
            {"name":"c","value":"d"}
          ],
          "headers": [
            {"name":"X-Trace","value":"<1>"}
          ],
          "queryString": [
            {"name":"dry run","value":"yes&no"},
            {"name":"dry run","value":""}
          ],
          "postData": {
            "mimeType": "application/json",
            "text": "{\"name\": \"旺财\", \"tag\": \"<b>\"}"
          },
          "headersSize": -1,
          "bodySize": 32
        },
        "response": {
          "status": 200,
          "statusText": "OK",
          "httpVersion": "HTTP/1.1",
          "cookies": [],
          "headers": [
            {"name":"Content-Type","value":"application/json"},
            {"name":"Location","value":"/pets/1"}
          ],
          "content": {
            "size": 9,
            "mimeType": "application/json",
            "text": "{\"id\": 1}"
          },
          "redirectURL": "/pets/1",
          "headersSize": -1,
          "bodySize": 9
        },
        "cache": {},
        "timings": {
          "send": 0,
          "wait": 12.345,
          "receive": 0
        }
      },
`

func written(tb testing.TB, r *Recording) string {
	tb.Helper()
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func TestARecordingIsPlainHAR(t *testing.T) {
	t.Parallel()
	text := written(t, sampleRecording())
	if !strings.HasPrefix(text, sampleText) {
		t.Errorf("the file begins otherwise: %s", cmp.Diff(sampleText, text[:min(len(text), len(sampleText))]))
	}
	for _, part := range []string{
		`"url": "http://client.invalid/hook"`, `{"name":"a","value":"你"},`, `"text": "a=%E4%BD%A0&b=+c"`, `"status": 0,`, `"number": 4,`, `"clock": "2027-03-01T08:30:00.125Z"`,
		`"text": "iVBORwA=",` + "\n" + `            "_encoding": "base64"`, `"text": "//4=",` + "\n" + `            "encoding": "base64"`, `"mimeType": "x-unknown"`,
	} {
		if !strings.Contains(text, part) {
			t.Errorf("%s is not there", part)
		}
	}
	if !json.Valid([]byte(text)) || text != written(t, sampleRecording()) {
		t.Error("the bytes are not those of before, or no JSON")
	}
	var all map[string]any
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	holdToHAR(t, all)
	r, err := Read(strings.NewReader(text), ReadConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sampleRecording(), r); diff != "" {
		t.Error(diff)
	}
}

// holdToHAR looks for what HAR 1.2 requires of each object.
func holdToHAR(t *testing.T, file map[string]any) {
	t.Helper()
	need := func(place string, v any, names ...string) map[string]any {
		object, _ := v.(map[string]any)
		for _, name := range names {
			if object[name] == nil {
				t.Errorf("%s.%s is not there", place, name)
			}
		}
		return object
	}
	log := need("log", file["log"], "version", "creator", "entries")
	need("creator", log["creator"], "name", "version")
	entries, _ := log["entries"].([]any)
	if len(entries) == 0 {
		t.Fatal("there are no entries")
	}
	for i, one := range entries {
		at := fmt.Sprintf("entries[%d]", i)
		e := need(at, one, "startedDateTime", "time", "request", "response", "cache", "timings")
		request := need(at+".request", e["request"], "method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize")
		if request["postData"] != nil {
			need(at+".postData", request["postData"], "mimeType", "text")
		}
		response := need(at+".response", e["response"], "status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL", "headersSize", "bodySize")
		need(at+".content", response["content"], "size", "mimeType")
		need(at+".timings", e["timings"], "send", "wait", "receive")
	}
}

// TestEveryFieldIsKept fills every field there is with something, so that one that is added later is not forgotten.
func TestEveryFieldIsKept(t *testing.T) {
	t.Parallel()
	r := &Recording{}
	n := 0
	fill(t, reflect.ValueOf(r).Elem(), &n)
	x := r.Exchanges[0]
	x.Request.Wire.Seal, x.Response.Wire.Seal, x.Response.Outcome, x.Response.Broken = SealOpened, SealPlain, OutcomeOK, BrokenReset
	if n < 40 {
		t.Fatalf("%d fields were filled", n)
	}
	got, err := Read(strings.NewReader(written(t, r)), ReadConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, got); diff != "" {
		t.Error(diff)
	}
}

func fill(t *testing.T, v reflect.Value, n *int) {
	t.Helper()
	*n++
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2026, 1, 1, 0, 0, *n, 0, time.UTC)))
			return
		}
		for i := range v.NumField() {
			fill(t, v.Field(i), n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0), n)
	case reflect.Map:
		one := reflect.New(v.Type().Elem()).Elem()
		fill(t, one, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("k"), one)
	case reflect.String:
		v.SetString(fmt.Sprint("v", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(int64(*n))
	case reflect.Int64:
		v.SetInt(int64(*n) * int64(time.Millisecond))
	case reflect.Uint8:
		v.SetUint(uint64('0' + *n%10))
	default:
		t.Fatalf("nothing is known of %s", v.Type())
	}
}

func TestTimesAreKeptToTheMillisecond(t *testing.T) {
	t.Parallel()
	beijing := time.FixedZone("UTC+8", 8*3600)
	x := &Exchange{Number: 1, At: time.Date(2026, 3, 1, 8, 0, 0, 1_999_999, beijing), Took: 1_234_567, Clock: time.Date(2026, 3, 1, 8, 0, 0, 0, beijing)}
	early := &Exchange{Number: 2, At: time.Time{}, Took: -time.Second}
	r, err := Read(strings.NewReader(written(t, &Recording{Exchanges: []*Exchange{x, early}})), ReadConfig{})
	if err != nil {
		t.Fatal(err)
	}
	got := r.Exchanges[0]
	if !got.At.Equal(x.At.Truncate(time.Millisecond)) || got.Took != 1234*time.Microsecond || !got.Clock.Equal(x.Clock) || got.At.Location() != time.UTC {
		t.Errorf("%v %v %v", got.At, got.Took, got.Clock)
	}
	if got = r.Exchanges[1]; !got.At.IsZero() || got.Took != 0 || !got.Clock.IsZero() {
		t.Errorf("%v %v %v", got.At, got.Took, got.Clock)
	}
}

func TestWhatJSONCannotHold(t *testing.T) {
	t.Parallel()
	for name, list := range map[string][]Parameter{
		"bytes in a header":   {{"header", "X-Name", "\xc4\xe3"}},
		"bytes in a cookie":   {{"cookie", "\xc4\xe3", "a"}},
		"bytes in the query":  {{"query", "name", "\xc4\xe3"}},
		"another order":       {{"header", "A", "1"}, {"query", "b", "2"}, {"header", "A", "3"}},
		"a field of a form":   {{"form", "a", "b"}},
		"a place of no name":  {{"", "a", "b"}},
		"a query of no names": {{"query", "", ""}, {"query", "", "="}},
	} {
		want := []*Exchange{{Number: 1, Request: Request{Method: "GET", Path: "/a", Parameters: list}}}
		r, err := Read(strings.NewReader(written(t, &Recording{Exchanges: want})), ReadConfig{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, r.Exchanges); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestAFormByItsFields: whoever changes a recording by hand may leave the text of a form out.
func TestAFormByItsFields(t *testing.T) {
	t.Parallel()
	text := strings.Replace(written(t, sampleRecording()), `"text": "a=%E4%BD%A0&b=+c"`, `"text": ""`, 1)
	r, err := Read(strings.NewReader(text), ReadConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if got := string(r.Exchanges[1].Request.Body); got != "a=%E4%BD%A0&b=+c" {
		t.Errorf("the body is %s", got)
	}
}

// TestNothingIsLost writes and reads whatever an exchange may hold.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := recordings().Draw(t, "recording")
		var b bytes.Buffer
		if err := r.Write(&b); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		if !json.Valid(b.Bytes()) {
			t.Fatalf("no JSON: %s", text)
		}
		got, err := Read(&b, ReadConfig{})
		if err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		if diff := cmp.Diff(r, got); diff != "" {
			t.Fatalf("%s\n%s", diff, text)
		}
		b.Reset()
		if err := got.Write(&b); err != nil || b.String() != text {
			t.Fatalf("the second time it is other bytes: %v", err)
		}
	})
}

func recordings() *rapid.Generator[*Recording] {
	text := rapid.OneOf(rapid.Just(""), rapid.String(), rapid.SampledFrom([]string{"<a&b>", "\u2028", "x-unknown", "/a?b#c", "application/json", "application/x-www-form-urlencoded", "\"\\"}))
	raw := rapid.OneOf(text, rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
	body := rapid.Map(raw, func(s string) []byte {
		if s == "" {
			return nil
		}
		return []byte(s)
	})
	instant := rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "no time") {
			return time.Time{}
		}
		return time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "ms")).UTC()
	})
	parameter := func(in ...string) *rapid.Generator[Parameter] {
		return rapid.Custom(func(t *rapid.T) Parameter {
			return Parameter{rapid.SampledFrom(in).Draw(t, "in"), raw.Draw(t, "name"), raw.Draw(t, "value")}
		})
	}
	list := func(t *rapid.T, one *rapid.Generator[Parameter]) []Parameter {
		all := rapid.SliceOfN(one, 0, 4).Draw(t, "list")
		if len(all) == 0 {
			return nil
		}
		return all
	}
	wire := rapid.Custom(func(t *rapid.T) Wire {
		w := Wire{
			Seal: rapid.SampledFrom([]string{"", SealOpened, SealPlain, SealUnopened}).Draw(t, "seal"), Encoding: text.Draw(t, "encoding"), Carrier: text.Draw(t, "carrier"),
			Field: text.Draw(t, "field"), Label: text.Draw(t, "label"), Signed: text.Draw(t, "signed"), Digest: text.Draw(t, "digest"), Credential: text.Draw(t, "credential"),
			Bytes: rapid.IntRange(0, 1000).Draw(t, "bytes"), Unkept: rapid.Bool().Draw(t, "unkept"),
		}
		if rapid.Bool().Draw(t, "form") {
			w.Form = []string{text.Draw(t, "place")}
		}
		return w
	})
	exchange := rapid.Custom(func(t *rapid.T) *Exchange {
		return &Exchange{
			Number: rapid.IntRange(-1, 3).Draw(t, "number"), At: instant.Draw(t, "at"), Clock: instant.Draw(t, "clock"),
			Took:      time.Duration(rapid.Int64Range(0, 1e10).Draw(t, "took")) * time.Microsecond,
			Operation: text.Draw(t, "operation"), Callback: text.Draw(t, "callback"), Session: text.Draw(t, "session"),
			Request: Request{
				Method: text.Draw(t, "method"), Path: rapid.OneOf(text, rapid.Just("/a/b%20c")).Draw(t, "path"), MediaType: text.Draw(t, "media"), Body: body.Draw(t, "body"), Wire: wire.Draw(t, "wire"),
				Parameters: list(t, parameter("query", "query", "header", "cookie", "path", "form", "")),
			},
			Response: Response{
				Status: rapid.IntRange(0, 999).Draw(t, "status"), MediaType: text.Draw(t, "reply media"), Body: body.Draw(t, "reply"), Wire: wire.Draw(t, "reply wire"), Error: text.Draw(t, "error"),
				Outcome: rapid.SampledFrom([]string{"", OutcomeOK, OutcomeVendorError, OutcomeUnexplained, OutcomeBroken}).Draw(t, "outcome"),
				Broken:  rapid.SampledFrom([]string{"", BrokenReset, BrokenTimeout, BrokenTruncated, BrokenRefused}).Draw(t, "broken"), Header: list(t, parameter("", "", "header")),
			},
		}
	})
	words := rapid.Custom(func(t *rapid.T) map[string]string {
		m := rapid.MapOfN(text, text, 0, 3).Draw(t, "map")
		if len(m) == 0 {
			return nil
		}
		return m
	})
	return rapid.Custom(func(t *rapid.T) *Recording {
		r := &Recording{
			Vendor: text.Draw(t, "vendor"), Title: text.Draw(t, "title"), ContractVersion: text.Draw(t, "version"), Tool: text.Draw(t, "tool"), ToolVersion: text.Draw(t, "tool version"),
			Made: instant.Draw(t, "made"), Upstream: rapid.OneOf(text, rapid.SampledFrom([]string{"https://a.test:8443", "http://a.test/base/", "http://"})).Draw(t, "upstream"),
			Readings: words.Draw(t, "readings"), Masked: rapid.Bool().Draw(t, "masked"), Exchanges: rapid.SliceOfN(exchange, 0, 3).Draw(t, "exchanges"),
		}
		if len(r.Exchanges) == 0 {
			r.Exchanges = nil
		}
		for key := range r.Readings {
			if r.Fingerprints == nil {
				r.Fingerprints = map[string]Fingerprint{}
			}
			r.Fingerprints[key] = Fingerprint{text.Draw(t, "schema"), text.Draw(t, "wire"), text.Draw(t, "errors")}
		}
		return r
	})
}

func TestWhatOfARecordingCannotBeRead(t *testing.T) {
	t.Parallel()
	good := written(t, sampleRecording())
	for name, tt := range map[string]struct{ from, to, want string }{
		"no time":              {`"startedDateTime": "2026-03-01T08:30:00.125Z"`, `"startedDateTime": "yesterday"`, "entry 1 of x.har, at byte "},
		"no clock":             {`"clock": "2027-03-01T08:30:00.125Z"`, `"clock": "noon"`, "entry 2 of x.har"},
		"an unknown member":    {`"operation": "addPet"`, `"operatoin": "addPet"`, `unknown field "operatoin"`},
		"a wrong type":         {`"operation": "addPet"`, `"operation": 7`, "operation has the wrong type: it is a JSON number"},
		"an unknown outcome":   {`"outcome": "vendor-error"`, `"outcome": "fine"`, "entry 1 of x.har"},
		"an unknown break":     {`"broken": "reset"`, `"broken": "rest"`, "broken is none of reset"},
		"an unknown seal":      {`"seal": "plain"`, `"seal": "open"`, "response: wire.seal is none of"},
		"no base64":            {`"text": "iVBORwA="`, `"text": "iVBORw"`, "entry 3 of x.har, at byte "},
		"an unknown encoding":  {`"_encoding": "base64"`, `"_encoding": "hex"`, "the encoding of the body is not base64"},
		"no address":           {`"url": "http://client.invalid/hook"`, `"url": "/hook"`, "url is none with a host"},
		"no request":           {`"request": {` + "\n" + `          "method": "PUT"`, `"r": {"method": "PUT"`, "it lacks its request or its response"},
		"a stranger among it":  {`"_understudy": {` + "\n" + `          "number": 4,`, `"_other": {"number": 4,`, "entry 3 of x.har, at byte "},
		"an unknown head":      {`"masked": true`, `"maksed": true`, `unknown field "maksed"`},
		"a time of the head":   {`"made": "2026`, `"made": "26`, "made is no time"},
		"not UTF-8":            {"旺财", "\xcd\xfa", "invalid UTF-8"},
		"a status beyond HTTP": {`"status": 502`, `"status": 50200`, "status is none of HTTP"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(good, tt.from, tt.to, 1)
			if text == good {
				t.Fatalf("%s is not there", tt.from)
			}
			_, err := Read(strings.NewReader(text), ReadConfig{Name: "x.har"})
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "x.har") {
				t.Errorf("error is %v\nwant %s", err, tt.want)
			}
		})
	}
	for n := 0; n < len(good)-1; n += 1 + n%9 { // without the line's end the file is whole
		if _, err := Read(strings.NewReader(good[:n]), ReadConfig{}); err == nil {
			t.Fatalf("cut at byte %d it can be read", n)
		}
	}
	if err := (&Recording{Exchanges: []*Exchange{nil}}).Write(&bytes.Buffer{}); err == nil {
		t.Error("a nil exchange is written")
	}
}
