package mock

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"understudy/mock/internal/session"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// owners finds the session whose own credential a caller shows.
type owners struct {
	byShown sync.Map // shown → the session's name; read without a lock
	mu      sync.Mutex
	of      map[string][]shown // session to what it owns
	count   atomic.Int64       // of sessions: while there is none, no call pays for the search
}

// shown is a credential as a caller shows it before anything is opened. What is one vendor's credential may be another's
// as well.
type shown struct{ vendor, slot, text string }

// add notes the credentials of a session that is new. One that another session shows already is an error, which does not
// hold it; nothing is noted then.
func (o *owners) add(session string, list []shown) error {
	if len(list) == 0 {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, one := range list {
		if owner, taken := o.find(one); taken {
			return fmt.Errorf("%s.%s is the credential of session %s already; two sessions cannot share it", one.vendor, one.slot, quote(owner))
		}
	}
	if o.of == nil {
		o.of = map[string][]shown{}
	}
	for _, one := range list {
		o.byShown.Store(one, session)
	}
	o.of[session] = list
	o.count.Add(1)
	return nil
}

func (o *owners) forget(session string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	list, ok := o.of[session]
	if !ok {
		return
	}
	for _, one := range list {
		o.byShown.Delete(one)
	}
	delete(o.of, session)
	o.count.Add(-1)
}

func (o *owners) find(one shown) (session string, ok bool) {
	owner, ok := o.byShown.Load(one)
	if !ok {
		return "", false
	}
	return owner.(string), true
}

// gone takes down what pointed at a session that is over.
func (s *Server) gone(w *session.Session) { s.owners.forget(w.Name) }

// identifying picks from a session's own credentials those that a caller shows before anything is opened, and that are
// not the server's as well: by them a call finds its session.
func (s *Server) identifying(own map[string]Credentials) []shown {
	var picked []shown
	for _, v := range s.base().vendors {
		for _, slot := range v.shownSlots() {
			common := v.credentials[slot].texts()
			for _, text := range own[v.contract.Vendor][slot].texts() {
				if one := (shown{v.contract.Vendor, slot, text}); !slices.Contains(common, text) && !slices.Contains(picked, one) {
					picked = append(picked, one)
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
		if sign := op.Wire.Sign; sign != nil && sign.KeySlot != "" {
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

// ownerOf finds the session whose own credential a caller shows where the operations of its path have theirs: in a header, in
// the query, or in a form or JSON body that is not sealed. It is "" when there is none; several says that there is another
// one as well.
func (s *Server) ownerOf(x *exchange) (owner string, several bool) {
	if s.owners.count.Load() == 0 {
		return "", false
	}
	p, _, ok := s.base().routes.paths.Match(x.path)
	if !ok {
		return "", false
	}
	l := look{x: x, owners: &s.owners}
	for _, op := range p.operations {
		l.at(op)
	}
	return l.owner, l.several
}

// look reads credentials from a request before anything is known of it; the body is read once.
type look struct {
	x      *exchange
	owners *owners
	read   bool
	form   wire.Pairs
	object map[string]any

	owner   string
	several bool
}

// found takes what stands where an operation has a credential.
func (l *look) found(op *operation, slot, text string) {
	if text == "" {
		return
	}
	switch owner, ok := l.owners.find(shown{op.Vendor, slot, text}); {
	case !ok:
	case l.owner == "":
		l.owner = owner
	case l.owner != owner:
		l.several = true
	}
}

// at looks where an operation has its credentials.
func (l *look) at(op *operation) {
	if auth := op.Wire.Auth; auth != nil && auth.Security != "" {
		if op.Security.In == "header" {
			for _, text := range l.x.request.Header.Values(op.Security.Key) {
				if op.Security.Bearer {
					_, text, _ = strings.Cut(text, " ")
				}
				l.found(op, auth.Slot, strings.TrimSpace(text))
			}
		} else {
			l.inPairs(op, l.x.query, op.Security.Key, auth.Slot)
		}
	} else if auth != nil && !op.openBody {
		for pointer, slot := range auth.Fields {
			l.inParameters(op, strings.TrimPrefix(pointer, "/"), slot)
		}
	}
	if sign := op.Wire.Sign; sign != nil && sign.KeySlot != "" {
		place, name := specs.Location(sign.KeyParameter).Split()
		switch place {
		case specs.PlaceHeader:
			l.found(op, sign.KeySlot, l.x.request.Header.Get(name))
		case "": // of the scheme top, whose names are those of parameters
			l.inParameters(op, sign.KeyParameter, sign.KeySlot)
		default:
			l.inParameters(op, specs.Location(sign.KeyParameter).Name(), sign.KeySlot)
		}
	}
}

func (l *look) inPairs(op *operation, pairs wire.Pairs, name, slot string) {
	for i := range pairs {
		if pairs[i].Name == name {
			l.found(op, slot, pairs[i].Value)
		}
	}
}

// inParameters looks in the query, and for a field of a form or a member of an object.
func (l *look) inParameters(op *operation, name, slot string) {
	l.readBody()
	l.inPairs(op, l.x.query, name, slot)
	l.inPairs(op, l.form, name, slot)
	if text, ok := l.object[name].(string); ok {
		l.found(op, slot, text)
	}
}

// readBody takes a body without a label for what it looks like, as the stages do that follow the session.
func (l *look) readBody() {
	if l.read {
		return
	}
	l.read = true
	base, _ := mediaTypeOf(l.x.request)
	switch {
	case base == formMediaType:
		l.form, _ = wire.ParseForm(l.x.body)
	case base == "" || base == "application/json" || strings.HasSuffix(base, "+json"):
		v, failed := wire.DecodeJSON(l.x.body, wire.JSONOptions{DuplicateNames: true})
		if l.object, _ = v.(map[string]any); failed != nil && base == "" {
			l.form, _ = wire.ParseForm(l.x.body)
		}
	}
}
