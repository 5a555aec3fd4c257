package e2e_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

// benchTurns is how many turns each server gets, and how long one is.
func benchTurns() (turns int, each time.Duration) {
	if testing.Short() {
		return 5, 200 * time.Millisecond
	}
	return 7, time.Second
}

// benchEntry is a server and what it is asked.
type benchEntry struct {
	*benchProcess
	load benchLoad
}

// benchFigures are what one turn came to.
type benchFigures struct{ perSecond, cpu, p99, mallocs, bytes, size float64 }

// benchMetrics are the figures that are told, in the order of the table.
func benchMetrics() []benchMetric {
	return []benchMetric{
		{"req/s", func(f benchFigures) float64 { return f.perSecond }},
		{"cpu-us/req", func(f benchFigures) float64 { return f.cpu }},
		{"p99-us", func(f benchFigures) float64 { return f.p99 }},
		{"allocs/req", func(f benchFigures) float64 { return f.mallocs }},
		{"B/req", func(f benchFigures) float64 { return f.bytes }},
	}
}

type benchMetric struct {
	name string
	of   func(benchFigures) float64
}

// benchResults are the turns of each entry of a race, those of one round under the same index.
type benchResults struct {
	b     *testing.B
	turns [][]benchFigures
}

// benchRace drives the servers in turns, after one turn each that does not count.
func benchRace(b *testing.B, entries ...benchEntry) benchResults {
	b.Helper()
	r := benchResults{b, make([][]benchFigures, len(entries))}
	turns, each := benchTurns()
	for _, e := range entries {
		e.drive(b, e.load, each)
	}
	for round := range turns {
		for i := range entries {
			i = (i + round) % len(entries)
			r.turns[i] = append(r.turns[i], entries[i].drive(b, entries[i].load, each))
		}
	}
	size := func(f benchFigures) float64 { return f.size }
	for _, other := range r.turns[1:] {
		if a, z := benchMedian(r.turns[0], size), benchMedian(other, size); math.Abs(a-z) > 0.02*a {
			b.Fatalf("replies of %.0f and of %.0f bytes cannot be compared", a, z)
		}
	}
	return r
}

// benchMedian is the middle one of a figure over the turns.
func benchMedian(turns []benchFigures, of func(benchFigures) float64) float64 {
	values := make([]float64, len(turns))
	for i, f := range turns {
		values[i] = of(f)
	}
	return middle(values)
}

func middle(values []float64) float64 {
	values = slices.Sorted(slices.Values(values))
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

// benchGoal is a bound of a ratio: at least, or at most.
type benchGoal struct {
	of          string
	least, most float64
}

// report tells how one entry stands beside another, as metrics of a benchmark of that name and as a row of the table.
func (r benchResults) report(name string, entry, other int, rival string, goals ...benchGoal) {
	row := benchRow{name: r.b.Name() + "/" + name, rival: rival, size: benchMedian(r.turns[entry], func(f benchFigures) float64 { return f.size })}
	for _, m := range benchMetrics() {
		ratios := make([]float64, len(r.turns[entry]))
		for i, f := range r.turns[entry] {
			ratios[i] = m.of(f) / m.of(r.turns[other][i])
		}
		c := benchCell{m.name, benchMedian(r.turns[entry], m.of), benchMedian(r.turns[other], m.of), middle(ratios)}
		row.cells = append(row.cells, c)
		for _, g := range goals {
			if g.of == m.name {
				row.held(fmt.Sprintf("%s of %s", m.name, rival), c.ratio, g.least, g.most)
			}
		}
	}
	benchMeasured.add(row)
	r.b.Run(name, func(b *testing.B) {
		for _, c := range row.cells {
			b.ReportMetric(c.ours, c.name)
			b.ReportMetric(c.ratio, c.name+"-x-"+rival)
		}
		b.ReportMetric(0, "ns/op")
	})
}
