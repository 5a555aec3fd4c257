package mask

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"understudy/scenarios"
	"understudy/specs"
)

// TestOddPlaces has data where a schema, a format or a parser might let them pass.
func TestOddPlaces(t *testing.T) {
	t.Parallel()
	const mobile = "13857119042"
	plain := "甲乙丙 " + mobile
	twice := base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte(plain))))
	for name, test := range map[string]struct{ mediaType, in string }{
		"a text that is none of the list":  {"application/json", `{"sex":"` + mobile + `"}`},
		"a list under the name of secrets": {"application/json", `{"note":"{\"token\":[\"9f0188fe1077aa5bc30d\"]}"}`},
		"declarations of XML":              {"application/xml", `<!DOCTYPE r [<!ENTITY p "` + plain + `">]><person><note>x</note></person>`},
		"instructions of XML":              {"application/xml", `<person><?p ` + plain + `?></person>`},
		"namespaces of XML":                {"application/xml", `<person xmlns:a="` + mobile + `"></person>`},
		"names of elements":                {"application/xml", `<person><n` + mobile + `>x</n` + mobile + `></person>`},
		"text without an element":          {"application/xml", plain},
		"a media type":                     {"text/x" + mobile, "x"},
		"a message that is encoded":        {"application/json", `{"box":{"a":"` + hex.EncodeToString([]byte(plain)) + `"}}`},
		"percent twice":                    {"application/json", `{"note":"` + url.QueryEscape(strings.ReplaceAll(mobile, "3", "%33")) + `"}`},
		"Base64 twice":                     {"application/json", `{"note":"` + twice + `"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := of(test.mediaType, test.in)
			if err := masker(t, Config{}).Mask(x); err != nil {
				t.Fatal(err)
			}
			got := x.Request.MediaType + " " + string(x.Request.Body)
			for _, datum := range []string{
				mobile, "甲乙", hex.EncodeToString([]byte("甲乙丙 ")), "%2533", twice, "9f0188fe1077aa5bc30d",
			} {
				if strings.Contains(got, datum) {
					t.Errorf("%s is left in %s", datum, got)
				}
			}
			if test.mediaType == "application/json" && !json.Valid(x.Request.Body) {
				t.Errorf("it became %s", got)
			}
		})
	}
}

// TestShortIDs: the id of an organization that stands within what is marked is not looked for in other places; a long number is.
func TestShortIDs(t *testing.T) {
	t.Parallel()
	m := masker(t, Config{})
	got := masked(t, m, "application/json", `{"ids":{"a":"org-001","b":"91330100-777"},"note":"of org-001 and 91330100-777"}`)
	if !strings.Contains(got, "of org-001 and ") || strings.Contains(got, "91330100-777") || strings.Contains(got, `"a":"org-001"`) {
		t.Errorf("got %s", got)
	}
}

// TestKeepNamesWithSlashes: names stand escaped in pointers (RFC 6901).
func TestKeepNamesWithSlashes(t *testing.T) {
	t.Parallel()
	m := masker(t, Config{Keep: []string{"/a~1b/c~0d"}})
	if got := masked(t, m, "application/json", `{"a/b":{"c~d":"kept","e":"gone"}}`); !strings.Contains(got, `"kept"`) || strings.Contains(got, "gone") {
		t.Errorf("got %s", got)
	}
}

// TestDigitsBehindAPercentSign: to a form they are an escape, to whoever reads the text a number.
func TestDigitsBehindAPercentSign(t *testing.T) {
	t.Parallel()
	c, err := specs.Load("weixiao")
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(Config{Contract: c})
	if err != nil {
		t.Fatal(err)
	}
	const number = "13800001111"
	for _, body := range []string{"%" + number, "project=%" + number + "&url=a", "%" + number + "=b"} {
		x := &scenarios.Exchange{Operation: "addPushProject", Request: scenarios.Request{Method: "POST", Path: "/wx/push/addPushProject", MediaType: formType, Body: []byte(body)}, Response: scenarios.Response{Status: 200, Outcome: scenarios.OutcomeOK}}
		if err := m.Mask(x); err != nil || strings.Contains(string(x.Request.Body), number) {
			t.Errorf("%s became %s, %v", body, x.Request.Body, err)
		}
	}
}
