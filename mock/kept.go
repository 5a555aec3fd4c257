package mock

import (
	"strings"

	"understudy/mock/internal/journal"
	"understudy/mock/internal/wire"
	"understudy/scenarios"
	"understudy/specs"
)

// keptParameters are the parameters of a call as the journal keeps them. Texts are copied, into one: as they are, each would
// keep the whole request from being forgotten.
func keptParameters(query, form wire.Pairs) []journal.Parameter {
	if len(query)+len(form) == 0 {
		return nil
	}
	size := 0
	for _, pairs := range [...]wire.Pairs{query, form} {
		for i := range pairs {
			size += len(pairs[i].Name) + len(pairs[i].Value)
		}
	}
	var texts strings.Builder
	texts.Grow(size)
	kept := make([]journal.Parameter, 0, len(query)+len(form))
	for _, pairs := range [...]wire.Pairs{query, form} {
		for i := range pairs {
			p := &pairs[i]
			from := texts.Len()
			texts.WriteString(p.Name)
			texts.WriteString(p.Value)
			copied := texts.String()[from:]
			kept = append(kept, journal.Parameter{In: p.In, Name: copied[:len(p.Name)], Value: copied[len(p.Name):]})
		}
	}
	return kept
}

// keepWire keeps how a request travelled, as far as its exchange does not say so.
func (x *exchange) keepWire(e *journal.Exchange, conditions []specs.Condition) {
	var n journal.Wire
	if x.noteWire(&n, conditions); e.Path == x.path {
		n.Path = e.Path
	} else {
		n.Path = x.keptPath(x.path)
	}
	usual := ""
	if x.op != nil {
		usual = usualCredential(x.op.compiled)
	}
	if !n.IsPlain(e, usual) {
		kept := n
		e.Wire = &kept
	}
}

// usualCredential is how the credential fares in a call where all is well.
func usualCredential(op *compiled) string {
	if op != nil && op.Wire.Auth != nil {
		return scenarios.Valid
	}
	return ""
}
