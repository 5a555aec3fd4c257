package mask

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"understudy/scenarios"
	"understudy/specs"
)

// TestScanPassesWhatMaskLeaves puts texts that are hard on detectors into exchanges of all contracts, in every place: of what the
// masker leaves or makes, the scan finds nothing, with the contract and without. Of what the contract tells,
// TestScanAfterMask judges.
func TestScanPassesWhatMaskLeaves(t *testing.T) {
	t.Parallel()
	for _, c := range everyContract(t) {
		t.Run(c.Vendor, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, c)
			p := persons(1)[0]
			samples := w.samples(p, 1)
			rapid.Check(t, func(t *rapid.T) {
				m, err := New(Config{Contract: c, Keep: []string{"/kept", "/*/kept"}})
				if err != nil {
					t.Fatal(err)
				}
				x := copied(rapid.SampledFrom(samples).Draw(t, "exchange").Exchange)
				x.Number = 1
				hard := hardText()
				x.Request.Body, x.Response.Body = strewn(t, x.Request.Body, hard), strewn(t, x.Response.Body, hard)
				for _, name := range []string{"q", "access_token", "unknown"} {
					x.Request.Parameters = append(x.Request.Parameters, scenarios.Parameter{In: "query", Name: name, Value: hard.Draw(t, name)})
				}
				for i := range x.Request.Parameters {
					if rapid.Bool().Draw(t, "replace") {
						x.Request.Parameters[i].Value = hard.Draw(t, "parameter")
					}
				}
				x.Response.Header = append(x.Response.Header, scenarios.Parameter{Name: "Location", Value: hard.Draw(t, "location")})
				if rapid.IntRange(0, 3).Draw(t, "form") == 0 {
					x.Response.MediaType = rapid.SampledFrom([]string{"text/html", "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"}).Draw(t, "type")
					x.Response.Body = []byte(hard.Draw(t, "raw"))
				}
				x.Session = hard.Draw(t, "session")
				before := text(x)
				if err := m.Mask(x); err != nil {
					t.Fatal(err)
				}
				r := &scenarios.Recording{Vendor: c.Vendor, Masked: true, Exchanges: []*scenarios.Exchange{x}}
				var b bytes.Buffer
				if err := r.Write(&b); err != nil {
					t.Fatal(err)
				}
				for _, known := range []*specs.Contract{nil, c} {
					leaks, err := Scan(bytes.NewReader(b.Bytes()), ScanConfig{Contract: known})
					if err != nil {
						t.Fatal(err)
					}
					// What breaks the schema is replaced by what the schema makes, which the contract alone does not tell from a datum.
					leaks = slices.DeleteFunc(leaks, func(l Leak) bool { return l.byContract })
					if len(leaks) > 0 {
						t.Fatalf("%s: %s in\n%s\nwhich was\n%s", leaks[0].Place, leaks[0].Kind, text(x), before)
					}
				}
			})
		})
	}
}

func everyContract(t *testing.T) []*specs.Contract {
	var list []*specs.Contract
	for _, vendor := range specs.Vendors() {
		list = append(list, contract(t, vendor))
	}
	c, err := specs.Parse("clinic", "clinic.yaml", []byte(clinic))
	if err != nil {
		t.Fatal(err)
	}
	return append(list, c)
}

// hardText makes texts out of what detectors look for, of what they must not take for it, and of what hides either.
func hardText() *rapid.Generator[string] {
	p := persons(3)
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{
			p[0].IDCard, p[1].Mobile, p[2].Mobile, p[0].Name, p[1].HealthCardNo, "330102900101123", "+86 138-0000-1111", "１３８００００１１１１", strings.ToLower(p[1].IDCard),
			"somebody@hospital.cn", "me@example.com", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "access_token=9f0188fe1077aa5bc30d", "sign: Q9f0188Fe1077aa5b",
			"Bearer 9f0188fe1077aa5bc30d", "token=", "Basic ", "&", "=", ":", "/", " ", "-", "%", `\`, `"`, "<", ">", "x", "a", "86", "eyJ", "\n", "http://h.example/a?", "2026-03-01 08:00:00",
		}),
		rapid.StringMatching(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-a1[3-9][0-9]{9}`), rapid.StringMatching(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-1[3-9][0-9]{9}[a-f]`),
		rapid.StringMatching(`1[3-9][0-9]{9}`), rapid.StringMatching(`[0-9]{1,20}`), rapid.StringMatching(`[0-9a-f]{24,47}`), rapid.StringMatching(`[0-9A-Za-z_-]{10,30}`),
	)
	whole := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(piece, 1, 2).Draw(t, "pieces"), "") })
	return rapid.Custom(func(t *rapid.T) string {
		text := whole.Draw(t, "text")
		switch rapid.IntRange(0, 8).Draw(t, "hide") {
		case 0:
			return base64.StdEncoding.EncodeToString([]byte(text))
		case 1:
			return hex.EncodeToString([]byte(text))
		case 2:
			return url.QueryEscape(text)
		case 3:
			return strings.Trim(strconv.QuoteToASCII(text), `"`)
		case 4:
			raw, _ := json.Marshal(map[string]any{"kept": text, "name": []any{text}})
			return string(raw)
		}
		return text
	})
}

// strewn puts hard texts in the place of some values of a JSON text, and some members more.
func strewn(t *rapid.T, body []byte, hard *rapid.Generator[string]) []byte {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return body
	}
	var walk func(v any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				v[name] = walk(v[name])
			}
			if rapid.IntRange(0, 4).Draw(t, "more") == 0 {
				v["kept"], v[hard.Draw(t, "name")] = hard.Draw(t, "kept"), hard.Draw(t, "stray")
			}
			return v
		case []any:
			for i := range v {
				v[i] = walk(v[i])
			}
			return v
		case string:
			if rapid.IntRange(0, 2).Draw(t, "replace") == 0 {
				return hard.Draw(t, "text")
			}
		case float64:
			if rapid.IntRange(0, 2).Draw(t, "replace") == 0 {
				return json.Number(rapid.StringMatching(`1[3-9][0-9]{9}`).Draw(t, "number"))
			}
		}
		return v
	}
	out, err := json.Marshal(walk(v))
	if err != nil {
		t.Fatal(err)
	}
	return out
}
