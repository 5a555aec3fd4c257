package schema

import (
	"strconv"
	"sync"
	"testing"
)

// TestFormatRegex: texts that are patterns by their format are judged by any number of goroutines at once, and none is kept.
func TestFormatRegex(t *testing.T) {
	t.Parallel()
	s := hostileSchema(t, `{"type":"string","format":"regex"}`)
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := range 50 {
				text := "^a" + strconv.Itoa(worker*100+i)
				if len(s.Validate(text+"$")) > 0 || len(s.Validate(text+"(")) != 1 {
					t.Errorf("%s is judged wrong", text)
				}
			}
		})
	}
	all.Wait()
	if n := len(s.set.patterns); n > 0 {
		t.Errorf("%d texts are kept as patterns", n)
	}
}
