package specs

import "sync"

// Derived returns what make returned when it was first called for this contract and key: a compiled form is made once
// per contract, whoever asks, and lives as long as the contract does. The key is comparable and of a type of the caller's
// own. What make returns must not change afterwards.
func (c *Contract) Derived(key any, make func() (any, error)) (any, error) {
	once, ok := c.derived.Load(key)
	if !ok {
		once, _ = c.derived.LoadOrStore(key, sync.OnceValues(make))
	}
	return once.(func() (any, error))()
}
