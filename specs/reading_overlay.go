package specs

import (
	"fmt"
	"io/fs"
	"slices"
)

// ReadingOverlay is the OpenAPI Overlay that makes of the contract the one under a reading of an unclear clause: YAML, nil
// for the reading that the document is as it stands. The errors are that there is no such clause or reading, and that it has
// no overlay.
func (c *Contract) ReadingOverlay(id, name string) ([]byte, error) {
	i := slices.IndexFunc(c.Unclear, func(u Unclear) bool { return u.ID == id })
	if i < 0 {
		return nil, fmt.Errorf("%s: no unclear clause %q", c.Vendor, id)
	}
	at := slices.Index(c.Unclear[i].names(), name)
	if at < 0 {
		return nil, fmt.Errorf("%s: %s has no reading %q; it has %s", c.Vendor, id, name, listOf(c.Unclear[i].names()))
	}
	if c.Unclear[i].Readings[at].Base {
		return nil, nil
	}
	file := c.Vendor + "/readings/" + id + "." + name + ".yaml"
	data, err := fs.ReadFile(c.overlays, file)
	if err != nil {
		return nil, fmt.Errorf("%s: the reading %s=%s has no overlay %s", c.Vendor, id, name, file)
	}
	return data, nil
}
