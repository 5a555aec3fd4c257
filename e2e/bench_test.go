package e2e_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// The benchmark measures whole servers:
//
//	go test -run '^$' -bench . -benchtime 1x -timeout 30m ./e2e
//
// It takes about five minutes on two cores; -short is a try of one, -bench GeneratedList (SendMessage, StateGet,
// PullReservations, QueryAppointments, Scale, ColdStart, Memory) runs one case alone.
//
// The simulator and what it is compared to each run in a process of their own and are driven over loopback by the same
// client: 16 connections that write prepared bytes and read the reply's head and length. Each has seven turns of a second,
// one after the other in changing order. A figure is the median of the turns; a ratio is the median of the ratios that
// each round came to, so that a machine that is slower for a while is slower for both. The client shares the processors
// with the servers, so requests per second lie closer together than they would on a machine of one's own; CPU time,
// allocations and bytes are those of the server's process alone.
//
// Four cases are compared to a handler of Echo that reads the body and writes as many bytes, in the same sequence of sizes
// where they differ:
//
//   - SendMessage: 1 KB of JSON with a bearer token, validated both ways, with the journal and without;
//   - GeneratedList: 2 to 20 generated objects, 0.5 to 5 KB, of a contract without examples; the path's number is another
//     one in each request, so no reply comes twice;
//   - StateGet: one of 64 items that were created before, from the session's state.
//
// Two are compared to handlers written by hand as one usually writes them well (see benchPull and benchQuery). They check
// the same, keep their rows as structs, build each reply anew, and answer the same rows in as many bytes:
//
//   - PullReservations: 10 rows, a JWT verified, request and reply sealed by AES and Base64;
//   - QueryAppointments: a form signed by HMAC-MD5, 50 rows of JSON.
//
// Scale compares SendMessage with itself: beside a contract of 1,000 operations, after 10,000 sessions that were called
// once, and with a journal of 64 MiB that has begun to drop. (That of 1 MiB is full after a few hundred calls, so the plain
// one is, too.) The row plain-again is a second plain server, and so what this machine's noise comes to.
//
// ColdStart builds the command and measures from its start to the first answer of each vendor; the figure beside it is a
// program that does nothing but listen with net/http. Memory sends 1,000,000 requests of three kinds and asks every 100,000
// how large the heap is after two collections, then does the same to the command and reads what is resident.
//
// No figure is asserted: the table at the end says which goals were met.

func BenchmarkSendMessage(b *testing.B) {
	plain := benchStart(b, benchSpec{Kind: "mock"})
	silent := benchStart(b, benchSpec{Kind: "mock", JournalBytes: -1})
	load := benchMessage()
	echo := benchEcho(b, plain, load)
	race := benchRace(b, benchEntry{plain, load}, benchEntry{silent, load}, benchEntry{echo, load})
	race.report("journalled", 0, 2, "echo", benchGoal{of: "req/s", least: 0.8}, benchGoal{of: "cpu-us/req", most: 1.4})
	race.report("journal-off", 1, 2, "echo", benchGoal{of: "req/s", least: 0.85})
}

func BenchmarkGeneratedList(b *testing.B) {
	ours := benchStart(b, benchSpec{Kind: "mock", Contracts: []string{"tasks"}, Only: true, Dynamic: true})
	load := benchTasks()
	echo := benchEcho(b, ours, load)
	race := benchRace(b, benchEntry{ours, load}, benchEntry{echo, load})
	race.report("made", 0, 1, "echo", benchGoal{of: "req/s", least: 0.75}, benchGoal{of: "cpu-us/req", most: 1.6})
}

func BenchmarkStateGet(b *testing.B) {
	ours := benchStart(b, benchSpec{Kind: "mock", Contracts: []string{"stock"}, Only: true})
	load := benchItems(b, ours.front)
	echo := benchEcho(b, ours, load)
	race := benchRace(b, benchEntry{ours, load}, benchEntry{echo, load})
	race.report("item", 0, 1, "echo", benchGoal{of: "req/s", least: 0.85})
}

func BenchmarkPullReservations(b *testing.B) {
	ours := benchStart(b, benchSpec{Kind: "mock"})
	load := benchPullLoad(b, ours.front)
	rows := benchReservations(b, ours, load)
	theirs := benchStart(b, benchSpec{Kind: "pull", Rows: rows})
	byHand := benchLoad{requests: [][]byte{benchPullRequest(benchPullToken(time.Now()))}}
	if got := benchReservations(b, theirs, byHand); string(got) != string(rows) {
		b.Fatal("the handler written by hand answers other rows")
	}
	race := benchRace(b, benchEntry{ours, load}, benchEntry{theirs, byHand})
	race.report("sealed", 0, 1, "by-hand", benchGoal{of: "req/s", least: 0.85})
}

func BenchmarkQueryAppointments(b *testing.B) {
	ours := benchStart(b, benchSpec{Kind: "mock"})
	all := benchAppointments(b, ours, benchQueryLoad(200))
	theirs := benchStart(b, benchSpec{Kind: "query", Rows: all})
	load := benchQueryLoad(50)
	rows := benchAppointments(b, ours, load)
	if got := benchAppointments(b, theirs, load); string(got) != string(rows) {
		b.Fatal("the handler written by hand answers other rows")
	}
	var list []json.RawMessage
	if err := json.Unmarshal(rows, &list); err != nil || len(list) != 50 {
		b.Fatalf("%d rows, want 50 (%v)", len(list), err)
	}
	race := benchRace(b, benchEntry{ours, load}, benchEntry{theirs, load})
	race.report("signed", 0, 1, "by-hand", benchGoal{of: "req/s", least: 0.7})
}

func BenchmarkScale(b *testing.B) {
	load := benchMessage()
	plain := benchEntry{benchStart(b, benchSpec{Kind: "mock"}), load}
	entries := []benchEntry{plain}
	for _, spec := range []benchSpec{
		{Kind: "mock"},
		{Kind: "mock", Contracts: []string{"large"}},
		{Kind: "mock", Sessions: 10_000},
		{Kind: "mock", JournalBytes: 64 << 20, Full: true},
	} {
		entries = append(entries, benchEntry{benchStart(b, spec), load})
	}
	race := benchRace(b, entries...)
	race.report("plain-again", 1, 0, "plain")
	for i, name := range []string{"operations-1000", "sessions-10000", "journal-full"} {
		race.report(name, i+2, 0, "plain", benchGoal{of: "cpu-us/req", most: 1.1}, benchGoal{of: "allocs/req", most: 1.01}, benchGoal{of: "B/req", most: 1.01})
	}
	note := "MB of heap after two collections, which decide what a collection costs, in the same order:\n "
	for _, e := range entries {
		note += fmt.Sprintf(" %.1f", megabytes(e.settled(b).Heap))
	}
	benchMeasured.add(benchRow{name: b.Name(), note: note + "\n"})
}

func BenchmarkColdStart(b *testing.B) { benchColdStart(b) }

func BenchmarkMemory(b *testing.B) { benchMemory(b) }

// TestMain lets the test binary be the server of a benchmark, and tells at the end what was measured.
func TestMain(m *testing.M) {
	if text := os.Getenv(benchServer); text != "" {
		var spec benchSpec
		if err := json.NewDecoder(strings.NewReader(text)).Decode(&spec); err != nil {
			panic(err)
		}
		benchServe(spec)
		return
	}
	code := m.Run()
	benchMeasured.print(os.Stdout)
	os.Exit(code)
}
