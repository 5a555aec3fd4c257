package e2e_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// benchMemory sends a tenth of its requests at a time: of ten one pull, one query and eight messages.
func benchMemory(b *testing.B) {
	tenth := 100_000
	if testing.Short() {
		tenth = 10_000
	}
	ours := benchStart(b, benchSpec{Kind: "mock"})
	load := benchMixed(b, ours.front)
	var heaps []float64
	var note strings.Builder
	fmt.Fprintf(&note, "MB of heap after two collections, every %d requests:\n ", tenth)
	for range 10 {
		ours.driveWithin(b, load, benchRequests(tenth))
		heaps = append(heaps, megabytes(ours.settled(b).Heap))
		fmt.Fprintf(&note, " %.2f", heaps[len(heaps)-1])
	}
	command := benchServeCommand(b, benchCommand(b))
	b.Cleanup(command.stop)
	command.answered(b, benchFirstCalls()["weixiao"])
	benchFlood(b, command.front, benchMixed(b, command.front), benchRequests(10*tenth))
	process := strconv.Itoa(command.cmd.Process.Pid)
	resident, peak := megabytes(residentBytes(process, "VmRSS")), megabytes(residentBytes(process, "VmHWM"))
	fmt.Fprintf(&note, "\n  resident after %d requests: understudy serve %.1f MB, at most %.1f MB\n", 10*tenth, resident, peak)
	row := benchRow{name: b.Name(), note: note.String()}
	growth := slices.Max(heaps[1:]) / heaps[0]
	row.held(fmt.Sprintf("heap at most, of that after %d requests", tenth), growth, 0, 1.05)
	if resident > 0 {
		row.held("MB resident of understudy serve", resident, 0, 64)
	}
	benchMeasured.add(row)
	b.Run("requests-"+strconv.Itoa(10*tenth), func(b *testing.B) {
		b.ReportMetric(heaps[0], "MB-heap-first")
		b.ReportMetric(heaps[len(heaps)-1], "MB-heap-last")
		b.ReportMetric(resident, "MB-resident")
		b.ReportMetric(0, "ns/op")
	})
}

func megabytes(n uint64) float64 { return float64(n) / (1 << 20) }

func benchRequests(n int) benchBudget {
	left := &atomic.Int64{}
	left.Store(int64(n))
	return benchBudget{left: left}
}

func benchMixed(b *testing.B, front string) benchLoad {
	b.Helper()
	mixed := benchLoad{requests: append(benchPullLoad(b, front).requests, benchQueryLoad(50).requests...)}
	for range 8 {
		mixed.requests = append(mixed.requests, benchMessage().requests...)
	}
	return mixed
}
