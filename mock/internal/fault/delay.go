package fault

import (
	"fmt"
	"math"
	"time"

	"understudy/mock/internal/fake"
)

// MaxDelay bounds every delay.
const MaxDelay = time.Minute

// z99 is the 99th percentile of the standard normal distribution.
const z99 = 2.3263478740408408

// Delay holds answers back: for Fixed, or for times that are spread log-normally, half of them below P50 and one in a
// hundred above P99. Its JSON and YAML forms are a duration ("2s") and {p50: 200ms, p99: 2s}.
type Delay struct {
	Fixed    time.Duration
	P50, P99 time.Duration
}

// check says what is wrong with a delay, "" for nothing.
func (d Delay) check() string {
	spread := d.P50 != 0 || d.P99 != 0
	switch {
	case spread && d.Fixed != 0:
		return "is either one duration or p50 and p99, not both"
	case !spread:
		return checkDuration("", d.Fixed)
	case d.P50 == 0 || d.P99 == 0:
		return "p50 and p99 stand together; for one fixed delay write a duration such as 2s"
	}
	if wrong := checkDuration("p50 ", d.P50); wrong != "" {
		return wrong
	}
	if wrong := checkDuration("p99 ", d.P99); wrong != "" {
		return wrong
	}
	if d.P50 > d.P99 {
		return fmt.Sprintf("p50 is %v and p99 is %v; p99 is the longer one", d.P50, d.P99)
	}
	return ""
}

func checkDuration(name string, d time.Duration) string {
	if d <= 0 || d > MaxDelay {
		return fmt.Sprintf("%sis %v; it is above 0 and at most %v", name, d, MaxDelay)
	}
	return ""
}

// draw is how long one call waits, by its source, in whole microseconds: the last digits of a logarithm differ between
// machines.
func (d *Delay) draw(s fake.Source) time.Duration {
	if d == nil {
		return 0
	}
	if d.P50 == 0 {
		return min(d.Fixed, MaxDelay)
	}
	const steps = 1_000_000
	u := (float64(s.Intn(steps)) + 0.5) / steps
	z := math.Sqrt2 * math.Erfinv(2*u-1)
	sigma := math.Log(float64(d.P99)/float64(d.P50)) / z99
	drawn := float64(d.P50) * math.Exp(sigma*z)
	if drawn >= float64(MaxDelay) {
		return MaxDelay
	}
	return time.Duration(drawn).Round(time.Microsecond)
}
