package specs

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
)

// anyReading is the default of a clause of which the document as it stands takes every reading.
const anyReading = "any"

// names lists a clause's readings.
func (u *Unclear) names() []string {
	names := make([]string, len(u.Readings))
	for i, r := range u.Readings {
		names[i] = r.Name
	}
	return names
}

// Readings are those that were chosen, by the id of the unclear clause: empty for the contract as it is. The map is the
// caller's own.
func (c *Contract) Readings() map[string]string {
	chosen := map[string]string{}
	maps.Copy(chosen, c.readings)
	return chosen
}

// With returns the contract under chosen readings, unclear id → name of a reading, laid over those that c has. A chosen
// reading is strict: what the clause's other readings would send is the vendor's error, or breaks the contract. The
// default may be chosen as well, and is then as strict; "any", where it is the default, takes a choice back.
//
// The same choice gives the same contract each time. An empty one gives c. The errors name an unknown id or name and list
// what there is.
func (c *Contract) With(readings map[string]string) (*Contract, error) {
	if len(readings) == 0 {
		return c, nil
	}
	origin := c
	if c.origin != nil {
		origin = c.origin
	}
	chosen := c.Readings()
	var problems []error
	for _, id := range slices.Sorted(maps.Keys(readings)) {
		if err := origin.choose(chosen, id, readings[id]); err != nil {
			problems = append(problems, err)
		}
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	if maps.Equal(chosen, origin.readings) {
		return origin, nil
	}
	var key strings.Builder
	for _, id := range slices.Sorted(maps.Keys(chosen)) {
		fmt.Fprintf(&key, "%q=%q ", id, chosen[id])
	}
	once, ok := origin.variants.Load(key.String())
	if !ok {
		once, _ = origin.variants.LoadOrStore(key.String(), sync.OnceValues(func() (*Contract, error) { return origin.under(chosen) }))
	}
	return once.(func() (*Contract, error))()
}

// choose enters one reading into a choice.
func (c *Contract) choose(chosen map[string]string, id, name string) error {
	i := slices.IndexFunc(c.Unclear, func(u Unclear) bool { return u.ID == id })
	if i < 0 {
		var ids []string
		for _, u := range c.Unclear {
			ids = append(ids, u.ID)
		}
		return fmt.Errorf("%s: no unclear clause %q; there are %s", c.Vendor, id, listOf(ids))
	}
	u := &c.Unclear[i]
	known := slices.Contains(u.names(), name)
	takenBack := !known && name == u.Default // which is any then
	if !known && !takenBack {
		names := u.names()
		if !slices.Contains(names, u.Default) {
			names = append(names, u.Default)
		}
		return fmt.Errorf("%s: %s has no reading %q; it has %s", c.Vendor, id, name, listOf(names))
	}
	if before, ok := c.readings[id]; ok && before != name {
		return fmt.Errorf("%s: %s was read as %q before an overlay was applied; choose readings after it", c.Vendor, id, before)
	}
	if takenBack {
		delete(chosen, id)
		return nil
	}
	chosen[id] = name
	return nil
}

func listOf(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// under applies the overlays of a choice in the order of x-unclear, whatever the order of the choice.
func (c *Contract) under(chosen map[string]string) (*Contract, error) {
	var list []overlay
	var problems []error
	for _, u := range c.Unclear {
		name, ok := chosen[u.ID]
		if _, before := c.readings[u.ID]; !ok || before {
			continue
		}
		o, needed, err := c.readingOverlay(u, name)
		if err != nil {
			problems = append(problems, err)
		} else if needed {
			list = append(list, o)
		}
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	out, err := c.overlaid(list)
	if err != nil {
		return nil, err
	}
	out.readings, out.origin = chosen, c
	return out, nil
}

// readingOverlay reads the overlay of a reading; the reading that the document is as it stands needs none.
func (c *Contract) readingOverlay(u Unclear, name string) (o overlay, needed bool, err error) {
	i := slices.Index(u.names(), name)
	if u.Readings[i].Base {
		return overlay{}, false, nil
	}
	file := c.Vendor + "/readings/" + u.ID + "." + name + ".yaml"
	data, err := fs.ReadFile(c.overlays, file)
	if err != nil {
		return overlay{}, false, fmt.Errorf("%s: the reading %s=%s has no overlay %s", c.document.position("/"+KeyUnclear), u.ID, name, file)
	}
	o, err = parseOverlay(file, data)
	return o, true, err
}
