package fake

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

func TestCheckDigitOfTheStandardsExample(t *testing.T) {
	t.Parallel()
	// GB 11643-1999 prints this number as its example.
	birth, sex, err := ParseIDCard("11010519491231002X")
	if err != nil {
		t.Fatal(err)
	}
	if got := birth.Format(time.RFC3339); got != "1949-12-31T00:00:00+08:00" {
		t.Errorf("birth = %s", got)
	}
	if sex != Female {
		t.Errorf("sex = %v, want %v", sex, Female)
	}
	if !isoCheck("11010519491231002X") {
		t.Error("the test's own check refuses the example")
	}
}

// isoCheck is ISO 7064 MOD 11-2 as the standard states it, with weights and a
// congruence instead of a table: the maker and the reader share their table.
func isoCheck(number string) bool {
	weight, sum := 1, 0
	for i := len(number) - 1; i >= 0; i-- {
		digit := int(number[i] - '0')
		if number[i] == 'X' {
			digit = 10
		}
		sum += weight * digit
		weight = weight * 2 % 11
	}
	return sum%11 == 1
}

func TestParseIDCardRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty":             "",
		"short":             "11010519491231002",
		"long":              "11010519491231002X1",
		"wrong check digit": "110105194912310021",
		"small x":           "11010519491231002x",
		"letter inside":     "1101051949123A002X",
		"30 February":       withCheckDigit("11010519490230002"),
		"wide digits":       "１１０１０５",
	} {
		_, _, err := ParseIDCard(text)
		if !errors.Is(err, ErrIDCard) {
			t.Errorf("%s: error %v, want ErrIDCard", name, err)
		} else if text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("%s: the error repeats the number", name)
		}
	}
}

func withCheckDigit(body string) string {
	check, _ := checkDigit(body)
	return body + string(check)
}

func TestTenThousandPeople(t *testing.T) {
	t.Parallel()
	mobile := regexp.MustCompile(`^1[3-9][0-9]{9}$`)
	card := regexp.MustCompile(`^[0-9A-F]{64}$`)
	at := noon()
	today := dayOf(at)
	count := map[string]int{}
	for i := range 10000 {
		p := New(2024, "people").Index(i).Person(PersonOptions{At: at})
		birth, sex, err := ParseIDCard(p.IDCard)
		if err != nil {
			t.Fatalf("person %d: %v", i, err)
		}
		if !isoCheck(p.IDCard) {
			t.Fatalf("person %d: the check digit is wrong by ISO 7064", i)
		}
		if !birth.Equal(p.Birth) || sex != p.Sex {
			t.Fatalf("person %d: ID card says %v %v, the fields %v %v", i, birth, sex, p.Birth, p.Sex)
		}
		if p.Age != ageOn(birth, today) || p.Age < 18 || p.Age > 70 {
			t.Fatalf("person %d: age %d, born %v", i, p.Age, birth)
		}
		if !strings.HasPrefix(p.Address, regionOf(p.IDCard[:6]).province) || !strings.Contains(p.Address, regionOf(p.IDCard[:6]).county) {
			t.Fatalf("person %d: address and ID card name different regions", i)
		}
		if p.Pregnant && (p.Sex != Female || p.Age < 20 || p.Age > 45) {
			t.Fatalf("person %d: pregnant %v of %d years", i, p.Sex, p.Age)
		}
		if p.Married && (p.Age < 20 || p.Sex == Male && p.Age < 22) {
			t.Fatalf("person %d: married %v of %d years", i, p.Sex, p.Age)
		}
		if !mobile.MatchString(p.Mobile) || !card.MatchString(p.HealthCardNo) {
			t.Fatalf("person %d: mobile %s, health card %s", i, p.Mobile, p.HealthCardNo)
		}
		checkName(t, p.Name)
		count[p.Sex.String()]++
		count["check "+p.IDCard[17:]]++
		count["sequence "+p.IDCard[14:17]]++
		count["mobile "+p.Mobile]++
		count["id "+p.IDCard]++
		count["name "+p.Name]++
		if p.Married {
			count["married"]++
		}
		if p.Pregnant {
			count["pregnant"]++
		}
	}
	for name, bounds := range map[string][2]int{
		"男": {4700, 5300}, "女": {4700, 5300}, "check X": {700, 1120}, "check 0": {700, 1120},
		"married": {5500, 8500}, "pregnant": {40, 180},
	} {
		if n := count[name]; n < bounds[0] || n > bounds[1] {
			t.Errorf("%s: %d of 10000, want %d to %d", name, n, bounds[0], bounds[1])
		}
	}
	different := map[string]int{}
	for key := range count {
		kind, _, _ := strings.Cut(key, " ")
		different[kind]++
	}
	if different["mobile"] < 9950 || different["id"] < 9950 || different["name"] < 4000 || different["sequence"] < 900 {
		t.Errorf("too many repetitions: %v", different)
	}
}

func regionOf(code string) region {
	for _, r := range regions {
		if r.code == code {
			return r
		}
	}
	return region{province: "no such region", county: "no such region"}
}

func checkName(t *testing.T, name string) {
	t.Helper()
	if n := utf8.RuneCountInString(name); n < 2 || n > 4 {
		t.Errorf("name %q has %d characters", name, n)
	}
	for _, r := range name {
		if !unicode.Is(unicode.Han, r) {
			t.Errorf("name %q holds %q", name, r)
		}
	}
}

func TestPersonOptions(t *testing.T) {
	t.Parallel()
	leap := time.Date(2024, 2, 29, 0, 0, 0, 0, zone)
	for name, tc := range map[string]struct {
		opts   PersonOptions
		lo, hi int
	}{
		"zero value":      {PersonOptions{}, 18, 70},
		"infants":         {PersonOptions{At: noon(), MaxAge: 1}, 0, 1},
		"one year":        {PersonOptions{At: leap, MinAge: 30, MaxAge: 30}, 30, 30},
		"leap day":        {PersonOptions{At: leap, MinAge: 1, MaxAge: 90}, 1, 90},
		"swapped":         {PersonOptions{At: noon(), MinAge: 60, MaxAge: 20}, 20, 20},
		"oldest":          {PersonOptions{At: noon(), MinAge: 100, MaxAge: 4000}, 100, 110},
		"unread minimum":  {PersonOptions{At: noon(), MinAge: 60}, 18, 70},
		"far future":      {PersonOptions{At: time.Date(20000, 1, 1, 0, 0, 0, 0, zone), MinAge: 40, MaxAge: 41}, 40, 41},
		"men":             {PersonOptions{At: noon(), Sex: Male}, 18, 70},
		"women of 20..45": {PersonOptions{At: noon(), Sex: Female, MinAge: 20, MaxAge: 45}, 20, 45},
	} {
		ages := map[int]bool{}
		for i := range 2000 {
			p := New(6, name).Index(i).Person(tc.opts)
			if p.Age < tc.lo || p.Age > tc.hi {
				t.Fatalf("%s: age %d, want %d to %d (born %v)", name, p.Age, tc.lo, tc.hi, p.Birth)
			}
			if tc.opts.Sex != AnySex && p.Sex != tc.opts.Sex {
				t.Fatalf("%s: %v", name, p.Sex)
			}
			if _, _, err := ParseIDCard(p.IDCard); err != nil {
				t.Fatalf("%s: born %v: %v", name, p.Birth, err)
			}
			ages[p.Age] = true
		}
		if !ages[tc.lo] || !ages[tc.hi] {
			t.Errorf("%s: ages %d and %d should both occur", name, tc.lo, tc.hi)
		}
	}
}

func TestOptionsChangeOnlyWhatFollows(t *testing.T) {
	t.Parallel()
	s := New(8, "x")
	him := s.Person(PersonOptions{At: noon(), Sex: Male})
	her := s.Person(PersonOptions{At: noon(), Sex: Female})
	if him.Mobile != her.Mobile || him.HealthCardNo != her.HealthCardNo || him.Address != her.Address || !him.Birth.Equal(her.Birth) {
		t.Error("the sex wanted changed a field that does not follow from it")
	}
	if him.Name == her.Name || him.IDCard == her.IDCard {
		t.Error("name and ID card should follow the sex")
	}
}

func TestListsHoldOnlyHan(t *testing.T) {
	t.Parallel()
	for _, list := range []string{surnames, maleElder, maleMiddle, maleYounger, womanElder, womanMiddle, womanYounger} {
		for i, r := range list {
			if !unicode.Is(unicode.Han, r) || i%3 != 0 {
				t.Errorf("%q at %d of %q is not a Han character of three bytes", r, i, list)
			}
		}
	}
	if len(mobilePrefixes)%3 != 0 {
		t.Error("a mobile prefix is not three digits")
	}
	codes := map[string]bool{}
	for _, r := range regions {
		if len(r.code) != 6 || codes[r.code] || !strings.HasSuffix(r.city, "市") {
			t.Errorf("region %v is malformed or doubled", r)
		}
		codes[r.code] = true
	}
}

func BenchmarkPerson(b *testing.B) {
	s, opts := New(1, "bench"), PersonOptions{At: noon()}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.Index(i).Person(opts)
	}
}

func TestAPersonOfAGivenBirth(t *testing.T) {
	t.Parallel()
	for i := range 200 {
		s := New(3, "person").Index(i)
		for _, day := range []string{"1931-02-28", "1969-12-31", "1970-01-01", "2000-02-29", "2019-06-01"} {
			// The evening before in UTC is that day in China.
			want, err := time.ParseInLocation(time.DateOnly, day, zone)
			if err != nil {
				t.Fatal(err)
			}
			p, other := s.Person(PersonOptions{At: noon(), Birth: want.UTC()}), s.Person(PersonOptions{At: noon()})
			birth, sex, err := ParseIDCard(p.IDCard)
			if err != nil || !birth.Equal(want) || !p.Birth.Equal(want) || sex != p.Sex || p.Age != ageOn(want, dayOf(noon())) {
				t.Fatalf("%s: %+v, %v", day, p, err)
			}
			if p.Sex != other.Sex || p.Mobile != other.Mobile || p.HealthCardNo != other.HealthCardNo {
				t.Fatalf("%s: the birth changes what does not follow from it", day)
			}
			if p.Age < 20 && (p.Married || p.Pregnant) {
				t.Fatalf("%s: %+v", day, p)
			}
		}
	}
}
