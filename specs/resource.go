package specs

// Resource is the value of x-resource: what an operation does with the stored representations of one kind, so that a plain
// CRUD vendor needs no code.
type Resource struct {
	// Kind names what is stored, such as pet; operations of one kind see each other's representations.
	Kind string `yaml:"kind"`
	// Verb is create, read, list, replace, patch or delete.
	Verb string `yaml:"verb"`
	// Key is the JSON pointer of the key in a representation; "" means /id.
	Key string `yaml:"key"`
	// Parameter is the parameter that holds the key of a call; "" means the last one of the path.
	Parameter string `yaml:"parameter"`
}
