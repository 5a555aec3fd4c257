package mask

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"understudy/scenarios"
	"understudy/specs"
)

// TestNobodyIsLeft masks exchanges of every operation of every bundled contract with persons in the marked places, and free
// texts about them in every encoding, and looks for all of them in one search.
func TestNobodyIsLeft(t *testing.T) {
	t.Parallel()
	for _, vendor := range specs.Vendors() {
		t.Run(vendor, func(t *testing.T) {
			t.Parallel()
			c := contract(t, vendor)
			w := newWorld(t, c)
			m, err := New(Config{Contract: c})
			if err != nil {
				t.Fatal(err)
			}
			all := persons(howMany())
			before, masked, valid := 0, 0, 0
			// Making values takes long: a few of each operation, and all persons in turn.
			samples := w.samples(all[0], 1)
			for i, p := range all {
				if i > 0 {
					samples = w.samples(p, int64(i%20))
				}
				for _, x := range samples {
					masked++
					if left(text(x.Exchange)) != "" {
						before++
					}
					if err := m.Mask(x.Exchange); err != nil {
						t.Fatal(err)
					}
					if what := left(text(x.Exchange)); what != "" {
						t.Fatalf("%s: %s is left", x.Operation, what)
					}
					for _, one := range []struct {
						side
						contentType string
						text        []byte
					}{{x.request, x.Request.MediaType, x.Request.Body}, {x.reply, x.Response.MediaType, x.Response.Body}} {
						if one.schema == nil {
							continue
						}
						valid++
						if n := w.violations(one.side, one.contentType, one.text); n > 0 {
							t.Fatalf("%s: the masked body breaks the contract: %+v", x.Operation, n)
						}
					}
				}
			}
			if masked == 0 || valid == 0 {
				t.Fatalf("%d exchanges were masked and %d bodies judged", masked, valid)
			}
			if vendor != "mytijian" && before == 0 {
				t.Error("no exchange had anybody in it")
			}
		})
	}
}

// TestFreeText hides persons in texts that the contract describes and does not mark, of whom a marked place has told the name.
func TestFreeText(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("clinic", "clinic.yaml", []byte(clinic))
	if err != nil {
		t.Fatal(err)
	}
	all := persons(howMany())
	m, err := New(Config{Contract: c})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range all {
		// Whoever is told, is told of by all the ways in which a text may be hidden.
		for j, form := range hidings() {
			if len(all) > 500 && j != i%len(hidings()) {
				continue // each of many in one way
			}
			x := &scenarios.Exchange{Operation: "visit", Request: scenarios.Request{
				Method: "POST", Path: "/visits/" + p.IDCard, MediaType: "application/json",
				Parameters: []scenarios.Parameter{{In: "query", Name: "q", Value: "find " + p.Mobile}, {In: "query", Name: "unknown", Value: p.Name}},
				Body: fmt.Appendf(nil, `{"name":%q,"card":%q,"token":%q,"number":%q,"health":%q,"note":%q,"%s":1,"more":{"a":%q,"b":[%s]}}`,
					p.Name, p.IDCard, datumOf("token", p), datumOf("person-id", p), p.HealthCardNo, form(p), p.IDCard, p.Name+"的电话", p.Mobile),
			}, Response: scenarios.Response{
				Status: 200, Outcome: scenarios.OutcomeOK, MediaType: "application/json", Body: fmt.Appendf(nil, `{"note":%q}`, form(p)),
				Header: []scenarios.Parameter{{Name: "Location", Value: "/visits/" + p.IDCard + "?access_token=" + datumOf("token", p)}},
			}}
			if err := m.Mask(x); err != nil {
				t.Fatal(err)
			}
			if what := left(text(x)); what != "" {
				t.Fatalf("person %d, hiding %d: %s is left in\n%s", i, j, what, text(x))
			}
		}
	}
}

// hidings write a text about a person in all the ways that are looked through.
func hidings() []func(p personOf) string {
	plain := func(p personOf) string {
		return "患者" + p.Name + "（" + p.IDCard + "），电话 " + p.Mobile + "，卡 " + p.HealthCardNo + "，号 " + datumOf("person-id", p) + " token=" + datumOf("token", p)
	}
	list := []func(p personOf) string{plain}
	for _, hide := range []func(string) string{
		func(s string) string { return hex.EncodeToString([]byte(s)) },
		func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
		func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
		url.QueryEscape,
		url.PathEscape,
		func(s string) string { return strings.Trim(strconv.QuoteToASCII(s), `"`) },
	} {
		list = append(list, func(p personOf) string { return "see " + hide(plain(p)) + " there" }, func(p personOf) string { return hide(p.Name) })
	}
	list = append(list,
		func(p personOf) string { return `{"patient":{"name":"` + p.Name + `","id":"` + p.IDCard + `"}}` },
		func(p personOf) string { return p.IDCard[:6] + " " + p.IDCard[6:14] + " " + p.IDCard[14:] },
		func(p personOf) string { return "+86 " + p.Mobile[:3] + "-" + p.Mobile[3:7] + "-" + p.Mobile[7:] },
		func(p personOf) string { return strings.ToLower(p.IDCard) + "," + p.Name },
		func(p personOf) string {
			return "<p>" + p.Name + "</p><a href='tel:" + p.Mobile + "'>" + p.IDCard + "</a>"
		},
	)
	return list
}

// TestOutsideTheContract takes away all that a page says, and leaves what it is.
func TestOutsideTheContract(t *testing.T) {
	t.Parallel()
	m, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ mediaType, in, want string }{
		{"text/html", "<html><head><title>502 Bad Gateway</title></head><body><h1>Sorry, 张三 13800001111</h1></body></html>",
			"<html><head><title>502 Bad Gateway</title></head><body><h1>Xxxxx, 某某 00000000000</h1></body></html>"},
		{"text/html", `<a href="/users/13800001111?n=张">x</a>`, `<a href="/xxxxx/00000000000?x=某">x</a>`},
		{"text/html", `<a href=/u/13800001111>tel</a>`, `<x xxxx=/x/00000000000>xxx</a>`},
		{"text/html", `<13800001111>`, `<00000000000>`},
		{"text/plain", "upstream 10.1.2.3 failed", "xxxxxxxx 00.0.0.0 xxxxxx"},
		{"image/png", "\x89PNG\x00\xff", "xxxxxx"},
		{"application/json", `{"a": "张三丰", "b": 12.50, "c": null, "d": true, "e": [1e3]}`, ""},
		{"application/json", `{"a": "张三丰", "b": "13800001111`, ""},
	} {
		x := &scenarios.Exchange{Response: scenarios.Response{Status: 502, Outcome: scenarios.OutcomeUnexplained, MediaType: test.mediaType, Body: []byte(test.in)}}
		if err := m.Mask(x); err != nil {
			t.Fatal(err)
		}
		got := string(x.Response.Body)
		if test.want != "" && got != test.want {
			t.Errorf("%s: got %s, want %s", test.in, got, test.want)
		}
		for _, datum := range []string{"张三", "13800001111"} {
			if strings.Contains(got, datum) {
				t.Errorf("%s is left in %s", datum, got)
			}
		}
		if len(got) != len(test.in) && test.mediaType != "application/json" {
			t.Errorf("%s has another length than %s", got, test.in)
		}
	}
}

const clinic = `openapi: 3.1.0
x-understudy: 1
info: {title: Clinic, version: "1"}
paths:
  /visits/{card}:
    post:
      operationId: visit
      parameters:
        - {name: card, in: path, required: true, schema: {type: string, format: cn-id-card}}
        - {name: q, in: query, schema: {type: string}}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                name: {type: string, x-sensitive: name}
                card: {type: string, x-sensitive: id-card}
                token: {type: string, x-sensitive: token}
                number: {type: string, x-sensitive: person-id}
                health: {type: string, x-sensitive: health-card}
                note: {type: string}
                kind: {type: string, enum: [first, second]}
                amount: {type: number}
                when: {type: string, format: date-time}
      responses:
        "200":
          description: fine
          headers:
            Location: {schema: {type: string}}
          content:
            application/json:
              schema: {type: object, properties: {note: {type: string}, id: {type: string}, born: {type: string, x-sensitive: birth-date}, card: {type: string, x-sensitive: id-card}}}
        "401": {description: no}
`
