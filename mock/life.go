package mock

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"understudy/mock/internal/fault"
	"understudy/mock/internal/session"
)

// life is what a session is beyond its clock, journal and state: how its vendors read their contracts, whose
// credentials they take, and what goes wrong on purpose.
type life struct {
	// variant is what the session plays. It changes when readings do; a call keeps the one it began with.
	variant atomic.Pointer[variant]
	window  atomic.Pointer[string]
	faults  fault.Set
	// revoked holds the digests of tokens that are not taken any more.
	revoked sync.Map
	// own are the credentials of this session alone, nil when it takes the server's.
	own map[string]Credentials
}

// Signature windows: the time that a signed call's timestamp is measured against.
const (
	windowReal    = "real"    // real time: a client signs with the real time, whatever world it plays in
	windowSession = "session" // the session's clock
	windowOff     = "off"     // none
)

func checkWindow(window string) error {
	switch window {
	case windowReal, windowSession, windowOff:
		return nil
	}
	return fmt.Errorf("signature window %q: there are %s, %s and %s", clip(window), windowReal, windowSession, windowOff)
}

// born gives a session its life: the server's own settings, or those of the incarnation that a reset ended. Readings,
// window and credentials outlast a reset; faults begin again as the server has them, and revoked tokens stay revoked, as
// the tokens themselves stay good.
func (s *Server) born(_, before *session.Session) any {
	l := &life{}
	l.variant.Store(s.base)
	l.window.Store(&s.window)
	if before != nil {
		was := lifeOf(before)
		l.variant.Store(was.variant.Load())
		l.window.Store(was.window.Load())
		if l.own = was.own; l.own != nil {
			_ = s.owners.add(before.Name, s.identifying(l.own)) // its name was taken out a moment ago
		}
		was.revoked.Range(func(digest, _ any) bool { l.revoked.Store(digest, true); return true })
	}
	for _, f := range s.config.Faults {
		_, _ = l.faults.Add(f) // checked when the server was made
	}
	return l
}

func lifeOf(w *session.Session) *life { return w.Life.(*life) }

// ended takes down what pointed at a session.
func (s *Server) ended(w *session.Session) {
	s.store.Drop(w.Key)
	if own := lifeOf(w).own; own != nil {
		s.owners.forget(w.Name)
	}
}

type digest [sha256.Size]byte

func digestOf(token string) digest { return sha256.Sum256([]byte(token)) }

func (l *life) isRevoked(token string) bool {
	_, ok := l.revoked.Load(digestOf(token))
	return ok
}

// identifying picks from a session's own credentials those that a caller shows before anything is opened, and that are
// not the server's as well: by them a call finds its session. The values are what errors call them.
func (s *Server) identifying(own map[string]Credentials) map[string]string {
	picked := map[string]string{}
	for _, v := range s.base.vendors {
		for _, slot := range v.shownSlots() {
			name := v.contract.Vendor + "." + slot
			common, mine := v.credentials[slot], own[v.contract.Vendor][slot]
			if mine.Text != "" && mine.Text != common.Text {
				picked[mine.Text] = name
			}
			for _, t := range mine.Tokens {
				if !slices.ContainsFunc(common.Tokens, func(c Token) bool { return c.Value == t.Value }) {
					picked[t.Value] = name
				}
			}
		}
	}
	return picked
}

// shownSlots are the credential slots whose value travels in the clear.
func (v *vendor) shownSlots() []string {
	var slots []string
	for _, op := range v.operations {
		if sign := op.Wire.Sign; sign != nil {
			slots = append(slots, sign.KeySlot)
		}
		if auth := op.Wire.Auth; auth != nil {
			if auth.Slot != "" {
				slots = append(slots, auth.Slot)
			}
			if !op.openBody {
				for _, pointer := range sortedKeys(auth.Fields) {
					slots = append(slots, auth.Fields[pointer])
				}
			}
		}
	}
	slices.Sort(slots)
	return slices.Compact(slots)
}

// owners finds the session whose own credential a caller shows.
type owners struct {
	mu     sync.RWMutex
	byText map[string]string // credential → session
}

// add notes credentials, by what they are called in errors. One that another session shows already is an error.
func (o *owners) add(session string, credentials map[string]string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for text, name := range credentials {
		if owner, taken := o.byText[text]; taken && owner != session {
			return fmt.Errorf("%s is the credential of session %s already; two sessions cannot share it", name, quote(owner))
		}
	}
	if o.byText == nil {
		o.byText = map[string]string{}
	}
	for text := range credentials {
		o.byText[text] = session
	}
	return nil
}

func (o *owners) forget(session string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	maps.DeleteFunc(o.byText, func(_, owner string) bool { return owner == session })
}

func (o *owners) any() bool {
	o.mu.RLock()
	defer o.mu.RUnlock()
	return len(o.byText) > 0
}

func (o *owners) of(credential string) (session string, ok bool) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	session, ok = o.byText[credential]
	return session, ok
}
