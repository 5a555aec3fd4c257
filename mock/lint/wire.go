package lint

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"understudy/specs"
)

// wire examines ciphers, signatures, envelope and catalogue.
func (l *linter) wire() {
	l.vectors()
	l.catalogue()
}

// vectors asks for outside truth beside a document that seals or signs.
func (l *linter) vectors() {
	at, what := "", ""
	for _, op := range l.contract.Operations {
		switch {
		case op.Wire.Seal != nil:
			at, what = l.wirePart(op, "seal"), "cipher"
		case op.Wire.Sign != nil:
			at, what = l.wirePart(op, "sign"), "signature"
		default:
			continue
		}
		break
	}
	if what == "" || l.proved() {
		return
	}
	l.add(ruleSealed, at, "nothing proves this %s: put vectors.json beside the document, with texts that come from the vendor", what)
}

// wirePart is where a part of x-wire stands that holds for an operation: there, at its path or at the root.
func (l *linter) wirePart(op *specs.Operation, name string) string {
	pointer := op.Pointer
	for {
		at := pointer + "/" + specs.KeyWire + "/" + name
		if _, ok := l.at(at); ok {
			return at
		}
		i := strings.LastIndexByte(pointer, '/')
		if i < 0 {
			return op.Pointer
		}
		pointer = pointer[:i]
	}
}

// maxVectors bounds a file of vectors in bytes.
const maxVectors = 4 << 20

// proved says whether there are vectors beside the document.
func (l *linter) proved() bool {
	var data []byte
	if l.contract.Bundled {
		data, _ = specs.Vectors(l.contract.Vendor) // none is no proof
	} else {
		for _, file := range l.contract.Files {
			beside := filepath.Join(filepath.Dir(file), "vectors.json")
			at, err := os.Stat(beside)
			if err != nil || !at.Mode().IsRegular() || at.Size() > maxVectors {
				continue
			}
			data, _ = os.ReadFile(beside) // none is no proof
			break
		}
	}
	var file struct {
		Vectors []json.RawMessage `json:"vectors"`
	}
	return json.Unmarshal(data, &file) == nil && len(file.Vectors) > 0
}

// catalogue examines the errors of the document: rows that nothing raises, and failures that no row answers.
func (l *linter) catalogue() {
	for i := range l.contract.Errors {
		row := &l.contract.Errors[i]
		if len(row.Conditions) == 0 {
			l.add(ruleUnraised, l.row(row.ID), "no condition raises error %s: only code, a fault or a preference does", row.ID)
		}
	}
	if len(l.contract.Errors) == 0 {
		for _, op := range l.contract.Operations {
			if op.Wire.Envelope != nil && op.Wire.Envelope.Error != nil {
				l.add(ruleEnvelope, l.wirePart(op, "envelope"), "the envelope has a form for errors, and x-errors has none: no call is ever answered with it")
				return
			}
		}
		return
	}
	missing := map[specs.Condition][]string{}
	for _, op := range l.contract.Operations {
		for _, condition := range conditions(op) {
			if _, ok := l.contract.ErrorFor(op.ID, condition, ""); !ok && !l.namesSubject(condition) {
				missing[condition] = append(missing[condition], op.ID)
			}
		}
	}
	for _, condition := range slices.Sorted(maps.Keys(missing)) {
		list := missing[condition]
		shown := strings.Join(list[:min(len(list), 3)], ", ")
		if len(list) > 3 {
			shown += " …"
		}
		l.add(ruleCondition, "/"+specs.KeyErrors, "no row answers %s, which %d operations may meet (%s): such a call is answered as no document says", condition, len(list), shown)
	}
}

// namesSubject says whether some row answers the condition for one subject: the document has thought of it.
func (l *linter) namesSubject(condition specs.Condition) bool {
	for i := range l.contract.Errors {
		if slices.ContainsFunc(l.contract.Errors[i].Conditions, func(c string) bool { return strings.HasPrefix(c, string(condition)+":") }) {
			return true
		}
	}
	return false
}

// row is where a row of the catalogue stands.
func (l *linter) row(id string) string {
	v, _ := l.at("/" + specs.KeyErrors)
	switch of := v.(type) {
	case []any:
		for i, one := range of {
			if m, ok := one.(map[string]any); ok && m["id"] == id {
				return "/" + specs.KeyErrors + "/" + strconv.Itoa(i)
			}
		}
	case map[string]any:
		return "/" + specs.KeyErrors + "/" + specs.EscapePointer(id)
	}
	return "/" + specs.KeyErrors
}

// conditions are those that a call of an operation may meet.
func conditions(op *specs.Operation) []specs.Condition {
	var list []specs.Condition
	if op.Wire.Auth != nil && op.Wire.Auth.Security != "" {
		list = append(list, specs.MissingToken, specs.InvalidToken)
	}
	if op.Wire.Sign != nil {
		list = append(list, specs.MissingSignature, specs.InvalidSignature)
		if op.Wire.Sign.TimeParameter != "" {
			list = append(list, specs.StaleTimestamp)
		}
	}
	for i := range op.Parameters {
		if op.Parameters[i].Required && op.Parameters[i].In != "path" {
			list = append(list, specs.MissingParameter)
			break
		}
	}
	if op.Body != nil {
		list = append(list, specs.MalformedBody)
		if op.Wire.Seal != nil && slices.Contains(op.Wire.Seal.Directions, "request") {
			list = append(list, specs.Unsealable)
		}
	}
	return list
}
