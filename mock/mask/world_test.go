package mask

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"understudy/mock/internal/detect"
	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/media"
	"understudy/mock/internal/schema"
	"understudy/scenarios"
	"understudy/specs"
)

// contract is a bundled one.
func contract(tb testing.TB, vendor string) *specs.Contract {
	tb.Helper()
	c, err := specs.Load(vendor)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// persons are invented, with a token each.
func persons(n int) []fake.Person {
	list := make([]fake.Person, n)
	for i := range list {
		list[i] = fake.New(7, "person", strconv.Itoa(i)).Person(fake.PersonOptions{})
	}
	return list
}

func howMany() int {
	if os.Getenv("UNDERSTUDY_LONG") != "" {
		return 10_000
	}
	return 200
}

// datumOf is what stands in a marked place for a person.
func datumOf(kind string, p fake.Person) string {
	switch kind {
	case "name":
		return p.Name
	case "id-card":
		return p.IDCard
	case "mobile":
		return p.Mobile
	case "birth-date":
		return p.Birth.Format("2006-01-02")
	case "health-card":
		return p.HealthCardNo
	case "person-id":
		return "U" + p.Mobile[3:] + p.IDCard[14:17]
	case "message":
		return p.Name + "您好，您的证件 " + p.IDCard + " 已登记，回电 " + p.Mobile
	case "token", "secret":
		return base64.RawURLEncoding.EncodeToString([]byte(p.HealthCardNo[:24]))
	}
	return ""
}

// canaries are the texts of a person that no masked exchange may have.
func canaries(p fake.Person) []string {
	return []string{p.Name, p.IDCard, p.Mobile, p.HealthCardNo, datumOf("person-id", p), datumOf("token", p)}
}

// forms are the ways in which a text may be hidden.
func forms(text string) []string {
	all := []string{text, hex.EncodeToString([]byte(text)), strings.ToUpper(hex.EncodeToString([]byte(text)))}
	// Base64 has three ways to write what stands within something longer: whole characters alone are looked for.
	for shift := range 3 {
		raw := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + text))
		if rest := (shift + len(text)) % 3; rest != 0 {
			raw = raw[:len(raw)-1]
		}
		from := int(math.Ceil(float64(shift) * 8 / 6))
		if len(raw)-from >= 6 {
			all = append(all, raw[from:])
		}
	}
	if escaped := url.QueryEscape(text); escaped != text {
		all = append(all, escaped, strings.ToLower(escaped))
	}
	var unicode strings.Builder
	for _, r := range text {
		fmt.Fprintf(&unicode, `\u%04x`, r)
	}
	if quoted := strings.Trim(strconv.QuoteToASCII(text), `"`); quoted != text {
		all = append(all, quoted)
	}
	return append(all, unicode.String())
}

// left says which datum of whom is left in a text, "" for none. All are looked for in one search. A row of digits counts where no
// other digit stands beside it: in the middle of a longer number, such as a day of birth and what follows it, chance makes
// somebody's now and then.
func left(text string) string {
	j, first := judging(), ""
	j.search.Each(text, func(h detect.Hit) bool {
		if datum := text[h.Start:h.End]; len(datum) > longestNumber || strings.Trim(datum, digits) != "" || !beside(text, h.Start-1) && !beside(text, h.End) {
			first = j.what[h.Text]
		}
		return first == ""
	})
	return first
}

const digits = "0123456789"

// longestNumber is how long a person's number is as it stands; longer rows of digits are hexadecimal.
const longestNumber = 18

func beside(text string, i int) bool {
	return i >= 0 && i < len(text) && strings.IndexByte(digits, text[i]) >= 0
}

type judgement struct {
	search *detect.Search
	what   []string
}

var judging = sync.OnceValue(func() judgement {
	search, what := searchFor(persons(howMany()))
	return judgement{search, what}
})

func searchFor(list []fake.Person) (*detect.Search, []string) {
	var texts, what []string
	for i, p := range list {
		for j, text := range canaries(p) {
			for k, form := range forms(text) {
				texts = append(texts, form)
				what = append(what, fmt.Sprintf("person %d, datum %d, form %d", i, j, k))
			}
		}
	}
	return detect.NewSearch(texts), what
}

// world makes exchanges of every operation of a contract, with persons in the marked places.
type world struct {
	*testing.T
	contract  *specs.Contract
	set       *schema.Set
	generator *generate.Generator
}

func newWorld(t *testing.T, c *specs.Contract) *world {
	set := schema.NewSet(c)
	return &world{t, c, set, generate.New(c, set)}
}

// side is one body with what it has to be valid under.
type side struct {
	media  *specs.MediaType
	schema *schema.Schema
}

func (w *world) body(m *specs.MediaType, view schema.View, p fake.Person, seed int64) ([]byte, string, side, bool) {
	if m.Schema == "" {
		return nil, "", side{}, false
	}
	v, err := w.generator.Value(m.Schema, fake.New(seed), generate.Options{View: view, Optional: generate.All, Dynamic: true})
	if err != nil {
		w.Fatal(err)
	}
	compiled, err := w.set.CompileView(m.Schema, view)
	if err != nil {
		w.Fatal(err)
	}
	v = compiled.Sensitive(v, func(kind string, v any) any {
		text := datumOf(kind, p)
		if old, ok := v.(string); ok && text != "" && !strings.HasPrefix(old, "{") && !strings.HasPrefix(old, "[") {
			return text
		}
		return v
	})
	text, contentType, err := media.Encode(m, compiled, v)
	if err != nil {
		w.Fatal(err)
	}
	s := side{m, compiled}
	return text, contentType, s, w.violations(s, contentType, text) == 0
}

func (w *world) violations(s side, contentType string, text []byte) int {
	w.Helper()
	v, err := media.Decode(s.media, s.schema, contentType, text)
	if err != nil {
		w.Fatalf("%v", err)
	}
	return len(s.schema.Validate(v))
}

// sample is an exchange with what its bodies have to be valid under.
type sample struct {
	*scenarios.Exchange
	request, reply side
}

func (w *world) samples(p fake.Person, seed int64) []sample {
	var list []sample
	for _, op := range w.contract.Operations {
		x := sample{Exchange: &scenarios.Exchange{Operation: op.ID}}
		x.Request.Method, x.Request.Path = op.Method, op.Path
		for _, one := range op.Parameters {
			if one.In != "query" || one.Schema == "" {
				continue
			}
			v, err := w.generator.Value(one.Schema, fake.New(seed), generate.Options{View: schema.Request})
			if err != nil {
				w.Fatal(err)
			}
			if _, ok := v.(map[string]any); ok {
				continue
			}
			text := fmt.Sprint(v)
			if one.Sensitive != "" {
				text = datumOf(one.Sensitive, p)
			}
			x.Request.Parameters = append(x.Request.Parameters, scenarios.Parameter{In: "query", Name: one.Name, Value: text})
		}
		if op.Body != nil {
			text, contentType, s, ok := w.body(&op.Body.Content[0], schema.Request, p, seed)
			if ok {
				x.Request.Body, x.Request.MediaType, x.request = text, contentType, s
			}
		}
		for i := range op.Responses {
			r := &op.Responses[i]
			for j := range r.Content {
				y := x
				copied := *x.Exchange
				y.Exchange = &copied
				y.Response.Status, _ = strconv.Atoi(r.Status)
				if y.Response.Status == 0 {
					y.Response.Status = 500
				}
				y.Response.Outcome = scenarios.OutcomeOK
				text, contentType, s, ok := w.body(&r.Content[j], schema.Response, p, seed+int64(j))
				if ok {
					y.Response.Body, y.Response.MediaType, y.reply = text, contentType, s
				}
				list = append(list, y)
			}
		}
	}
	if len(list) == 0 {
		w.Fatal("the contract has no operation")
	}
	return list
}

// text is everything that would be kept of an exchange.
func text(x *scenarios.Exchange) string {
	rest := *x
	rest.Request.Body, rest.Response.Body = nil, nil
	raw, err := json.Marshal(rest)
	if err != nil {
		return err.Error()
	}
	return x.Request.Path + "\n" + string(x.Request.Body) + "\n" + string(x.Response.Body) + "\n" + string(raw)
}

type personOf = fake.Person
