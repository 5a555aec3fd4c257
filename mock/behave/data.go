package behave

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/value"
	"understudy/specs"
)

// Data are a user's own records of one vendor by kind. A kind that stands in it holds these records in the place of
// generated ones; what a record leaves out is generated. [ParseData] and [CheckData] make it; it is not changed once it is
// in use.
type Data map[string][]value.Record

// MaxData bounds a file of records in bytes.
const MaxData = 4 << 20

// mostGiven bounds the records of a kind in a user's data: a caller may get all of them at once (Z-28).
const mostGiven = 20_000

// dataRules are what there is to know about a kind in a user's data.
type dataRules struct {
	// key is the member by which the records differ, or a pointer to it; mint is what it is in the n-th record, from 1, that does not say.
	key  string
	mint func(n int) any
	// needs is a member that cannot be made up, "" when there is none; unique is one that must differ as well.
	needs, unique string
	// ignored is a member that may stand in a copy of an answer and says nothing of the record.
	ignored string
	// most bounds the records; 0 means 20,000.
	most int
	// members are the schemas of the members that a record may have, and whether it may have others; nil means the
	// properties that the kind's schema names.
	members func() (schemas map[string]string, open bool)
	// complete is the i-th record with all that is generated.
	complete func(w *World, i int, given value.Record) value.Record
}

// open says that a record may have members that no schema names.
func (d *dataRules) open() bool {
	if d.members == nil {
		return false
	}
	_, open := d.members()
	return open
}

// keyPointer points to the key of a record.
func (d *dataRules) keyPointer() string { return "/" + strings.TrimPrefix(d.key, "/") }

// ParseData reads a user's own records of a vendor from a file: an object of kinds, each with a list of records, as YAML, or
// as JSON where the name ends in .json. A record states what matters to the user. Every record is held to the contract's
// schema of its kind once it is completed. Everything that is wrong is told at once, up to twenty places, each as name:line;
// no value is quoted, since it may be somebody's datum.
func ParseData(vendor string, name string, text []byte, c *specs.Contract) (Data, error) {
	doc, err := readDocument(name, text)
	if err != nil {
		return nil, err
	}
	r := newDataReader(vendor, c)
	r.at = func(pointer string) string { return name + ":" + strconv.Itoa(doc.line(pointer)) }
	r.read(doc.root)
	return r.result()
}

// CheckData is [ParseData] for records that are there already. Its errors name places as JSON pointers.
func CheckData(vendor string, d Data, c *specs.Contract) (Data, error) {
	r := newDataReader(vendor, c)
	r.at = func(pointer string) string { return vendor + pointer }
	root := value.Record{}
	for kind, records := range d {
		list := make(value.List, len(records))
		for i, record := range records {
			plain, err := plainPatch(record)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", r.at("/"+kind+"/"+strconv.Itoa(i)), err)
			}
			list[i] = plain
		}
		root[kind] = list
	}
	r.read(root)
	return r.result()
}

// dataReader makes Data of what a document holds.
type dataReader struct {
	vendor   string
	contract *specs.Contract
	set      *schema.Set
	at       func(pointer string) string
	data     Data
	problems []error
}

func newDataReader(vendor string, c *specs.Contract) *dataReader {
	return &dataReader{vendor: vendor, contract: c, set: schema.NewSet(c), data: Data{}}
}

// mostProblems bounds what is told of one file.
const mostProblems = 20

func (r *dataReader) problem(pointer, format string, args ...any) {
	if len(r.problems) < mostProblems {
		r.problems = append(r.problems, fmt.Errorf("%s: %s", r.at(pointer), fmt.Sprintf(format, args...)))
	}
}

func (r *dataReader) result() (Data, error) {
	if len(r.problems) > 0 {
		return nil, errors.Join(r.problems...)
	}
	return r.data, nil
}

func (r *dataReader) read(root any) {
	var known []string
	for _, k := range kindsOf(r.contract) {
		if k.data != nil {
			known = append(known, k.Name)
		}
	}
	if len(known) == 0 {
		r.problem("", "%s has no records that can be given", r.vendor)
		return
	}
	kinds, ok := root.(map[string]any)
	if !ok || len(kinds) == 0 {
		r.problem("", "write kinds of records, each with a list; %s takes %s", r.vendor, strings.Join(known, ", "))
		return
	}
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		pointer := "/" + specs.EscapePointer(name)
		k, err := findKind(r.contract, name)
		switch {
		case err != nil:
			r.problem(pointer, "no such kind of records; %s takes %s", r.vendor, strings.Join(known, ", "))
			continue
		case k.data == nil:
			r.problem(pointer, "%s are what callers send; %s takes %s", k.Name, r.vendor, strings.Join(known, ", "))
			continue
		}
		list, ok := kinds[name].([]any)
		if !ok {
			r.problem(pointer, "%s are a list of records; [] is none", k.Name)
			continue
		}
		if most := cmp.Or(k.data.most, mostGiven); len(list) > most {
			r.problem(pointer, "at most %d %s", most, k.Name)
			continue
		}
		r.readKind(k, pointer, list)
	}
}

// readKind reads the records of a kind: first each by itself, then all of them completed.
func (r *dataReader) readKind(k kind, pointer string, list []any) {
	before := len(r.problems)
	records := make([]value.Record, len(list))
	members := r.memberSchemas(k)
	for i, item := range list {
		at := pointer + "/" + strconv.Itoa(i)
		given, ok := item.(map[string]any)
		if !ok {
			r.problem(at, "a record is an object")
			continue
		}
		records[i] = r.readRecord(k, at, given, members)
	}
	if len(r.problems) > before || !r.keys(k, pointer, records) {
		return
	}
	r.data[k.Name] = records
	r.completed(k, pointer, records)
}

func (r *dataReader) memberSchemas(k kind) map[string]*schema.Schema {
	pointers := map[string]string{}
	for _, name := range r.contract.Names(k.Schema + "/properties") {
		pointers[name] = k.Schema + "/properties/" + specs.EscapePointer(name)
	}
	if k.data.members != nil {
		pointers, _ = k.data.members()
	}
	members := map[string]*schema.Schema{}
	for name, pointer := range pointers {
		s, err := r.set.Compile(pointer)
		if err != nil {
			r.problem("", "%v", err)
			continue
		}
		members[name] = s
	}
	return members
}

// readRecord brings each member into the form that the contract describes.
func (r *dataReader) readRecord(k kind, pointer string, given value.Record, members map[string]*schema.Schema) value.Record {
	record := value.Record{}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		at := pointer + "/" + specs.EscapePointer(name)
		s, known := members[name]
		switch {
		case !known && k.data.open():
			record[name] = given[name]
			continue
		case !known:
			r.problem(at, "no such member; a record of %s has %s", k.Name, strings.Join(slices.Sorted(maps.Keys(members)), ", "))
			continue
		case name == k.data.ignored:
			continue
		case given[name] == nil:
			record[name] = nil // whether null may stand there is seen in the whole record
			continue
		}
		converted, violations := fitted(s, given[name])
		for _, v := range violations {
			r.violated(at, name, v)
		}
		record[name] = converted
	}
	if need := k.data.needs; need != "" && record[need] == nil {
		r.problem(pointer, "%s is missing, and cannot be made up", need)
	}
	return record
}

// fitted brings a value into the form of a schema, and says what is wrong with it.
func fitted(s *schema.Schema, v any) (any, []schema.Violation) {
	converted, err := s.Convert(v)
	if err == nil {
		return converted, s.Validate(converted)
	}
	if violations := s.Validate(flat(v)); len(violations) > 0 {
		return v, violations
	}
	return v, []schema.Violation{{Expected: "another value"}}
}

func (r *dataReader) violated(pointer, member string, v schema.Violation) {
	clause := ""
	if v.Source != "" {
		clause = " (" + v.Source + ")"
	}
	r.problem(pointer, "%s: the contract wants %s%s", member, v.Expected, clause)
}

// keys gives a key to each record without one, the lowest that is free, and finds those that come twice.
func (r *dataReader) keys(k kind, pointer string, records []value.Record) bool {
	first, ok := map[string]int{}, true
	name := k.data.keyPointer()
	for i, record := range records {
		v, _ := valueAt(record, name)
		if v == nil {
			continue
		}
		key := keyText(v)
		at := pointer + "/" + strconv.Itoa(i)
		if other, twice := first[key]; twice {
			r.problem(at+name, "the same %s as at %s", name[1:], r.at(pointer+"/"+strconv.Itoa(other)+name))
			ok = false
			continue
		}
		if checkKey(key) != nil {
			r.problem(at+name, "%s: a key has 1 to %d bytes and no control characters", name[1:], longestKey)
			ok = false
		}
		first[key] = i
	}
	next := 1
	for i, record := range records {
		for v, _ := valueAt(record, name); v == nil; {
			minted := k.data.mint(next)
			next++
			if _, taken := first[keyText(minted)]; !taken {
				v, first[keyText(minted)] = minted, i
				records[i], _ = withValue(record, name, minted).(value.Record)
			}
		}
	}
	return ok
}

// completed holds the records, completed as some session would, to the contract.
func (r *dataReader) completed(k kind, pointer string, records []value.Record) {
	if k.Schema == "" {
		return
	}
	whole, err := r.set.Compile(k.Schema)
	if err != nil {
		r.problem("", "%v", err)
		return
	}
	w := &World{Seed: 1, Start: time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC)}
	first := map[string]int{}
	for i := range records {
		at := pointer + "/" + strconv.Itoa(i)
		record := k.data.complete(w, i, records[i])
		_, violations := fitted(whole, record)
		for _, v := range violations {
			r.violated(at+v.Pointer, strings.TrimPrefix(v.Pointer, "/"), v)
		}
		if k.data.unique == "" {
			continue
		}
		text := keyText(record[k.data.unique])
		if other, twice := first[text]; twice {
			r.problem(at+"/"+k.data.unique, "the same %s as at %s", k.data.unique, r.at(pointer+"/"+strconv.Itoa(other)+"/"+k.data.unique))
		}
		first[text] = i
	}
}
