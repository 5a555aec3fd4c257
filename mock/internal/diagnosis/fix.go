package diagnosis

import (
	"maps"
	"sync"
)

// Fix says in one sentence what to change, in "zh" or in English; "" where the text of the diagnosis says all there is.
func (d *Diagnosis) Fix(lang string) string {
	t := fixes()[d.ID]
	if lang == "zh" {
		return filled(t.zh, d.Detail)
	}
	return filled(t.en, d.Detail)
}

// fixes has what to do about each finding of the wire, put together once.
var fixes = sync.OnceValue(func() map[string]text {
	all := map[string]text{}
	for _, part := range []map[string]text{sealFixes(), signatureFixes(), exceptionFixes(), composedFixes()} {
		maps.Copy(all, part)
	}
	return all
})
