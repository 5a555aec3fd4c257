package fake

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestHospital(t *testing.T) {
	t.Parallel()
	code := regexp.MustCompile(`^[1-9][0-9]{5}$`)
	names := map[string]bool{}
	for i := range 1000 {
		h := New(1, "hospital").Index(i).Hospital()
		if !code.MatchString(h.Code) || h.Number < 100000 || h.Number > 999999 {
			t.Fatalf("code %q, number %d", h.Code, h.Number)
		}
		if !strings.HasSuffix(h.Name, "体检中心") || strings.ContainsAny(h.Name, "市�") {
			t.Fatalf("name %q", h.Name)
		}
		names[h.Name] = true
	}
	if len(names) < 200 {
		t.Errorf("only %d different names of 1000", len(names))
	}
}

func TestCheckUpFitsThePerson(t *testing.T) {
	t.Parallel()
	kinds := map[string]int{}
	addOns := map[int]int{}
	for i := range 10000 {
		s := New(77, "reservation").Index(i)
		p := s.Person(PersonOptions{At: noon()})
		c := s.CheckUp(p)
		if c.Package.Sex != p.Sex {
			t.Fatalf("%v has %s", p.Sex, c.Package.Name)
		}
		if len(c.Package.Items) == 0 || len(c.AddOns) > 4 {
			t.Fatalf("%d items, %d add-ons", len(c.Package.Items), len(c.AddOns))
		}
		var packageFee, fee int64
		seen := map[string]bool{}
		for n, item := range append(append([]Item{}, c.Package.Items...), c.AddOns...) {
			if seen[item.ID] {
				t.Fatalf("item %s twice", item.Name)
			}
			seen[item.ID] = true
			fee += item.Fee
			if n < len(c.Package.Items) {
				packageFee += item.Fee
			}
			checkItem(t, p, item)
		}
		if fee != c.Fee || packageFee != c.Package.Fee || fee <= 0 {
			t.Fatalf("fees %d and %d, the items sum to %d and %d", c.Fee, c.Package.Fee, fee, packageFee)
		}
		ids, names := c.AddOnIDs(), c.AddOnNames()
		for n, item := range c.AddOns {
			if ids[n] != item.ID || names[n] != item.Name {
				t.Fatalf("add-on %d is %v, listed as %s %s", n, item, ids[n], names[n])
			}
		}
		kinds[c.Package.ID]++
		addOns[len(c.AddOns)]++
	}
	if len(kinds) != 4*len(levelNames) {
		t.Errorf("%d packages occur, want %d: %v", len(kinds), 4*len(levelNames), kinds)
	}
	if len(addOns) != 5 {
		t.Errorf("numbers of add-ons: %v, want 0 to 4", addOns)
	}
}

// checkItem judges by the names, apart from the rules in the catalogue.
func checkItem(t *testing.T, p Person, item Item) {
	t.Helper()
	has := func(words ...string) bool {
		for _, word := range words {
			if strings.Contains(item.Name, word) {
				return true
			}
		}
		return false
	}
	if p.Sex == Male && has("妇科", "子宫", "宫颈", "乳腺", "乳头瘤", "抗原125") || p.Sex == Female && has("前列腺") {
		t.Errorf("%v is offered %s", p.Sex, item.Name)
	}
	if p.Pregnant && has("CT", "X线", "钼靶", "胸部", "妇科", "宫颈", "呼气") {
		t.Errorf("a pregnant woman is offered %s", item.Name)
	}
	if !p.Married && has("妇科", "宫颈", "乳头瘤") {
		t.Errorf("an unmarried person is offered %s", item.Name)
	}
	if has(",", "，", "、") {
		t.Errorf("%s holds a comma", item.Name)
	}
}

func TestBetterPackagesCostMore(t *testing.T) {
	t.Parallel()
	for _, p := range []Person{{Sex: Male}, {Sex: Female}, {Sex: Female, Married: true}, {Sex: Female, Married: true, Pregnant: true}} {
		before := int64(0)
		for level := 1; level <= len(levelNames); level++ {
			pack := packageFor(level, clienteleOf(p))
			if pack.Fee <= before {
				t.Errorf("%s costs %d, the one below it %d", pack.Name, pack.Fee, before)
			}
			before = pack.Fee
		}
	}
	ids := map[string]bool{}
	for _, e := range catalogue {
		if len(e.ID) != 4 || ids[e.ID] || e.Fee <= 0 || e.level < 0 || e.level > len(levelNames) {
			t.Errorf("entry %v is malformed or doubled", e)
		}
		ids[e.ID] = true
	}
}

func TestCheckUpDay(t *testing.T) {
	t.Parallel()
	ahead := map[int]bool{}
	for i := range 5000 {
		// 20:00 UTC is already the next day in China.
		at := time.Date(2024, 2, 1+i%40, 20, 0, 0, 0, time.UTC)
		day := New(4).Index(i).CheckUpDay(at)
		today := time.Date(2024, 2, 2+i%40, 0, 0, 0, 0, time.FixedZone("", 8*3600))
		n := int(day.Sub(today).Hours() / 24)
		if n < 1 || n > 30 || day.Weekday() == time.Sunday || day.Format("15:04:05 -0700") != "00:00:00 +0800" {
			t.Fatalf("at %v: check-up on %v, a %v, %d days ahead", at, day, day.Weekday(), n)
		}
		ahead[n] = true
	}
	if len(ahead) != 30 {
		t.Errorf("%d different distances, want 30", len(ahead))
	}
}

func BenchmarkCheckUp(b *testing.B) {
	s := New(1, "bench")
	p := s.Person(PersonOptions{At: noon()})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.Index(i).CheckUp(p)
	}
}
