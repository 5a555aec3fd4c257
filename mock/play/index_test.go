package play

import (
	"fmt"
	"testing"

	"understudy/scenarios"
)

// variants are requests in which one thing at a time is another, of each sort that a comparison treats apart.
func variants() []*scenarios.Exchange {
	var list []*scenarios.Exchange
	for _, body := range []string{
		`{}`, `{"note":"a"}`, `{"note":"b"}`, `{"note":""}`, `{"note":null}`, `{"fee":1}`, `{"fee":1.0}`, `{"fee":"1"}`, `{"rooms":1}`, `{"rooms":"1"}`, `{"rooms":true}`,
		`{"name":"粘柏"}`, `{"name":"王明"}`, `{"name":3}`, `{"name":true}`, `{"number":"17"}`, `{"number":17}`,
		`{"note":"2025-03-10 09:00:30"}`, `{"note":"2025-03-10 09:00:31"}`, `{"note":"2025-03-11 09:00:30"}`, `{"fee":1741568400123}`, `{"fee":1741568400}`,
		`{"note":"Ring 13812345678 up."}`, `{"note":"Ring 13912345678 up."}`, `{"note":"Ring nobody up."}`, `{"note":"Ring 13812345678."}`,
		`{"at":"2025-03-10 00:00:00"}`, `{"at":"2025-03-11 00:00:00"}`, `{"day":"2025-03-10"}`, `{"day":"2025-03-11"}`, `{"key":"x"}`, `{"key":"y"}`,
		`{"odd":"aaaa"}`, `{"odd":"bbbb"}`, `{"odd":12345}`, `{"odd":[]}`, `{"odd":{}}`, `{"tags":["a"]}`, `{"tags":["b"]}`, `{"tags":[]}`,
		`{"extra":"{\"name\":\"a\",\"n\":1}"}`, `{"extra":"{\"name\":\"b\",\"n\":1}"}`, `{"extra":"{\"name\":\"b\",\"n\":2}"}`, `{"extra":"none"}`, `null`, `"text"`, `7`, `{`,
	} {
		list = append(list, add(body, `{}`))
	}
	for _, line := range []string{"GET /people/1/visits", "GET /people/2/visits", "GET /people/1/visits?page=1", "GET /people/1/visits?page=2", "GET /people/1/visits?odd=1"} {
		list = append(list, exchange("listVisits", line, "", `{}`))
	}
	return append(list, add(`<visit><note>a</note></visit>`, `{}`), exchange("", "POST /x", `{}`, `{}`), exchange("", "POST /x", `{"a":1}`, `{}`))
}

// TestWhatFitsHasTheSameOutline compares each of many requests with each other.
func TestWhatFitsHasTheSameOutline(t *testing.T) {
	t.Parallel()
	for _, masked := range []bool{true, false} {
		for _, places := range [][]string{nil, {"/note", "query:page"}} {
			r := recorded(variants()...)
			r.Masked = masked
			p := play(t, Config{Recording: r, Ignore: places})
			fit, apart := 0, 0
			for _, one := range p.steps {
				for _, other := range p.steps {
					if one.request.key != other.request.key {
						continue
					}
					s := &session{}
					same := len(p.differences(s, one, other.request, 0)) == 0
					outlined := outline(one.request, masked) == outline(other.request, masked)
					if same && !outlined {
						t.Errorf("masked %t, without %v: %s and %s fit and have two outlines", masked, places, one.exchange.Request.Body, other.exchange.Request.Body)
					}
					if same {
						fit++
					}
					if !outlined {
						apart++
					}
				}
			}
			if fit <= len(p.steps) || apart < fit {
				t.Errorf("masked %t, without %v: of %d requests %d fit and %d have another outline", masked, places, len(p.steps), fit, apart)
			}
		}
	}
}

func TestACallIsHeldAgainstFewOfALongRecording(t *testing.T) {
	t.Parallel()
	var list []*scenarios.Exchange
	for i := range 300 {
		list = append(list, add(fmt.Sprintf(`{"note":"%d","name":"粘%d"}`, i/3, i%3/2), `{}`))
	}
	p := play(t, Config{Recording: recorded(list...)})
	for at, steps := range p.index.outlined {
		if len(steps) != 3 {
			t.Errorf("%x: steps %v have one outline, want 3", at, steps)
		}
		if p.index.first[steps[1]] != steps[0] || p.index.first[steps[2]] != steps[2] {
			t.Errorf("of steps %v the first equal ones are %d and %d", steps, p.index.first[steps[1]], p.index.first[steps[2]])
		}
	}
	if len(p.index.outlined) != 100 {
		t.Errorf("%d outlines", len(p.index.outlined))
	}
}
