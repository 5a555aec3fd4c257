package behave

import (
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/fake"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
	"understudy/specs"
)

// testSeeds are the seeds the tests run over; the extreme ones are ordinary too.
func testSeeds() []int64 {
	seeds := []int64{0, -1, 1 << 62, -1 << 63}
	for seed := int64(1); seed <= 40; seed++ {
		seeds = append(seeds, seed)
	}
	return seeds
}

// testStart is 12:03:20 on a Tuesday in UTC+8, not on a ten-minute mark.
func testStart() time.Time { return time.Date(2024, 3, 5, 4, 3, 20, 0, time.UTC) }

// testWorld calls the steps of one vendor as the pipeline does: one transaction each, the calls counted.
type testWorld struct {
	t       testing.TB
	vendor  string
	world   *World
	now     time.Time
	account string
	numbers map[string]int64
	steps   map[string]Step // nil for those of the contract
}

func newTestWorld(t testing.TB, vendor string, seed int64) *testWorld {
	return &testWorld{
		t: t, vendor: vendor, now: testStart(), numbers: map[string]int64{},
		world: &World{Session: "test", Store: &state.Memory{}, Seed: seed, Start: testStart()},
	}
}

// try makes a call and returns what the step returned, all of it made.
func (w *testWorld) try(operation string, body any) (Reply, error) {
	w.t.Helper()
	reply, err := w.asReplied(operation, body)
	reply.Value = plain(reply.Value)
	return reply, err
}

func (w *testWorld) asReplied(operation string, body any) (Reply, error) {
	w.t.Helper()
	step := w.steps[operation]
	if w.steps == nil {
		step = Steps(testContract(w.t, w.vendor))[operation]
	}
	if step == nil {
		w.t.Fatalf("%s has no step %s", w.vendor, operation)
	}
	w.numbers[operation]++
	text, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	call := &Call{
		World: w.world, Operation: operation, Number: w.numbers[operation], Now: w.now, Body: Decoded{body}, Text: text, Account: w.account,
		IssueToken: func(time.Time) (string, time.Duration, error) { return "token", 24 * time.Hour, nil },
	}
	var reply Reply
	err = w.world.Store.Update(w.t.Context(), w.world.Session, func(tx state.Tx) (err error) {
		reply, err = step(tx, call)
		return err
	})
	return reply, err
}

// plain is a value with everything in it that stands for another in that one's place.
func plain(v any) any {
	switch v := value.Plain(v).(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, member := range v {
			out[name] = plain(member)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = plain(item)
		}
		return out
	default:
		return v
	}
}

// call makes a call that must succeed.
func (w *testWorld) call(operation string, body any) Reply {
	w.t.Helper()
	reply, err := w.try(operation, body)
	if err != nil {
		w.t.Fatalf("seed %d: %s: %v", w.world.Seed, operation, err)
	}
	return reply
}

// refused makes a call that must fail with a row of the vendor's catalogue, and returns the id of its diagnosis.
func (w *testWorld) refused(operation string, body any, row string) string {
	w.t.Helper()
	_, err := w.try(operation, body)
	var refusal *Error
	if !errors.As(err, &refusal) {
		w.t.Fatalf("seed %d: %s: got %v, want the row %s", w.world.Seed, operation, err, row)
	}
	if refusal.ID != row {
		w.t.Fatalf("seed %d: %s: got the row %s, want %s", w.world.Seed, operation, refusal.ID, row)
	}
	if refusal.Diagnosis == nil {
		w.t.Fatalf("seed %d: %s: the row %s comes without a diagnosis", w.world.Seed, operation, row)
	}
	if _, ok := testContract(w.t, w.vendor).Error(row); !ok {
		w.t.Fatalf("the contract of %s has no row %s", w.vendor, row)
	}
	told(w.t, refusal.Diagnosis)
	return refusal.Diagnosis.ID
}

// told checks that a diagnosis can be told in both languages.
func told(t testing.TB, d *diagnosis.Diagnosis) {
	t.Helper()
	if !slices.Contains(diagnosis.IDs(), d.ID) {
		t.Errorf("the diagnosis %s has no text", d.ID)
	}
}

// appended decodes the records of an append-only kind.
func (w *testWorld) appended(kind string) []value.Record {
	w.t.Helper()
	var list []value.Record
	w.read(func(tx state.Tx) {
		records, _ := tx.Appended(kind)
		for _, record := range records {
			var r value.Record
			if err := json.Unmarshal(record, &r); err != nil {
				w.t.Fatalf("record of kind %s: %v", kind, err)
			}
			list = append(list, r)
		}
	})
	return list
}

func (w *testWorld) read(look func(tx state.Tx)) {
	w.t.Helper()
	err := w.world.Store.Update(w.t.Context(), w.world.Session, func(tx state.Tx) error {
		look(tx)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// contracts keeps what was loaded; a contract is immutable.
var contracts sync.Map

func testContract(t testing.TB, vendor string) *specs.Contract {
	t.Helper()
	if c, ok := contracts.Load(vendor); ok {
		return c.(*specs.Contract)
	}
	c, err := specs.Load(vendor)
	if err != nil {
		t.Fatal(err)
	}
	contracts.Store(vendor, c)
	return c
}

// schemaSets keeps what was compiled, by vendor.
var schemaSets sync.Map

// testSchema compiles a schema of a vendor's contract.
func testSchema(t testing.TB, vendor, pointer string) *schema.Schema {
	t.Helper()
	set, ok := schemaSets.Load(vendor)
	if !ok {
		set, _ = schemaSets.LoadOrStore(vendor, schema.NewSet(testContract(t, vendor)))
	}
	compiled, err := set.(*schema.Set).Compile(pointer)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// fits checks that a value can be written as the contract's schema describes it, and returns what it became.
func fits(t testing.TB, s *schema.Schema, v any) any {
	t.Helper()
	converted, err := s.Convert(v)
	if err != nil {
		t.Fatalf("%v: %v", v, err)
	}
	for _, violation := range s.Validate(converted) {
		t.Fatalf("%v: %+v", v, violation)
	}
	return converted
}

func TestEveryStepIsAnOperation(t *testing.T) {
	t.Parallel()
	for _, vendor := range specs.Vendors() {
		steps := Steps(testContract(t, vendor))
		if len(steps) == 0 {
			t.Errorf("%s has no steps", vendor)
		}
		for id := range steps {
			if _, ok := testContract(t, vendor).Operation(id); !ok {
				t.Errorf("%s: the step %s is no operation of the contract", vendor, id)
			}
		}
	}
	if Steps(&specs.Contract{Vendor: "nobody"}) != nil {
		t.Error("an unknown vendor has steps")
	}
}

func TestMintedFollowsFromSeedOperationAndNumber(t *testing.T) {
	t.Parallel()
	mint := func(seed int64, operation string, number int64) fake.Source {
		return (&Call{World: &World{Seed: seed}, Operation: operation, Number: number}).Minted()
	}
	if mint(1, "a", 1) != mint(1, "a", 1) {
		t.Error("the same call mints two things")
	}
	for _, other := range []fake.Source{mint(2, "a", 1), mint(1, "b", 1), mint(1, "a", 2)} {
		if other == mint(1, "a", 1) {
			t.Error("two calls mint the same")
		}
	}
}
