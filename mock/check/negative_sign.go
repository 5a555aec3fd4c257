package check

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"time"

	"understudy/mock/drive"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// signatureMistakes are calls that are not signed as the contract says.
func (r *run) signatureMistakes(op *operation, base *drive.Request) []mistake {
	s := op.Wire.Sign
	if s == nil {
		return nil
	}
	place, name := location(s.Parameter)
	signature := []specs.Condition{specs.InvalidSignature}
	list := []mistake{
		{
			trial: trial{name: "no signature", values: op.base, alter: func(request *drive.Request) { r.setAt(request, place, name, "") }},
			what:  "carries no signature", conditions: []specs.Condition{specs.MissingSignature, specs.MissingParameter}, about: name,
		},
		{
			trial: trial{name: "wrong signature", values: op.base, alter: func(request *drive.Request) {
				r.setAt(request, place, name, garbledHex(r.getAt(request, place, name)))
			}},
			what: "carries a wrong signature", conditions: signature, about: name,
		},
		{
			trial: trial{name: "signature with another ending", values: op.base, alter: func(request *drive.Request) {
				text := r.getAt(request, place, name)
				i := len(strings.TrimRight(text, "=")) - 1 // the last character before the padding of Base64
				if i >= 1 {
					r.setAt(request, place, name, text[:i-1]+garbledHex(text[i-1:]))
				}
			}},
			what: "carries a signature that is wrong at its end", conditions: signature, about: name,
		},
		{
			trial: trial{name: "signature cut off", values: op.base, alter: func(request *drive.Request) {
				text := r.getAt(request, place, name)
				r.setAt(request, place, name, text[:len(text)/2])
			}},
			what: "carries half a signature", conditions: append(signature, specs.InvalidParameter), about: name,
		},
	}
	if client, ok := r.otherwise(s.Secret); ok {
		list = append(list, mistake{
			trial: trial{name: "signed with another secret", values: carrying(op, base), by: client}, what: "is signed with another secret", conditions: signature, about: name,
		})
	}
	if place == specs.PlaceBody {
		list = append(list, mistake{
			trial: trial{name: "empty signature", values: op.base, alter: func(request *drive.Request) { r.emptyAt(request, place, name) }},
			what:  "carries an empty signature", about: name,
			conditions: []specs.Condition{specs.MissingSignature, specs.InvalidSignature, specs.MissingParameter, specs.InvalidParameter},
		})
	}
	tamper := tampering(op.Operation, base)
	if tamper == nil {
		tamper = r.changedMember(op, base)
	}
	if tamper != nil {
		list = append(list, mistake{
			trial: trial{name: "changed after signing", values: op.base, alter: tamper}, what: "was changed after it was signed", conditions: signature, about: name,
		})
	}
	if s.KeySlot != "" && s.KeyParameter != "" {
		if client, ok := r.otherwise(s.KeySlot); ok {
			_, key := location(s.KeyParameter)
			list = append(list, mistake{
				trial: trial{name: "unknown key", values: carrying(op, base), by: client}, what: "names a caller that nobody knows", about: key,
				conditions: []specs.Condition{specs.UnknownKey, specs.InvalidParameter, specs.InvalidSignature},
			})
		}
	}
	list = append(list, r.timeMistakes(op, base)...)
	if s.MethodParameter != "" {
		_, method := location(s.MethodParameter)
		list = append(list, mistake{
			trial: trial{name: "unknown digest", values: with(op.base, method, "understudy")}, what: "names a digest that the contract does not have", about: method,
			conditions: []specs.Condition{specs.InvalidSignature, specs.InvalidParameter, specs.MissingSignature},
		})
	}
	for _, stated := range []string{s.KeyParameter, s.TimeParameter, s.MethodParameter} {
		place, one := location(stated)
		declared := slices.ContainsFunc(op.Parameters, func(p specs.Parameter) bool { return p.Name == one && p.Required })
		if one == "" || !declared && place != specs.PlaceHeader && place != specs.PlaceQuery {
			continue
		}
		list = append(list, mistake{
			trial: trial{name: "no " + one, values: with(op.base, one, nil)}, what: "lacks the parameter " + one, about: one,
			conditions: []specs.Condition{specs.MissingParameter, specs.MissingSignature},
		})
	}
	for i := range list {
		list[i].in, list[i].pointer, list[i].keyword, list[i].rule = place, name, "sign", op.Pointer
	}
	return list
}

// beyond is how far outside of the tolerance a wrong time lies.
const beyond = 2 * time.Minute

func (r *run) timeMistakes(op *operation, base *drive.Request) []mistake {
	s := op.Wire.Sign
	if s.Within <= 0 || s.TimeParameter == "" {
		return nil
	}
	_, name := location(s.TimeParameter)
	var list []mistake
	for _, one := range []struct {
		name string
		by   time.Duration
	}{{"stale timestamp", -s.Within - beyond}, {"timestamp of the future", s.Within + beyond}} {
		now := r.config.Now
		client, err := r.caller(func(config *drive.Config) { config.Now = func() time.Time { return now().Add(one.by) } })
		if err != nil {
			continue
		}
		list = append(list, mistake{
			trial: trial{name: one.name, values: carrying(op, base), by: client}, what: "was signed at a time that lies too far off", about: name,
			conditions: []specs.Condition{specs.StaleTimestamp, specs.InvalidParameter},
		})
	}
	return list
}

// location is where a value of the wire stands: a bare name is a parameter of query or form.
func location(text string) (place, name string) {
	if place, name = specs.Location(text).Split(); place != "" {
		return place, name
	}
	return specs.PlaceParameter, text
}

func (r *run) getAt(request *drive.Request, place, name string) string {
	switch place {
	case specs.PlaceHeader:
		return request.Header.Get(name)
	case specs.PlaceBody:
		v, err := wire.DecodeJSON(request.Body, wire.JSONOptions{})
		if err != nil {
			return ""
		}
		into, key := parent(v, specs.Location(place+":"+name).Pointer())
		return textOf(into[key])
	}
	if mediaBase(request.Header.Get("Content-Type")) == formType {
		if pairs, err := wire.ParseForm(request.Body); err == nil {
			if text, n := pairs.Get(name); n > 0 {
				return text
			}
		}
	}
	text, _ := queryPairs(request).Get(name)
	return text
}

// emptyAt leaves a member of the body in place, and empty.
func (r *run) emptyAt(request *drive.Request, place, name string) {
	v, err := wire.DecodeJSON(request.Body, wire.JSONOptions{})
	if err != nil {
		return
	}
	if into, key := parent(v, specs.Location(place+":"+name).Pointer()); into != nil {
		into[key] = ""
		request.Body = jsonText(v)
	}
}

// changedMember puts another valid value in the place of a signed member of the body; nil where nothing is sure to be signed.
func (r *run) changedMember(op *operation, base *drive.Request) func(*drive.Request) {
	s := op.Wire.Sign
	if s.Fields == nil || !slices.Contains(s.Fields.From, specs.PlaceBody) || op.body == nil || op.body.Schema == "" || op.Wire.Seal.RequestPart() != "" ||
		!isJSON(mediaBase(op.body.Type)) {
		return nil
	}
	v, err := wire.DecodeJSON(base.Body, wire.JSONOptions{})
	record, isRecord := v.(map[string]any)
	if err != nil || !isRecord {
		return nil
	}
	others, failed := r.values.Value(op.body.Schema, r.source(op, "changed"), generate.Options{View: schema.Request, Optional: generate.All, Dynamic: true})
	other, ok := others.(map[string]any)
	if failed != nil || !ok {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(record)) {
		signed := !slices.Contains(s.Fields.Except, name) && (len(s.Fields.Only) == 0 || slices.Contains(s.Fields.Only, name))
		if !signed || credentialAt(op, "/"+specs.EscapePointer(name)) || !isScalar(record[name]) || other[name] == nil || other[name] == "" || equal(record[name], other[name]) {
			continue
		}
		return func(request *drive.Request) {
			changed := clone(record).(map[string]any)
			if now, err := wire.DecodeJSON(request.Body, wire.JSONOptions{}); err == nil {
				if body, ok := now.(map[string]any); ok {
					changed = body
				}
			}
			changed[name] = other[name]
			request.Body = jsonText(changed)
		}
	}
	return nil
}

// setAt changes a value where it travels; "" takes it out.
func (r *run) setAt(request *drive.Request, place, name, text string) {
	switch place {
	case specs.PlaceHeader:
		if request.Header.Del(name); text != "" {
			request.Header.Set(name, text)
		}
	case specs.PlaceBody:
		v, err := wire.DecodeJSON(request.Body, wire.JSONOptions{})
		if err != nil {
			return
		}
		into, key := parent(v, specs.Location(place+":"+name).Pointer())
		if into == nil {
			return
		}
		if delete(into, key); text != "" {
			into[key] = text
		}
		request.Body = jsonText(v)
	default:
		setPair(request, name, text)
	}
}

// garbledHex is another signature of the same form.
func garbledHex(text string) string {
	var b strings.Builder
	for _, c := range text {
		switch {
		case c >= '0' && c <= '9':
			b.WriteRune('0' + (c-'0'+7)%10)
		case c >= 'a' && c <= 'f':
			b.WriteRune('a' + (c-'a'+3)%6)
		case c >= 'A' && c <= 'F':
			b.WriteRune('A' + (c-'A'+3)%6)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// tampering changes something that is signed and leaves the request in order otherwise; nil where nothing is sure to be.
func tampering(op *specs.Operation, base *drive.Request) func(*drive.Request) {
	s := op.Wire.Sign
	signs := func(part string) bool {
		return slices.ContainsFunc(s.Parts, func(one string) bool { return one == part || strings.HasPrefix(one, part+"-") })
	}
	inForm := mediaBase(base.Header.Get("Content-Type")) == formType
	allPairs := s.Scheme == specs.SchemeTOP || (len(s.Parts) == 0 || signs("fields")) && (s.Fields == nil || len(s.Fields.Only) == 0)
	switch {
	case allPairs && (s.Fields == nil || len(s.Fields.From) == 0):
		return func(request *drive.Request) { setPair(request, "understudy_probe", "1") }
	case signs("body") && len(base.Body) > 0 && !inForm && op.Wire.Seal.RequestPart() == "":
		return func(request *drive.Request) { request.Body = append(bytes.Clone(request.Body), '\n') }
	}
	return nil
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
