package generate

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"

	"understudy/mock/internal/fake"
)

// numbers is what the merged schemas say about a number, exactly.
type numbers struct {
	low, high         *big.Rat // nil is open
	lowOpen, highOpen bool     // the border itself is out
	step              *big.Rat // least common multiple of every multipleOf; nil for none
	bits              int      // width that a format sets
}

func (n *numbers) atLeast(r *big.Rat, open bool) {
	if n.low == nil || r.Cmp(n.low) > 0 || r.Cmp(n.low) == 0 && open {
		n.low, n.lowOpen = r, open
	}
}

func (n *numbers) atMost(r *big.Rat, open bool) {
	if n.high == nil || r.Cmp(n.high) < 0 || r.Cmp(n.high) == 0 && open {
		n.high, n.highOpen = r, open
	}
}

func (n *numbers) multiple(r *big.Rat) {
	if r.Sign() <= 0 {
		return
	}
	if n.step == nil {
		n.step = r
		return
	}
	n.step = common(n.step, r)
}

// common is the least positive number that both divide.
func common(a, b *big.Rat) *big.Rat {
	var num, den, t big.Int
	t.GCD(nil, nil, a.Num(), b.Num())
	num.Mul(a.Num(), b.Num()).Quo(&num, &t)
	den.GCD(nil, nil, a.Denom(), b.Denom())
	return new(big.Rat).SetFrac(&num, &den)
}

// width bounds whole numbers to those of so many bits.
func (n *numbers) width(bits int) {
	limit := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	n.atLeast(new(big.Rat).SetInt(new(big.Int).Neg(limit)), false)
	n.atMost(new(big.Rat).SetInt(new(big.Int).Sub(limit, big.NewInt(1))), false)
	n.bits = bits
}

// grid is the numbers that may be made: unit·k for k of [first, last].
type grid struct {
	unit        *big.Rat
	first, last *big.Int // nil is open
	scale       int      // digits behind the point
	mantissa    *big.Int // unit·10^scale
	// small says that every index and mantissa near the borders fits a machine word.
	small              bool
	least, most, units int64
	size               float64 // unit, about
}

const (
	// believableScale is how many decimals a number has when nothing says how many.
	believableScale = 2
	// deepestScale bounds the search for a number between two close borders.
	deepestScale = 40
	// wordy is how far from zero an index may be that is counted in machine words: a present instant in milliseconds fits.
	wordy = 1 << 43
)

// newGrid finds the numbers that the rules allow; ok is false when there are none.
func newGrid(n *numbers, whole bool) (g *grid, ok bool) {
	step := n.step
	if whole {
		one := big.NewRat(1, 1)
		if step == nil {
			step = one
		} else {
			step = common(step, one)
		}
	}
	if step != nil {
		g = &grid{unit: step}
		return g, g.fill(n)
	}
	if n.low != nil && n.high != nil && n.low.Cmp(n.high) == 0 && !n.lowOpen && !n.highOpen {
		g = &grid{unit: new(big.Rat).Abs(n.low)}
		if g.unit.Sign() == 0 {
			g.unit = big.NewRat(1, 1)
		}
		return g, g.fill(n)
	}
	for scale := believableScale; scale <= deepestScale; scale++ {
		unit := new(big.Rat).SetFrac(big.NewInt(1), ten(scale))
		g = &grid{unit: unit}
		if g.fill(n) {
			return g, true
		}
	}
	return nil, false
}

func ten(power int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(power)), nil)
}

func (g *grid) fill(n *numbers) bool {
	one := big.NewInt(1)
	if n.low != nil {
		q := new(big.Rat).Quo(n.low, g.unit)
		g.first = floor(q)
		if !q.IsInt() || n.lowOpen {
			g.first.Add(g.first, one)
		}
	}
	if n.high != nil {
		q := new(big.Rat).Quo(n.high, g.unit)
		g.last = floor(q)
		if q.IsInt() && n.highOpen {
			g.last.Sub(g.last, one)
		}
	}
	if g.first != nil && g.last != nil && g.first.Cmp(g.last) > 0 {
		return false
	}
	for g.scale = 0; g.scale <= deepestScale; g.scale++ {
		m := new(big.Rat).Mul(g.unit, new(big.Rat).SetInt(ten(g.scale)))
		if m.IsInt() {
			g.mantissa = m.Num()
			break
		}
	}
	if g.mantissa == nil {
		return false
	}
	g.least, g.most = -wordy, wordy
	g.size, _ = g.unit.Float64()
	g.small = g.mantissa.IsInt64() && g.mantissa.Int64() < 1<<19
	if g.small {
		g.units = g.mantissa.Int64()
	}
	g.least, g.small = narrow(g.first, g.least, g.small)
	g.most, g.small = narrow(g.last, g.most, g.small)
	return true
}

// narrow is the index as a machine word; small turns false where it or what is near it does not fit.
func narrow(index *big.Int, open int64, small bool) (int64, bool) {
	if index == nil {
		return open, small
	}
	if !index.IsInt64() || index.Int64() > wordy || index.Int64() < -wordy {
		// A border far away is as good as none for what is made near zero.
		if index.Sign() < 0 {
			return -wordy, small && open < 0
		}
		return wordy, small && open > 0
	}
	return index.Int64(), small
}

func floor(r *big.Rat) *big.Int {
	q := new(big.Int)
	// Div rounds towards minus infinity for a positive divisor.
	return q.Div(r.Num(), r.Denom())
}

// near is between which indexes the numbers nearest to a wanted range lie.
func (g *grid) near(low, high float64) (from, to int) {
	a, b := int64(ceiling(low/g.size)), int64(high/g.size)
	span := max(b-a, 0)
	switch {
	case b < g.least:
		a, b = g.least, g.least+span
	case a > g.most:
		a, b = g.most-span, g.most
	}
	a, b = max(a, g.least), min(b, g.most)
	if b < a {
		b = a
	}
	return int(a), int(b)
}

func ceiling(f float64) float64 {
	whole := float64(int64(f))
	if whole < f {
		whole++
	}
	return whole
}

// far is a number near the wanted range where no machine word holds it.
func (g *grid) far(src fake.Source, low, high float64) json.Number {
	a := floor(new(big.Rat).Quo(rat(low), g.unit))
	b := floor(new(big.Rat).Quo(rat(high), g.unit))
	if b.Cmp(a) < 0 {
		b = new(big.Int).Set(a)
	}
	span := new(big.Int).Sub(b, a)
	if g.first != nil && a.Cmp(g.first) < 0 {
		a = new(big.Int).Set(g.first)
		b.Add(a, span)
	}
	if g.last != nil && b.Cmp(g.last) > 0 {
		b = new(big.Int).Set(g.last)
		a.Sub(b, span)
		if g.first != nil && a.Cmp(g.first) < 0 {
			a = new(big.Int).Set(g.first)
		}
	}
	span.Sub(b, a)
	if span.Sign() > 0 {
		if !span.IsInt64() || span.Int64() > 1<<40 {
			span = big.NewInt(1 << 40)
		}
		a = new(big.Int).Add(a, big.NewInt(int64(src.Between(0, int(span.Int64())))))
	}
	return g.at(a)
}

func rat(f float64) *big.Rat {
	r := new(big.Rat)
	r.SetFloat64(f)
	return r
}

// number writes the grid's number at a small index.
func (g *grid) number(k int64) json.Number { return json.Number(g.append(nil, k)) }

// append appends the grid's number at a small index, without the zeros that say nothing.
func (g *grid) append(dst []byte, k int64) []byte {
	n := k * g.units
	if g.scale == 0 || g.scale >= len(powers) {
		if g.scale == 0 {
			return strconv.AppendInt(dst, n, 10)
		}
		return append(dst, decimal(strconv.FormatInt(n, 10), g.scale)...)
	}
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	if g.scale == believableScale {
		dst = strconv.AppendInt(dst, n/100, 10)
		tens, units := byte('0'+n%100/10), byte('0'+n%10)
		switch {
		case units != '0':
			return append(dst, '.', tens, units)
		case tens != '0':
			return append(dst, '.', tens)
		}
		return dst
	}
	dst = strconv.AppendInt(dst, n/powers[g.scale], 10)
	fraction := n % powers[g.scale]
	if fraction == 0 {
		return dst
	}
	dst = append(dst, '.')
	for scale := g.scale - 1; fraction > 0; scale-- {
		dst = append(dst, byte('0'+fraction/powers[scale]))
		fraction %= powers[scale]
	}
	return dst
}

// powers are those of ten.
var powers = [...]int64{1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000}

// at writes the grid's number at an index.
func (g *grid) at(k *big.Int) json.Number {
	return decimal(new(big.Int).Mul(k, g.mantissa).String(), g.scale)
}

// decimal puts the point into digits and drops the zeros that say nothing. Very long numbers get an exponent, since few
// readers take a hundred digits.
func decimal(digits string, scale int) json.Number {
	digits, negative := strings.CutPrefix(digits, "-")
	if scale == 0 && len(digits) > 60 {
		short := strings.TrimRight(digits, "0")
		digits = short + "e" + strconv.Itoa(len(digits)-len(short))
	}
	if scale > 0 {
		if len(digits) <= scale {
			digits = strings.Repeat("0", scale-len(digits)+1) + digits
		}
		cut := len(digits) - scale
		fraction := strings.TrimRight(digits[cut:], "0")
		digits = digits[:cut]
		if fraction != "" {
			digits += "." + fraction
		}
	}
	if negative {
		digits = "-" + digits
	}
	return json.Number(digits)
}

// ratOf reads a JSON number exactly; ok is false for what is no number or too far from zero to be held.
func ratOf(n json.Number) (*big.Rat, bool) {
	if i := strings.IndexAny(string(n), "eE"); i >= 0 && len(strings.TrimLeft(string(n)[i+1:], "+-0")) > 3 || len(n) > 400 {
		return nil, false
	}
	return new(big.Rat).SetString(string(n))
}
