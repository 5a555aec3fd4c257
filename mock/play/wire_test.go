package play_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/mock/mask"
	"understudy/mock/play"
	"understudy/scenarios"
	"understudy/specs"
)

// inProcess sends requests to a handler.
type inProcess struct{ http.Handler }

func (h inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), nil
}

// client calls a server, in a session with credentials of its own unless the session is the default one.
func client(t *testing.T, server *mock.Server, contract *specs.Contract, session string) *drive.Client {
	t.Helper()
	credentials, _ := server.Credentials(contract.Vendor)
	header := http.Header{}
	if session != "" {
		world, err := server.NewSession(mock.SessionConfig{Name: session, OwnCredentials: true})
		if err != nil {
			t.Fatal(err)
		}
		credentials = world.Credentials(contract.Vendor)
		header.Set("Understudy-Session", session)
	}
	c, err := drive.New(drive.Config{
		Contract: contract, Credentials: credentials, Target: "http://mock.test", HTTP: &http.Client{Transport: inProcess{server}}, Header: header, Force: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// run calls each operation of a contract, and all of them again, with what earlier replies gave out, and tells how each call
// ended.
func run(t *testing.T, c *drive.Client, contract *specs.Contract) (told []string) {
	t.Helper()
	seen := map[string]string{"day": "2026-03-02", "out_pov_id": "00001", "url": "127.0.0.1:9/taken"}
	for _, op := range append(slices.Clone(contract.Operations), contract.Operations...) {
		values, isEvent := map[string]any{}, false
		for _, event := range c.Events() {
			if event.Operation == op.ID && !isEvent {
				values, isEvent = event.Values, true
			}
		}
		fields, err := c.Fields(op.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fields {
			name := f.Name[strings.LastIndexByte(f.Name, '.')+1:]
			if text, known := seen[name]; (f.Required || known) && !isEvent && values[f.Name] == nil {
				if !known {
					text = "1"
				}
				if err := c.Set(op.ID, values, f.Name, drive.Text(text)); err != nil {
					t.Fatal(err)
				}
			}
		}
		x, err := c.Call(context.Background(), op.ID, values)
		if err != nil {
			t.Fatalf("%s: %v", op.ID, err)
		}
		note(seen, x.Reply.Value)
		told = append(told, op.ID+": "+x.Summary())
	}
	return told
}

// note keeps the first value of each id in a reply.
func note(seen map[string]string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if text := fmt.Sprint(v[name]); strings.HasSuffix(strings.ToLower(name), "id") || name == "serialNumber" {
				if _, known := seen[name]; !known && text != "<nil>" {
					seen[name] = text
				}
			}
			note(seen, v[name])
		}
	case []any:
		for _, item := range v {
			note(seen, item)
		}
	}
}

// keep masks what a session holds and takes it through a file.
func keep(t *testing.T, server *mock.Server, contract *specs.Contract, session string) *scenarios.Recording {
	t.Helper()
	list, dropped, known := server.Recorded(session, "")
	if !known || dropped > 0 || len(list) == 0 {
		t.Fatalf("recorded: %d exchanges, %d dropped, known %t", len(list), dropped, known)
	}
	masker, err := mask.New(mask.Config{Contract: contract})
	if err != nil {
		t.Fatal(err)
	}
	r := &scenarios.Recording{Vendor: contract.Vendor, Title: contract.Title, Tool: "test", Made: list[0].At, Masked: true, Exchanges: list}
	for _, x := range list {
		if err := masker.Mask(x); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "recording.har")
	if err := r.WriteFile(file); err != nil {
		t.Fatal(err)
	}
	if r, err = scenarios.ReadFile(file, scenarios.ReadConfig{}); err != nil {
		t.Fatal(err)
	}
	return r
}

func server(t *testing.T, contract *specs.Contract, config mock.Config) *mock.Server {
	t.Helper()
	config.Contracts, config.JournalBytes = []*specs.Contract{contract}, 16<<20
	s, err := mock.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestRecordedUnderOneKeyPlayedUnderAnother takes each vendor from the journal of one server to the player of another, under
// other credentials, a year later, in two sessions, to a client that has the real persons.
func TestRecordedUnderOneKeyPlayedUnderAnother(t *testing.T) {
	t.Parallel()
	vendors := specs.Vendors()
	if len(vendors) == 0 {
		t.Fatal("there is no vendor")
	}
	for _, vendor := range vendors {
		t.Run(vendor, func(t *testing.T) {
			t.Parallel()
			contract, err := specs.Load(vendor)
			if err != nil {
				t.Fatal(err)
			}
			first := server(t, contract, mock.Config{})
			want := run(t, client(t, first, contract, ""), contract)
			t.Log(strings.Join(want, "\n"))
			recording := keep(t, first, contract, "")
			for _, mode := range play.Modes() {
				player, err := play.New(play.Config{Recording: recording, Contract: contract, Mode: mode})
				if err != nil {
					t.Fatalf("%s: %v", mode, err)
				}
				second := server(t, contract, mock.Config{Player: player})
				for _, session := range []string{"one", "two"} {
					c := client(t, second, contract, session)
					world, err := second.Session(session)
					if err != nil {
						t.Fatal(err)
					}
					world.Shift(365 * 24 * time.Hour)
					if got := run(t, c, contract); !slices.Equal(got, want) {
						t.Errorf("%s, session %s: it answered\n%s\nrecorded was\n%s\n%s", mode, session, strings.Join(got, "\n"), strings.Join(want, "\n"), refusals(second))
					}
					if left := player.Unplayed(session); len(left) > 0 {
						t.Errorf("%s, session %s leaves %v unplayed", mode, session, left)
					}
				}
			}
		})
	}
}

// refusals tells why calls were refused.
func refusals(s *mock.Server) string {
	var b strings.Builder
	list, _ := s.Find(mock.Query{Outcome: "refusal"})
	for _, e := range list {
		b.WriteString(e.Operation + ": " + e.Error)
		if e.Diagnosis != nil {
			b.WriteString(" " + e.Diagnosis.Detail["why"])
			for _, f := range e.Diagnosis.Findings {
				b.WriteString("\n  " + f.In + " " + f.Pointer + ": " + f.Expected + " | " + f.Got)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}
