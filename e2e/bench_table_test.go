package e2e_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"text/tabwriter"
)

// benchMeasured gathers what the benchmarks of this process came to.
var benchMeasured benchTable

type benchTable struct{ rows []benchRow }

// benchRow is one comparison, or a few figures without one.
type benchRow struct {
	name, rival string
	size        float64 // mean bytes of a reply's body
	cells       []benchCell
	goals       []benchHeld
	note        string
}

// benchCell is one metric of a comparison.
type benchCell struct {
	name                string
	ours, theirs, ratio float64
}

// benchHeld is a goal with what was measured.
type benchHeld struct {
	what, bound, got string
	met              bool
}

// held notes how a figure stands to its bound: at least, or when that is 0 at most.
func (r *benchRow) held(what string, got, least, most float64) {
	h := benchHeld{what: what, bound: fmt.Sprintf("≥ %.4g", least), got: benchNumber(got), met: got >= least}
	if least == 0 {
		h.bound, h.met = fmt.Sprintf("≤ %.4g", most), got <= most
	}
	r.goals = append(r.goals, h)
}

func (t *benchTable) add(r benchRow) {
	r.name = strings.TrimPrefix(r.name, "Benchmark")
	t.rows = append(t.rows, r)
}

// print writes the table and the goals; nothing when nothing was measured.
func (t *benchTable) print(w io.Writer) {
	if len(t.rows) == 0 {
		return
	}
	turns, each := benchTurns()
	fmt.Fprintf(w, "\n%s, %s/%s, %d processors that drive the load too; medians of %d turns of %v; CPU, allocations and bytes of the server alone\n\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), turns, each)
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(out, "case\treply B")
	for _, m := range benchMetrics() {
		fmt.Fprintf(out, "\t%s\tratio", m.name)
	}
	fmt.Fprintln(out, "\t")
	for _, r := range t.rows {
		if r.rival == "" {
			continue
		}
		ours, theirs := fmt.Sprintf("%s\t%.0f", r.name, r.size), "  "+r.rival+"\t"
		for _, c := range r.cells {
			ours += fmt.Sprintf("\t%s\t%.2f", benchNumber(c.ours), c.ratio)
			theirs += fmt.Sprintf("\t%s\t", benchNumber(c.theirs))
		}
		fmt.Fprintf(out, "%s\t\n%s\t\n", ours, theirs)
	}
	_ = out.Flush()
	for _, r := range t.rows {
		if r.note != "" {
			fmt.Fprintf(w, "\n%s\n%s", r.name, r.note)
		}
	}
	fmt.Fprintln(w)
	fmt.Fprintln(out, "case\tfigure\tgoal\tmeasured\t")
	for _, r := range t.rows {
		for _, g := range r.goals {
			verdict := "missed"
			if g.met {
				verdict = "ok"
			}
			fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", r.name, g.what, g.bound, g.got, verdict)
		}
	}
	_ = out.Flush()
}

// benchNumber writes a figure with as many digits as it deserves.
func benchNumber(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
