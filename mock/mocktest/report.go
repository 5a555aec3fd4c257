package mocktest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"understudy/mock"
)

const outcomeRefusal = "refusal"

// noteRefusal keeps a refusal even if the journal does not.
func (s *simulator) noteRefusal(e mock.Exchange) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusals[e.ID] = e
}

// exchanges are those of this world with an outcome, "" for any. The common world has all that belong to no other test,
// so that nothing goes unseen.
func (m *Mock) exchanges(outcome string) (list []mock.Exchange, dropped int64) {
	q := mock.Query{Outcome: outcome}
	if !m.common {
		q.Session = m.world.Name()
	}
	list, dropped = m.server.Find(q)
	return slices.DeleteFunc(list, func(e mock.Exchange) bool { return !m.owns(e) }), dropped
}

func (m *Mock) owns(e mock.Exchange) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.common {
		return !m.owned[e.Session]
	}
	return e.Session == m.world.Name()
}

// report judges the test by the exchanges of its world, and shows them if it failed: only then are all of them masked, which
// takes its time.
func (m *Mock) report() {
	m.tb.Helper()
	if !m.config.AllowRefusals {
		refused, _ := m.exchanges(outcomeRefusal)
		for _, e := range m.refused(refused) {
			if text, ok := miss(e); ok {
				m.tb.Errorf("#%d: %s", e.ID, text)
				continue
			}
			m.tb.Errorf("the simulator refused %s: this call proves nothing about the vendor (Config.AllowRefusals lets it pass)", headline(e, m.config.Lang))
		}
	}
	if !m.tb.Failed() {
		return
	}
	if list, dropped := m.exchanges(""); len(list) > 0 {
		m.tb.Logf("%s", transcript(m.world.Name(), list, dropped, m.config.Lang))
	}
}

// refused are the refusals of this world in the order they happened, whether the journal still has them or not: kept are
// those that it has.
func (m *Mock) refused(kept []mock.Exchange) []mock.Exchange {
	found := map[int64]mock.Exchange{}
	m.mu.Lock()
	maps.Copy(found, m.refusals)
	m.mu.Unlock()
	for _, e := range kept {
		found[e.ID] = e
	}
	maps.DeleteFunc(found, func(_ int64, e mock.Exchange) bool { return !m.owns(e) })
	var sorted []mock.Exchange
	for _, id := range slices.Sorted(maps.Keys(found)) {
		sorted = append(sorted, found[id])
	}
	return sorted
}

const (
	// maxShown bounds the exchanges in a test's log, maxBody the bytes of each body in it.
	maxShown = 50
	maxBody  = 2 << 10
)

// transcript is what a test's log shows of a world: its newest exchanges, masked.
func transcript(world string, list []mock.Exchange, dropped int64, lang string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "what was asked and answered in session %s", world)
	if older := max(len(list)-maxShown, 0); older > 0 || dropped > 0 {
		list = list[older:]
		fmt.Fprintf(&b, " (%d earlier ones are left out)", int64(older)+dropped)
	}
	b.WriteString(":\n")
	for _, e := range list {
		fmt.Fprintf(&b, "%s %s\n", e.At.Format("15:04:05.000"), headline(e, lang))
		for _, p := range e.Parameters {
			fmt.Fprintf(&b, "    %s %s = %s\n", p.In, clip(p.Name), clip(p.Value))
		}
		writeBody(&b, "request", e.Request)
		writeBody(&b, "reply", e.Reply)
	}
	return b.String()
}

// headline is an exchange in one line, its diagnoses in words.
func headline(e mock.Exchange, lang string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#%d %s %s", e.ID, clip(e.Method), clip(e.Path))
	if e.Operation != "" {
		fmt.Fprintf(&b, " (%s.%s)", e.Vendor, e.Operation)
	}
	fmt.Fprintf(&b, ": %d %s", e.Status, e.Outcome)
	if e.Error != "" {
		b.WriteString(" " + e.Error)
	}
	if e.Fault != nil {
		fmt.Fprintf(&b, ", struck by %s (%s)", e.Fault.ID, e.Fault.Kind)
	}
	if e.Diagnosis != nil {
		b.WriteString(": " + clip(e.Diagnosis.Text(lang)))
	}
	for _, w := range e.Warnings {
		b.WriteString("; warning: " + clip(w.Text(lang)))
	}
	if d := time.Duration(e.Micros) * time.Microsecond; d >= time.Second {
		fmt.Fprintf(&b, " after %v", d)
	}
	return b.String()
}

func writeBody(b *strings.Builder, name string, body mock.Body) {
	switch {
	case body.Value != nil:
		text, err := json.Marshal(body.Value)
		if err != nil {
			text = []byte(err.Error())
		}
		fmt.Fprintf(b, "    %s %s\n", name, clip(string(text)))
	case body.Bytes > 0:
		fmt.Fprintf(b, "    %s of %d bytes %s\n", name, body.Bytes, body.MediaType)
	}
}

// clip shortens a text that would fill a log, and keeps it on its line.
func clip(s string) string {
	if len(s) > maxBody {
		s = strings.ToValidUTF8(s[:maxBody], "") + fmt.Sprintf("… (%d bytes)", len(s))
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}
