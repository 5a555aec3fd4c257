package e2e_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// benchColdStart starts the command again and again; each start is first asked by one vendor's client, in turn, and
// then by those of the others.
func benchColdStart(b *testing.B) {
	source := filepath.Join(b.TempDir(), "main.go")
	if err := os.WriteFile(source, []byte(benchBareServer), 0o600); err != nil {
		b.Fatal(err)
	}
	command, bare := benchCommand(b), benchBuild(b, source)
	starts := 12 // of each vendor
	if testing.Short() {
		starts = 2
	}
	calls := benchFirstCalls()
	vendors := slices.Sorted(maps.Keys(calls))
	first, all, empty := map[string][]float64{}, []float64{}, []float64{}
	millis := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	for range starts {
		for i, vendor := range vendors {
			p := benchServeCommand(b, command)
			first[vendor] = append(first[vendor], millis(p.answered(b, calls[vendor])))
			for _, other := range append(slices.Clone(vendors[i+1:]), vendors[:i]...) {
				p.answered(b, calls[other])
			}
			all = append(all, millis(time.Since(p.began)))
			p.stop()
			q := benchLaunch(b, bare, "ADDRESS")
			empty = append(empty, millis(q.answered(b, benchRequest("GET", "/", ""))))
			q.stop()
		}
	}
	row, slowest := benchRow{name: b.Name()}, 0.0
	var note strings.Builder
	fmt.Fprintf(&note, "medians of %d starts for each vendor, in ms from the start of the process to the first answer:\n", starts)
	for _, vendor := range vendors {
		slowest = max(slowest, middle(first[vendor]))
		fmt.Fprintf(&note, "  %s %s", vendor, benchNumber(middle(first[vendor])))
	}
	fmt.Fprintf(&note, "\n  all five, one after the other %s; a program that only listens %s\n", benchNumber(middle(all)), benchNumber(middle(empty)))
	row.note = note.String()
	row.held("ms to the first answer, slowest vendor", slowest, 0, 50)
	benchMeasured.add(row)
	b.Run("first", func(b *testing.B) {
		for _, vendor := range vendors {
			b.ReportMetric(middle(first[vendor]), "ms-"+vendor)
		}
		b.ReportMetric(middle(all), "ms-all")
		b.ReportMetric(middle(empty), "ms-bare")
		b.ReportMetric(0, "ns/op")
	})
}
