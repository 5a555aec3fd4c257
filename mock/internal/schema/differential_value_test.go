package schema_test

import (
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Texts and numbers at the borders of what formats, lengths and bounds say.
func edgeTexts() []string {
	return []string{
		"", " ", "a", "A", "ab", "abc", "张三", "张3", "𠮷", "𠮷𠮷", "é", "e\u0301", "\u200b", "\ufeff", "\u2028", "a\n", "\t", "\x7f", "null", "true", "0", "-1", "1.0", "{}", "[]", "<&>'\"\\/",
		"2025-01-31", "2025-02-30", "2024-02-29", "2023-02-29", "2100-02-29", "2025-1-31", "2025-13-01", "2025-00-10", "2025-01-00", "0000-01-01", "10000-01-01", "2025-01-31 ", "２０２５-01-31",
		"2025-01-31T10:20:30Z", "2025-01-31t10:20:30z", "2025-01-31T10:20:30+08:00", "2025-01-31T10:20:30.123456789123Z", "2025-01-31T24:00:00Z", "2025-02-30T10:20:30Z", "2025-01-31T10:20:30",
		"2016-12-31T23:59:60Z", "2016-12-31T23:58:60Z", "2017-01-01T07:59:60+08:00", "2025-01-31T10:20:30+24:00", "2025-01-31T10:20:30-00:00", "2025-01-31T10:20:30,5Z", "2025-01-31T10:20Z", "2025-01-31 10:20:30Z", "2025-01-31T10:20:30+0800",
		"2025-01-31 10:20:30", "2025-01-31 1:20:30", "2025-01-31 24:00:00", "2025-02-30 10:20:30", "2025-01-31 10:20:30.5",
		"10:20:30Z", "10:20:30", "24:00:00", "24:00:00Z", "23:59:60Z", "22:59:60-01:00", "10:20:30+08:00", "1:20:30Z", "P1D", "PT1S", "P1Y2M3DT4H5M6S", "P", "PT", "P1W", "P1W2D", "P1.5D",
		"a@example.com", "a@", "@a", "a@b", "a b@example.com", "\"a b\"@example.com", "a@[127.0.0.1]", "a..b@example.com", "example.com", "-a.example", "a_b.example", "a.example.", strings.Repeat("a", 64) + ".example",
		"127.0.0.1", "127.0.0.256", "127.0.0.01", "1.2.3", "::1", "fe80::1%eth0", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9", "::ffff:1.2.3.4", "g::1",
		"https://example.com/a?b#c", "http://a b", "//example.com", "a/b", "mailto:a@example.com", "http://[::1", "urn:uuid:x", "http://例子.example/", "%zz", "/{a}", "/{a", "/{a,b}", "#",
		"2f9a1c1e-0b1d-4c6a-9d55-0123456789ab", "2F9A1C1E-0B1D-4C6A-9D55-0123456789AB", "2f9a1c1e0b1d4c6a9d550123456789ab", "2f9a1c1e-0b1d-4c6a-9d55-0123456789ag", "00000000-0000-0000-0000-000000000000", "2f9a1c1e-0b1d-4c6a-9d550-123456789ab",
		"/a/b", "/a~0b", "/a~", "a/b", "0/a", "0#", "01", "1.2.3", "1.2.3-rc.1+b", "1.2", "01.2.3", "^[a-z]+$", "(", "(?!a)", "0 0 12 * * ?", "0 0 12 * *", "* * * * * *", "@daily",
		"11010519491231002X", "11010519491231002x", "110105194912310021", "11010519490230002X", "13800000000", "12800000000", "1380000000", "１3800000000", "eA==", "eA", "e-_=", "{\"a\":1}", "{\"a\":1,\"a\":2}", "[1", "1 2",
		"0123456789abcdef0123456789abcdef", strings.Repeat("x", 20), strings.Repeat("x", 64), strings.Repeat("x", 65), strings.Repeat("字", 33), strings.Repeat("𠮷", 21), strings.Repeat("x", 1001),
		"red", "green", "RED", "kind", "cat", "Cat", "dog", "flag", "x-a", "x", "a1", "bc", "abcd",
	}
}

func edgeNumbers() []string {
	return []string{
		"0", "-0", "0.0", "-0.0", "0e0", "0E+5", "1", "-1", "1.0", "1.00", "10e-1", "1e0", "1E2", "1e+2", "100e-2", "2", "3", "9", "10", "99", "100", "101", "0.1", "0.01", "0.001", "-0.01", "0.5", "1.5", "2.5", "0.3", "0.30000000000000004", "19.99", "19.999",
		"127", "128", "255", "256", "65536", "2147483647", "2147483648", "-2147483648", "-2147483649", "2147483647.0", "4294967296", "9007199254740992", "9007199254740993", "9007199254740993.0", "-9007199254740993",
		"9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616", "123456789012345678901234567890", "1e18", "1e19", "1e100", "1e400", "-1e400", "1e-400", "1e999", "1e1000", "1e-1000", "0e1000", "1e0001", "1e-0001",
		strings.Repeat("9", 100), strings.Repeat("9", 101), "0." + strings.Repeat("3", 90), "0." + strings.Repeat("3", 110), "1." + strings.Repeat("0", 60), "1700000000000", "999999999999",
	}
}

// brokenNumbers are no numbers of JSON.
func brokenNumbers() []string {
	return []string{"01", "-01", "00", "+1", ".5", "1.", "-", "-.5", "1.e2", "1e", "1e+", "0x10", "NaN", "Infinity", "-Infinity", "1_000", "1,5", "True", "nul", "nulll", "undefined", "'a'", "١", "-a", "1-", "--1", "1.2.3"}
}

// hints are what a schema speaks of: names, texts and numbers that bodies for it are made of.
type hints struct {
	names, texts, numbers []string
	random                *rand.Rand
}

func pick(random *rand.Rand, own, others []string) string {
	if len(own) > 0 && random.IntN(3) > 0 {
		return own[random.IntN(len(own))]
	}
	return others[random.IntN(len(others))]
}

func (h *hints) name() string {
	return pick(h.random, h.names, []string{"", "a", "b", "id", "x-a", "unknown", "名", "a/b", "a~b", "𠮷", "__proto__", "aa", "zzzzzzzzzzzz", "m1"})
}

func (h *hints) textual() string { return pick(h.random, h.texts, edgeTexts()) }

func (h *hints) number() string { return pick(h.random, h.numbers, edgeNumbers()) }

func (h *hints) scalar() *tree {
	switch h.random.IntN(8) {
	case 0:
		return &tree{kind: 'w', text: "null"}
	case 1:
		return &tree{kind: 'w', text: "true"}
	case 2:
		return &tree{kind: 'w', text: "false"}
	case 3, 4, 5:
		return &tree{kind: '"', text: h.textual()}
	}
	return &tree{kind: '0', text: h.number()}
}

func (h *hints) value(depth int) *tree {
	switch k := h.random.IntN(6); {
	case k == 0 && depth > 0:
		n := &tree{kind: '['}
		for range h.random.IntN(4) {
			n.items = append(n.items, h.value(depth-1))
		}
		return n
	case k == 1 && depth > 0:
		n := &tree{kind: '{'}
		for range h.random.IntN(3) {
			n.add(h.name(), h.value(depth-1))
		}
		return n
	}
	return h.scalar()
}

func (n *tree) add(name string, item *tree) {
	n.names, n.items = append(n.names, name), append(n.items, item)
}

func (n *tree) drop(i int) {
	if n.kind == '{' {
		n.names = append(n.names[:i:i], n.names[i+1:]...)
	}
	n.items = append(n.items[:i:i], n.items[i+1:]...)
}

// mutate changes one place of a tree.
func (h *hints) mutate(root *tree) {
	all := root.all()
	n := all[h.random.IntN(len(all))]
	switch r := h.random.IntN(12); {
	case r == 0:
		*n = *h.value(2)
	case r == 1:
		*n = *h.scalar()
	case r == 2 && n.kind == '"':
		if literal := json.Number(n.text); len(n.text) > 0 && isNumber(string(literal)) {
			n.kind = '0'
		}
	case r == 2 && n.kind != '{' && n.kind != '[':
		n.kind = '"'
	case r == 3:
		*n = tree{kind: '[', items: []*tree{n.clone()}}
	case n.kind == '{':
		h.mutateObject(n)
	case n.kind == '[':
		h.mutateList(n)
	case n.kind == '"':
		n.text, n.escaped = h.mutateText(n.text), h.random.IntN(6) == 0
	case n.kind == '0':
		n.text = h.mutateNumber(n.text)
	default:
		n.text = []string{"true", "false", "null"}[h.random.IntN(3)]
	}
}

func isNumber(text string) bool {
	return json.Valid([]byte(text)) && strings.Trim(text, "-0123456789.eE+") == ""
}

func (h *hints) mutateObject(n *tree) {
	r := h.random.IntN(9)
	if len(n.items) == 0 || r <= 1 {
		n.add(h.name(), h.value(1))
		return
	}
	i, j := h.random.IntN(len(n.items)), h.random.IntN(len(n.items))
	switch r {
	case 2, 3:
		n.drop(i)
	case 4:
		n.names[i] = h.mutateText(n.names[i])
	case 5:
		n.names[i] = h.name()
	case 6: // the same name again
		item := n.items[i].clone()
		if h.random.IntN(2) == 0 {
			item = h.scalar()
		}
		n.add(n.names[i], item)
		n.escaped = h.random.IntN(2) == 0
	case 7:
		n.names[i], n.names[j] = n.names[j], n.names[i]
		n.items[i], n.items[j] = n.items[j], n.items[i]
	case 8:
		if h.random.IntN(3) == 0 {
			n.names, n.items = nil, nil
		} else {
			n.items[i] = n.items[j].clone()
		}
	}
}

func (h *hints) mutateList(n *tree) {
	r := h.random.IntN(7)
	if len(n.items) == 0 || r == 0 {
		n.items = append(n.items, h.value(1))
		return
	}
	i, j := h.random.IntN(len(n.items)), h.random.IntN(len(n.items))
	switch r {
	case 1:
		n.drop(i)
	case 2, 3: // the same item again, perhaps written otherwise
		item := n.items[i].clone()
		if item.kind == '0' && h.random.IntN(2) == 0 && !strings.ContainsAny(item.text, ".eE") {
			item.text += []string{".0", "e0", ".00e0", "0e-1"}[h.random.IntN(4)]
		}
		if item.kind == '{' && len(item.items) > 1 {
			item.names[0], item.names[1] = item.names[1], item.names[0]
			item.items[0], item.items[1] = item.items[1], item.items[0]
		}
		item.escaped = h.random.IntN(2) == 0
		n.items = append(n.items, item)
	case 4:
		n.items[i], n.items[j] = n.items[j], n.items[i]
	case 5:
		n.items = nil
	case 6:
		for range h.random.IntN(40) {
			n.items = append(n.items, n.items[i].clone())
		}
	}
}

func (h *hints) mutateText(text string) string {
	characters := []rune(text)
	switch r := h.random.IntN(12); {
	case r <= 2 || len(characters) == 0 || !utf8.ValidString(text):
		return h.textual()
	case r == 3:
		return string(characters[:len(characters)-1])
	case r == 4:
		return string(characters[1:])
	case r == 5:
		return text + []string{"x", "字", "𠮷", " ", "\n", "0", "\u0301"}[h.random.IntN(7)]
	case r == 6:
		characters[h.random.IntN(len(characters))] = []rune{'𠮷', 'x', '9', '字', '\n', ' ', '-', 'Z'}[h.random.IntN(8)]
		return string(characters)
	case r == 7:
		return strings.ToUpper(text)
	case r == 8:
		return strings.ToLower(text)
	case r == 9:
		return strings.Repeat([]string{"x", "字", "𠮷"}[h.random.IntN(3)], len(characters))
	case r == 10 && len(characters) < 300:
		return text + text
	}
	return " " + text
}

func (h *hints) mutateNumber(text string) string {
	n, ok := new(big.Rat).SetString(text)
	if !ok || len(text) > 30 || strings.ContainsAny(text, "eE") {
		return h.number()
	}
	switch h.random.IntN(11) {
	case 0:
		return beside(n, 1)
	case 1:
		return beside(n, -1)
	case 2:
		if !strings.Contains(text, ".") {
			return text + ".0"
		}
		return text + "0"
	case 3:
		if !strings.Contains(text, ".") {
			return text + ".5"
		}
		return text + "1"
	case 4:
		return text + "e" + strconv.Itoa(h.random.IntN(9)-4)
	case 5:
		if rest, negative := strings.CutPrefix(text, "-"); negative {
			return rest
		}
		return "-" + text
	case 6:
		return text + "0"
	case 7:
		return strings.TrimRight(text, "0123456789") + "0"
	}
	return h.number()
}

// beside is a number so many steps of its last decimal away.
func beside(n *big.Rat, steps int64) string {
	decimals, exact := n.FloatPrec()
	if !exact || decimals > 20 {
		decimals = 2
	}
	step := new(big.Rat).SetFrac(big.NewInt(steps), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil))
	return step.Add(step, n).FloatString(decimals)
}
