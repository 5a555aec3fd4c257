package generate

import (
	"time"

	"understudy/mock/internal/fake"
)

// hand is what makers of values and writers of texts have in common: both ask it for every text and number, and so agree.
type hand struct {
	at      time.Time
	chinese bool
	of      fake.Record
}

// newHand is a hand for an instant; see Options.At.
func newHand(at time.Time, chinese bool) hand {
	if at.IsZero() {
		at = time.Date(2026, time.January, 1, 0, 0, 0, 0, zone)
	}
	return hand{at: at, chinese: chinese, of: fake.Record{At: at}}
}

var zone = time.FixedZone("UTC+8", 8*60*60)

// record is the one that a place belongs to.
func (h *hand) record(source fake.Source) *fake.Record {
	h.of.Turn(source)
	h.of.Chinese = h.chinese
	return &h.of
}

// number chooses the index of a number of a plan's grid, as a believable one for its name; ok is false where no machine
// word holds it, and low and high are then what it is chosen between.
func (h *hand) number(p *plan, f *fake.Field, record, src fake.Source) (index int64, low, high float64, ok bool) {
	low, high = h.between(p, f, record, src)
	if !p.grid.small {
		return 0, low, high, false
	}
	return int64(src.Between(p.grid.near(low, high))), low, high, true
}

// between is where a believable number lies.
func (h *hand) between(p *plan, f *fake.Field, record, src fake.Source) (low, high float64) {
	low, high = 1.0, 1000.0
	if f != nil {
		if l, u, ok := f.Range(src, h.record(record)); ok {
			low, high = l, u
			if p.numbers.bits == 32 && l > 1<<31 {
				low, high = l/1000, u/1000 // an instant in seconds
			}
		}
	}
	if p.grid.scale > 0 && p.numbers.step == nil && high-low > 1 && f == nil {
		high = low + 99
	}
	return low, high
}
