package mock

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"understudy/mock/internal/schema"
	"understudy/specs"
)

// nameWired lists what stands in the query beside the operation's own parameters.
func (op *compiled) nameWired() {
	for _, schemes := range op.Requirements {
		for i := range schemes {
			if schemes[i].In == "query" {
				op.secrets = append(op.secrets, schemes[i].Key)
			}
		}
	}
	if op.Security != nil {
		op.secrets = append(op.secrets, op.Security.Key)
	}
	if auth := op.Wire.Auth; auth != nil {
		for pointer := range auth.Fields {
			op.secrets = append(op.secrets, specs.UnescapePointer(strings.TrimPrefix(pointer, "/")))
		}
	}
	op.wired = slices.Clone(op.secrets)
	if route := op.Wire.Route; route != nil {
		op.wired = append(op.wired, route.Parameter)
	}
	if sign := op.Wire.Sign; sign != nil {
		for _, at := range []string{sign.Parameter, sign.KeyParameter, sign.TimeParameter, sign.NonceParameter, sign.MethodParameter} {
			name := at // of the scheme top, whose names are those of parameters
			if place, located := specs.Location(at).Split(); place != "" {
				name = located
			}
			op.wired = append(op.wired, name)
		}
	}
}

// compileSealed finds out what a sealed member opens to, and refuses replies in which none can be sealed: they would travel
// open.
func (op *compiled) compileSealed() error {
	if strings.HasPrefix(op.sealPart, "/") {
		for _, b := range op.usual.bodies {
			if !isJSON(b.base) && b.base != formMediaType && !strings.Contains(b.base, "*") {
				return fmt.Errorf("%s: nothing can be sealed at %s of a reply of type %s: leave the type out, or say cipher: none at %s",
					op.of.contract.Position(b.Pointer), op.sealPart, b.base, op.ID)
			}
		}
	}
	if op.openPart == "" {
		return nil
	}
	for i := range op.bodies {
		b := &op.bodies[i]
		if _, stated := b.Encoding[op.openPart[1:]]; stated { // of what it opens to
			b.Encoding = maps.Clone(b.Encoding)
			delete(b.Encoding, op.openPart[1:])
		}
		pointer, inPlace, ok := op.of.contract.SealedSchema(b.Schema, op.openPart)
		if !ok {
			continue
		}
		var err error
		if b.inPlace = inPlace; !inPlace && pointer != "" {
			b.sealed, err = op.of.set.CompileView(pointer, schema.Request)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
