package specs

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed */openapi.yaml */vectors.json */readings/*.yaml
var files embed.FS

// Vendors returns the ids of the vendors whose contracts come with this module, in alphabetical order. An id is also
// the folder, the package and the configuration key of its vendor.
func Vendors() []string {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		panic("specs: " + err.Error())
	}
	var ids []string
	for _, e := range entries {
		if _, err := fs.Stat(files, e.Name()+"/openapi.yaml"); err == nil {
			ids = append(ids, e.Name())
		}
	}
	return ids
}

// Vectors returns the raw vectors.json of a vendor: outside truth for its cipher or signature, as
// {"scheme", "rule", "vectors": [{"id", "rule", "source", "expect": "accept"|"reject", …}]}. Both the simulator's and
// the adapters' tests are judged by it.
func Vectors(vendor string) ([]byte, error) { return embedded(vendor, "vectors.json") }

func embedded(vendor, name string) ([]byte, error) {
	data, err := fs.ReadFile(files, vendor+"/"+name)
	if err != nil {
		return nil, fmt.Errorf("specs: no %s for vendor %q (known: %v)", name, vendor, Vendors())
	}
	return data, nil
}
