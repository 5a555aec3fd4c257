package play

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"understudy/mock/internal/diagnosis"
	"understudy/scenarios"
)

// TestWhoRepeatsARecordingNeverMisses plays made recordings to a client that repeats them exactly, with the real persons in the
// pseudonyms' place, under another spelling, and at another time.
func TestWhoRepeatsARecordingNeverMisses(t *testing.T) {
	t.Parallel()
	contract := desk(t)
	rapid.Check(t, func(t *rapid.T) {
		var list, asked []*scenarios.Exchange
		later := rapid.Bool().Draw(t, "later")
		for range rapid.IntRange(1, 12).Draw(t, "length") {
			person := rapid.IntRange(0, 3).Draw(t, "person")
			other := rapid.IntRange(0, 3).Draw(t, "other")
			note := rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "note")
			hour := rapid.IntRange(0, 2).Draw(t, "hour")
			asks := hour
			if later {
				asks += 5
			}
			var recorded, again *scenarios.Exchange
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				recorded = add(fmt.Sprintf(`{"name":"粘%[1]d柏","number":%[2]d,"note":%[3]q,"fee":10,"at":"2025-03-10 0%[4]d:00:00"}`, person, 10000+other, note, hour), `{"code":0}`)
				again = add(fmt.Sprintf(`{"fee":1.0e1,"at":"2025-03-10 0%[4]d:00:00","note":%[3]q,"number":"%[2]d","name":"王%[1]d","card":null}`, person, 70+other, note, asks), "")
			case 1:
				recorded = exchange("listVisits", fmt.Sprintf("GET /people/3000%d/visits?page=%d&since=2025-03-10T0%d:00:00Z", person, other, hour), "", `{"code":0}`)
				again = exchange("listVisits", fmt.Sprintf("GET /people/real-%d/visits?since=2025-03-10T0%d:00:00Z&page=%d", person, asks, other), "", "")
			default:
				recorded = exchange("readVisit", "GET /visits/V"+note, "", `{"code":0}`)
				again = exchange("readVisit", "GET /visits/V"+note, "", "")
			}
			if rapid.IntRange(0, 4).Draw(t, "refused") == 0 {
				for _, x := range []*scenarios.Exchange{recorded, again} {
					x.Request.Wire.Credential = rapid.SampledFrom([]string{scenarios.Invalid, scenarios.Missing}).Draw(t, "fared")
				}
				recorded.Response.Outcome, recorded.Response.Error = scenarios.OutcomeVendorError, "bad-token"
			}
			list, asked = append(list, recorded), append(asked, again)
		}
		for _, mode := range Modes() {
			p, err := newPlayer(Config{Recording: recorded(list...), Contract: contract, Mode: mode}, fresh)
			if err != nil {
				t.Fatal(err)
			}
			for i, one := range asked {
				a := ask(one.Operation, "", "")
				a.Request = one.Request
				if one.Request.Wire.Credential != "" {
					a.Found = []*diagnosis.Diagnosis{diagnosis.New("token-unknown")}
				}
				if got := p.Play(a); got.Response == nil || mode == Strict && got.Step != i+1 {
					t.Fatalf("%s: call %d of %d: step %d %s %v", mode, i+1, len(asked), got.Step, got.Miss, got.Findings)
				}
			}
			if left := p.Unplayed(""); len(left) > 0 {
				t.Fatalf("%s leaves %v", mode, left)
			}
		}
	})
}
