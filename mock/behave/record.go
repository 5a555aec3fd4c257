package behave

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
	"understudy/specs"
)

// Record is one thing that a session's vendor holds.
type Record struct {
	// Key names the record in its kind.
	Key string `json:"key"`
	// Value has the form of the kind's schema. Members are values (see package value): an instant is a time.Time, which the
	// schema makes a number or a text. Where the kind is ReadOnly they are JSON values as a caller sent them.
	Value value.Record `json:"value"`
	// Origin says where the record comes from.
	Origin Origin `json:"origin"`
	// At is when a caller sent it, on the session's clock.
	At time.Time `json:"at,omitzero"`
	// Revision counts the states of a reservation (预约) from 1; Acknowledged is the newest one that the caller has confirmed. One
	// with a revision above it is pulled.
	Revision     int `json:"revision,omitempty"`
	Acknowledged int `json:"acknowledged,omitempty"`
	// Owner is whose the record is where its value does not say: the institution of an agent's token.
	Owner string `json:"owner,omitempty"`
}

// Origin is where a record comes from.
type Origin string

// The origins.
const (
	Generated Origin = "generated" // invented: a function of seed, start and time
	FromData  Origin = "data"      // listed in the user's data
	WasPut    Origin = "put"       // changed or made in this session, from outside or by a caller; it changes no more by itself
	Received  Origin = "received"  // a caller's doing
)

// Kind is one sort of records of a vendor.
type Kind struct {
	// Name is plural and lower-case, or what x-resource calls the kind.
	Name string
	// Schema is the JSON pointer of one record's schema in the vendor's contract.
	Schema string
	// Key is the member that holds the key; where no single member does, it says how the key is made up, in capitals.
	Key string
	// ReadOnly records are what callers sent. They are listed and deleted and never put, and no data lists them. Their
	// values are to be masked by the schema, but not converted: a caller may send more than it describes.
	ReadOnly bool
}

// What can be wrong with a request for records. A value that breaks the contract's schema is none of these: that is for
// the caller of [Put] to find before it commits.
var (
	// ErrUnknownKind says that the vendor has no such kind.
	ErrUnknownKind = errors.New("unknown kind of records")
	// ErrReadOnly says that the kind holds what callers send.
	ErrReadOnly = errors.New("read only")
	// ErrConflict says that another record stands in the way.
	ErrConflict = errors.New("conflicting record")
	// ErrInvalid says that there can be no such record: a key of a wrong form, a member that contradicts the key.
	ErrInvalid = errors.New("impossible record")
)

// kind is what can be done with the records of a kind. Put and data are nil where it is ReadOnly.
type kind struct {
	Kind
	data   *dataRules
	list   func(tx state.Tx, w *World, now time.Time) ([]Record, error)
	put    func(tx state.Tx, w *World, now time.Time, key string, patch value.Record) (Record, error)
	delete func(tx state.Tx, w *World, now time.Time, key string) (bool, error)
}

func kindsOf(c *specs.Contract) []kind {
	kinds := writtenKinds(c)
	for _, k := range resourcesOf(c).kinds {
		kinds = append(kinds, k.kind())
	}
	return kinds
}

// writtenKinds are those of a bundled vendor's behaviour.
func writtenKinds(c *specs.Contract) []kind {
	if !c.Bundled {
		return nil
	}
	switch c.Vendor {
	case "alihealth":
		return alihealthKinds()
	case "eazytec":
		return eazytecKinds()
	case "mytijian":
		return mytijianKinds()
	case "weixiao":
		return weixiaoKinds()
	case "zheliban":
		return zhelibanKinds()
	}
	return nil
}

func findKind(c *specs.Contract, name string) (kind, error) {
	kinds := kindsOf(c)
	var names []string
	for _, k := range kinds {
		if k.Name == name {
			return k, nil
		}
		names = append(names, k.Name)
	}
	if len(names) == 0 {
		return kind{}, fmt.Errorf("%w: %q: %s has no records", ErrUnknownKind, name, c.Vendor)
	}
	return kind{}, fmt.Errorf("%w: %q: %s has %s", ErrUnknownKind, name, c.Vendor, strings.Join(names, ", "))
}

// Kinds lists the kinds of records that a contract's vendor holds; none for a vendor without a behaviour.
func Kinds(c *specs.Contract) []Kind {
	var list []Kind
	for _, k := range kindsOf(c) {
		list = append(list, k.Kind)
	}
	return list
}

// Records lists the records of a kind as they stand now, in the vendor's order, the new ones of this session last. Nothing of
// the result is shared with the session.
func Records(tx state.Tx, w *World, now time.Time, c *specs.Contract, kind string) ([]Record, error) {
	k, err := findKind(c, kind)
	if err != nil {
		return nil, err
	}
	return k.list(tx, w, now)
}

// Put lays a patch over the record under a key, or over a newly generated one when there is none, and returns the record as
// it stands then. Each member of the patch takes the place of the record's whole; one that is null stays null where the
// schema has a null, and is left out of answers elsewhere. A put record no longer changes by itself. The result is the
// caller's to hold to the kind's schema before the step is committed. The error is [ErrUnknownKind], [ErrReadOnly],
// [ErrConflict], [ErrInvalid] or [state.ErrFull], or a fault of the store; it holds no value of a record.
func Put(tx state.Tx, w *World, now time.Time, c *specs.Contract, kind, key string, patch value.Record) (Record, error) {
	k, err := findKind(c, kind)
	if err != nil {
		return Record{}, err
	}
	if k.ReadOnly {
		return Record{}, fmt.Errorf("%w: %s are what callers send: they can be listed and deleted", ErrReadOnly, k.Name)
	}
	if err := checkKey(key); err != nil {
		return Record{}, err
	}
	patch, err = plainPatch(patch)
	if err != nil {
		return Record{}, err
	}
	return k.put(tx, w, now, key, patch)
}

// Delete takes a record away and says whether there was one. A generated one, or one of the user's data, stays away for the
// rest of the session.
func Delete(tx state.Tx, w *World, now time.Time, c *specs.Contract, kind, key string) (bool, error) {
	k, err := findKind(c, kind)
	if err != nil {
		return false, err
	}
	return k.delete(tx, w, now, key)
}

// longestKey bounds a key in bytes.
const longestKey = 512

func checkKey(key string) error {
	switch {
	case key == "" || len(key) > longestKey:
		return fmt.Errorf("%w: a key has 1 to %d bytes", ErrInvalid, longestKey)
	case strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' }):
		return fmt.Errorf("%w: a key is UTF-8 without control characters", ErrInvalid)
	}
	return nil
}
