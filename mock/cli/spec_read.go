package cli

import "understudy/specs"

// specReader reads contracts from files.
type specReader struct {
	// documents lists the contracts of a file or a folder, read reads one; maxBytes bounds each with all that it refers to.
	documents func(path string, maxBytes int64) ([]string, error)
	read      func(name, file string, overlays []string, maxBytes int64) (*specs.Contract, error)
}

// filesReader reads them from the file system.
func filesReader() specReader {
	return specReader{
		documents: func(path string, maxBytes int64) ([]string, error) {
			return specs.Documents(path, specs.ReadConfig{MaxBytes: maxBytes})
		},
		read: func(name, file string, overlays []string, maxBytes int64) (*specs.Contract, error) {
			return specs.Read(name, file, specs.ReadConfig{MaxBytes: maxBytes, Overlays: overlays})
		},
	}
}
