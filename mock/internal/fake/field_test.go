package fake

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFieldsByName(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, entity, chinese, english string }{
		{"name", "Patient", `^\p{Han}{2,4}$`, `^[A-Z]\S+ [A-Z]\S+$`},
		{"patientName", "Visit", `^\p{Han}{2,4}$`, `^[A-Z]\S+ [A-Z]\S+$`},
		{"name", "Hospital", `体检中心$`, `Hospital$`},
		{"hospital_name", "", `体检中心$`, `Hospital$`},
		{"name", "person Pet", `^\p{Han}{2}$`, `^[A-Z][a-z]+$`},
		{"name", "person Reservation", `^\p{Han}{2,4}$`, `^[A-Z]\S+ [A-Z]\S+$`},
		{"hospitalPackageName", "", `^\p{Han}{2}$`, `^[A-Z][a-z]+$`},
		{"name", "", `^\p{Han}{2}$`, `^[A-Z][a-z]+$`},
		{"mobile", "", `^1[3-9]\d{9}$`, `^\+1-\d{3}-555-01\d\d$`},
		{"contact_phone", "", `^1[3-9]\d{9}$`, `^\+1-`},
		{"联系手机", "", `^1[3-9]\d{9}$`, `^\+1-`},
		{"idCard", "", `^\d{17}[\dX]$`, `^\d{17}[\dX]$`},
		{"email", "", `@example\.com$`, `@example\.com$`},
		{"city", "", `市$`, `^[A-Z]`},
		{"homeAddress", "", `室$`, `^\d+ \S+ Street, `},
		{"avatarUrl", "", `^https://images\.example\.com/\S+\.png$`, `^https://images\.example\.com/`},
		{"redirect_uri", "", `^https://\S+\.example\.com/`, `^https://\S+\.example\.com/`},
		{"createTime", "", `^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$`, `^\d{4}-\d\d-\d\dT`},
		{"birthday", "", `^\d{4}-\d\d-\d\d$`, `^\d{4}-\d\d-\d\d$`},
		{"title", "", `^\p{Han}+$`, `^[A-Z][a-z]+ notes$`},
		{"tags", "", `^\p{Han}+$`, `^[a-z]+$`},
		{"requestId", "", `^[0-9a-f-]{36}$`, `^[0-9a-f-]{36}$`},
	} {
		f := FieldNamed(tc.name, tc.entity)
		if f == nil {
			t.Errorf("%s says nothing", tc.name)
			continue
		}
		for i := range 20 {
			for _, chinese := range []bool{true, false} {
				want := tc.english
				if chinese {
					want = tc.chinese
				}
				r := Record{Source: New(1).Index(i), At: noon(), Chinese: chinese}
				text, ok := f.Text(New(2).Index(i), r)
				again, _ := f.Text(New(2).Index(i), r)
				if !ok || text != again || !regexp.MustCompile(want).MatchString(text) {
					t.Errorf("%s of %q: %q, then %q; want %s", tc.name, tc.entity, text, again, want)
				}
			}
		}
	}
}

func TestFieldsThatAreNumbers(t *testing.T) {
	t.Parallel()
	for name, most := range map[string]float64{"age": 70, "page": 1, "page_size": 20, "unitPrice": 500, "latitude": 31, "month": 12} {
		f := FieldNamed(name, "")
		if f == nil || !f.Numeric() {
			t.Errorf("%s is no number", name)
			continue
		}
		if low, high, ok := f.Range(New(1), &Record{}); !ok || low > high || high != most {
			t.Errorf("%s: %v to %v, %v", name, low, high, ok)
		}
	}
	low, high, ok := FieldNamed("createdAt", "").Range(New(1), &Record{At: noon()})
	if !ok || low != high || low > float64(noon().UnixMilli()) || low < float64(noon().AddDate(-1, 0, -2).UnixMilli()) {
		t.Errorf("createdAt: %v to %v, %v", low, high, ok)
	}
}

func TestNamesThatSayNothing(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "_", "x", "foo", "zzz", "字段"} {
		if f := FieldNamed(name, ""); f != nil {
			t.Errorf("%q says something", name)
		}
	}
}

// TestAPersonIsOne holds the fields of one record together.
func TestAPersonIsOne(t *testing.T) {
	t.Parallel()
	r := Record{Source: New(3), At: noon(), Chinese: true}
	card, _ := FieldNamed("idCard", "").Text(New(4), r)
	birth, _ := FieldNamed("birthday", "").Text(New(5), r)
	if strings.ReplaceAll(birth, "-", "") != card[6:14] {
		t.Errorf("born %s, by the card %s", birth, card[6:14])
	}
}

func TestEnglishOfAnyLength(t *testing.T) {
	t.Parallel()
	for least := range 80 {
		for _, most := range []int{least, least + 1, least + 30} {
			text := New(int64(least)).English(least, most)
			if n := utf8.RuneCountInString(text); n < least || n > most || HasHan(text) || strings.HasSuffix(text, " ") {
				t.Errorf("%d to %d: %q", least, most, text)
			}
		}
	}
	if !HasHan("a 体") || HasHan("naïve 😀") {
		t.Error("HasHan is wrong")
	}
}

func TestPatternsThatLookAround(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{
		`^(?=.*[A-Z])(?=.*\d)(?=.*[@#%])[A-Za-z\d@#%]{8,16}$`, `^(?!0)\d{4}$`, `^(?!.*--)[a-z-]{3,10}$`, `^([a-z])\1$`, `(?<=x)y`, `^\d+(?<!0)$`,
		`^(?![iI][oO])[a-zA-Z]{2,5}$`, `^(?=[^\]]{3}$)\w+$`,
	} {
		p, err := CompilePattern(pattern)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		for i := range 20 {
			text, err := p.Text(New(7).Index(i), 0, 0)
			if pattern == `(?<=x)y` {
				continue // what stands before is left to chance
			}
			if err != nil || !p.Match(text) {
				t.Errorf("%s: %q, %v", pattern, text, err)
			}
		}
	}
	if p, _ := CompilePattern(`^(?!0)\d{4}$`); p.Match("0123") || !p.Match("1230") || p.String() != `^(?!0)\d{4}$` {
		t.Error("the whole pattern is not asked")
	}
}
