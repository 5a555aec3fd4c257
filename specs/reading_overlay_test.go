package specs

import "testing"

// TestReadingOverlay: the overlay of a reading makes of the contract the one under it; the reading that the document is has
// none.
func TestReadingOverlay(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, vendor := range Vendors() {
		c, err := Load(vendor)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range c.Unclear {
			for _, r := range u.Readings {
				text, err := c.ReadingOverlay(u.ID, r.Name)
				if err != nil || r.Base != (text == nil) {
					t.Errorf("%s=%s: %v, %d bytes", u.ID, r.Name, err, len(text))
				}
				if text == nil {
					continue
				}
				seen++
				if _, err := c.Overlay("a.yaml", text); err != nil {
					t.Errorf("%s=%s: %v", u.ID, r.Name, err)
				}
			}
			if _, err := c.ReadingOverlay(u.ID, "no such"); err == nil {
				t.Errorf("%s has every reading", u.ID)
			}
		}
		if _, err := c.ReadingOverlay("no such", "x"); err == nil {
			t.Errorf("%s has every clause", vendor)
		}
	}
	if seen == 0 {
		t.Error("no reading has an overlay")
	}
}
