package pseudonym

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"understudy/mock/internal/detect"
	"understudy/mock/internal/fake"
)

func TestIDCardKeepsWhatCounts(t *testing.T) {
	t.Parallel()
	m := New([]byte("key"))
	seen := map[string]bool{}
	withX := 0
	for i := range 3000 {
		p := fake.New(1, strconv.Itoa(i)).Person(fake.PersonOptions{MinAge: 0, MaxAge: 100})
		if p.IDCard[17] == 'X' {
			withX++
		}
		got := m.Of(IDCard, p.IDCard, nil, nil)
		birth, sex, err := fake.ParseIDCard(got)
		if err != nil {
			t.Fatalf("the pseudonym of number %d is none: %v", i, err)
		}
		if sex != p.Sex {
			t.Errorf("number %d: sex %v became %v", i, p.Sex, sex)
		}
		if a, b := p.Birth.Year()/5, birth.Year()/5; a != b {
			t.Errorf("number %d: born %d became %d", i, p.Birth.Year(), birth.Year())
		}
		if (p.IDCard[17] == 'X') != (got[17] == 'X') {
			t.Errorf("number %d: the X is not kept", i)
		}
		if !Is(IDCard, got) || Is(IDCard, p.IDCard) {
			t.Errorf("number %d: the pseudonym is not told from the datum", i)
		}
		if day := m.Of(BirthDate, p.Birth.Format("2006-01-02"), nil, nil); strings.ReplaceAll(day, "-", "") != got[6:14] {
			t.Errorf("number %d: the day of birth is another one than in the identity number", i)
		}
		if seen[got] {
			t.Errorf("number %d has somebody else's pseudonym", i)
		}
		seen[got] = true
		if again := m.Of(PersonID, p.IDCard, nil, nil); again != got {
			t.Errorf("number %d has two pseudonyms", i)
		}
	}
	if withX == 0 {
		t.Error("nobody has an X")
	}
}

// TestFaultsAreKept has numbers that are none: each stays wrong the same way.
func TestFaultsAreKept(t *testing.T) {
	t.Parallel()
	m := New([]byte("key"))
	valid := fake.New(1).Person(fake.PersonOptions{}).IDCard
	for i := range 10 {
		wrong := valid[:17] + strconv.Itoa(i)
		if wrong == valid {
			continue
		}
		got := m.Of(IDCard, wrong, nil, nil)
		if _, _, err := fake.ParseIDCard(got); err == nil || len(got) != 18 || got[17] == 'X' || got[:4] != region {
			t.Errorf("a wrong check digit became %d characters, valid %t", len(got), err == nil)
		}
	}
	for _, text := range []string{"330102199913321234", "330102200002301230", "33010219990101123", "330102990230123"} {
		got := m.Of(IDCard, text, nil, nil)
		if len(got) != len(text) || got == text || detect.IsIDCard(got) {
			t.Errorf("%s became %s", text, got)
		}
	}
	if got := m.Of(IDCard, "330102199913321234", nil, nil); got[10:14] != "1332" {
		t.Errorf("the date that does not exist became %s", got[10:14])
	}
	old := m.Of(IDCard, "330102900101123", nil, nil)
	if len(old) != 15 || old[:4] != region || old[14]%2 != '3'%2 || old[6] != '9' || old[7] > '4' {
		t.Errorf("15 digits became %s", old)
	}
	if got := m.Of(IDCard, "E12345678", nil, nil); len(got) != 9 || got[0] < 'A' || got[0] > 'Z' || strings.Trim(got[1:], "0123456789") != "" {
		t.Errorf("a passport became %s", got)
	}
}

func TestWritingsAreKept(t *testing.T) {
	t.Parallel()
	m := New([]byte("key"))
	mobile := m.Of(Mobile, "13800001111", nil, nil)
	if len(mobile) != 11 || mobile[:3] != network {
		t.Fatalf("got %s", mobile)
	}
	for written, want := range map[string]string{
		"+86 138-0000-1111": "+86 " + mobile[:3] + "-" + mobile[3:7] + "-" + mobile[7:],
		"8613800001111":     "86" + mobile,
		"+8613800001111":    "+86" + mobile,
		"138 0000 1111":     mobile[:3] + " " + mobile[3:7] + " " + mobile[7:],
		"１３８００００１１１１":       wide(mobile),
	} {
		if got := m.Of(Mobile, written, nil, nil); got != want {
			t.Errorf("%s became %s, want %s", written, got, want)
		}
	}
	for _, text := range []string{"1985-03-04", "19850304", "1985/3/4", "1985年3月4日", "1985.03.04", "1985-03-04 00:00:00", "1985-03-04T00:00:00+08:00", "1985-03"} {
		got := m.Of(BirthDate, text, nil, nil)
		if got == text || shape(got) != shape(text) && len(got)-len(text) > 2 || got[:3] != "198" || got[3] < '5' {
			t.Errorf("%s became %s", text, got)
		}
	}
	born := time.Date(1985, 3, 4, 0, 0, 0, 0, time.FixedZone("", 8*3600))
	want := m.Of(BirthDate, "1985-03-04", nil, nil)
	for _, text := range []string{strconv.FormatInt(born.UnixMilli(), 10), strconv.FormatInt(born.Unix(), 10)} {
		n, _ := strconv.ParseInt(m.Of(BirthDate, text, nil, nil), 10, 64)
		if len(text) > 10 {
			n /= 1000
		}
		if got := time.Unix(n, 0).In(born.Location()).Format(time.DateOnly); got != want {
			t.Errorf("%s became %s, want %s", text, got, want)
		}
	}
	if got := m.Of(BirthDate, "2026-02-11", nil, nil); got[:7] != "2026-02" || got == "2026-02-11" {
		t.Errorf("a small child's day became %s", got)
	}
	if a, b := m.Of(IDCard, lastX(t), nil, nil), m.Of(IDCard, strings.ToLower(lastX(t)), nil, nil); !strings.EqualFold(a, b) || a == b {
		t.Errorf("X became %s, x %s", a, b)
	}
}

func lastX(t *testing.T) string {
	t.Helper()
	for i := range 200 {
		if p := fake.New(3, strconv.Itoa(i)).Person(fake.PersonOptions{}); p.IDCard[17] == 'X' {
			return p.IDCard
		}
	}
	t.Fatal("nobody has an X")
	return ""
}

func wide(digits string) string {
	return strings.Map(func(r rune) rune { return r + 0xfee0 }, digits)
}

func shape(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return '0'
		case unicode.Is(unicode.Han, r):
			return '某'
		case unicode.IsUpper(r):
			return 'A'
		case unicode.IsLetter(r):
			return 'a'
		}
		return r
	}, text)
}

func TestNames(t *testing.T) {
	t.Parallel()
	m := New([]byte("key"))
	for _, text := range []string{"张三", "欧阳娜娜", "阿卜杜拉·买买提", "Zhang San", "O'NEIL mary-ann", "张*", "王先生", "𠮷田"} {
		got := m.Of(Name, text, nil, nil)
		if got == text || shape(got) != shape(text) || utf8.RuneCountInString(got) != utf8.RuneCountInString(text) {
			t.Errorf("%s became %s", text, got)
		}
		if !Is(Name, got) || Is(Name, text) {
			t.Errorf("%s and %s are not told apart", text, got)
		}
	}
}

func TestMessages(t *testing.T) {
	t.Parallel()
	m := New([]byte("key"))
	for _, text := range []string{
		"尊敬的张三先生，您于3月4日的体检已完成。", "Dear Mr Smith, see you at 9:30!", `<p class="big">张三 &nbsp; <b>ok</b></p>`, "验证码 482913",
	} {
		got := m.Of(Message, text, nil, nil)
		if got == text || utf8.RuneCountInString(got) != utf8.RuneCountInString(text) || !Is(Message, got) || Is(Message, text) {
			t.Errorf("%s became %s", text, got)
		}
		if strings.Count(got, "<") != strings.Count(text, "<") || strings.Contains(text, "&nbsp;") && !strings.Contains(got, "&nbsp;") {
			t.Errorf("the markup of %s became %s", text, got)
		}
	}
	// One made from references to characters is as long as what it shows.
	if got := m.Of(Message, "&#24352;&#x4e09; ok", nil, nil); strings.Contains(got, "&#") || !Is(Message, got) {
		t.Errorf("references became %s", got)
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	m := New([]byte("key"))
	for _, text := range []string{
		"9f0188fe1077aa5bc30de29144bc037f", "9F0188FE1077AA5BC30DE29144BC037F", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
		"a8098c1a-f86e-11da-bd1a-00112444be1e", "6100b00ZZ5e6a4e1f3", "1234567890123456",
	} {
		got := m.Of(Token, text, nil, nil)
		if len(got) != len(text) || got == text {
			t.Errorf("%s became %s", text, got)
		}
		if !StandIn(got) || StandIn(text) {
			t.Errorf("%s is a stand-in: %t, %s: %t", got, StandIn(got), text, StandIn(text))
		}
		for _, s := range detect.Find(got) {
			if s.Kind == detect.JWT {
				t.Errorf("%s is a JSON Web Token", got)
			}
		}
	}
	if got := m.Of(Token, "abc", nil, nil); !StandIn(got) {
		t.Errorf("a short one became %s, which nobody can tell", got)
	}
	if got := m.Of(Token, "abc", func(s string) bool { return len(s) == 3 }, nil); len(got) != 3 {
		t.Errorf("where three characters fit it became %s", got)
	}
}

// TestConstraints asks for forms that no pseudonym has.
func TestConstraints(t *testing.T) {
	t.Parallel()
	m := New([]byte("key"))
	got := m.Of(Mobile, "13800001111", func(s string) bool { return strings.HasPrefix(s, "139") }, func(n int64) (string, bool) {
		return fmt.Sprintf("139%08d", n%1e8), true
	})
	if !strings.HasPrefix(got, "139") {
		t.Errorf("got %s", got)
	}
	if again := m.Of(Mobile, "13800001111", func(s string) bool { return strings.HasPrefix(s, "139") }, nil); again != got {
		t.Errorf("the second time it was %s", again)
	}
	if plain := m.Of(Mobile, "13800001111", nil, nil); plain[:3] != network && plain != got {
		t.Errorf("without a constraint it is %s", plain)
	}
}

// TestNoTwoShareOne gives many data of few forms.
func TestNoTwoShareOne(t *testing.T) {
	t.Parallel()
	m := New([]byte("key"))
	for _, kind := range []string{PersonID, Text, Name, Message} {
		owner := map[string]int{}
		for i := range 900 {
			text := fmt.Sprintf("%04d", i)
			if kind == Name {
				text = string(rune('一'+i)) + "明"
			}
			got := m.Of(kind, text, nil, nil)
			if other, taken := owner[got]; taken {
				t.Fatalf("%s: %d and %d have one pseudonym", kind, i, other)
			}
			owner[got] = i
		}
	}
}

func TestKeysDecide(t *testing.T) {
	t.Parallel()
	a, b, c := New([]byte("one")), New([]byte("one")), New([]byte("other"))
	for _, kind := range []string{Name, IDCard, Mobile, BirthDate, HealthCard, PersonID, Message, Token, Email} {
		text := map[string]string{Name: "张三丰", IDCard: "330102199001011234", Mobile: "13800001111", BirthDate: "1990-01-01", Email: "a@b.cn"}[kind]
		if text == "" {
			text = "张9f0188fe1077aa5b"
		}
		x, y, z := a.Of(kind, text, nil, nil), b.Of(kind, text, nil, nil), c.Of(kind, text, nil, nil)
		if x != y {
			t.Errorf("%s: the same key makes %s and %s", kind, x, y)
		}
		if x == z {
			t.Errorf("%s: another key makes %s as well", kind, z)
		}
	}
	if New(nil).Of(PersonID, "9f0188fe1077aa5b", nil, nil) == New(nil).Of(PersonID, "9f0188fe1077aa5b", nil, nil) {
		t.Error("two makers without a key make the same")
	}
}

func TestAnyText(t *testing.T) {
	t.Parallel()
	kinds := []string{Name, IDCard, Mobile, BirthDate, HealthCard, PersonID, Message, Token, Secret, Email, Text}
	rapid.Check(t, func(t *rapid.T) {
		m := New([]byte("key"))
		kind := rapid.SampledFrom(kinds).Draw(t, "kind")
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9Xx+ -]{1,24}`), rapid.StringMatching(`[一-龥·]{1,6}`), rapid.StringMatching(`<[a-z]{1,3} [a-z]="[一-龥]{1,3}">[a-z&;#0-9]{0,9}`)).Draw(t, "text")
		got := m.Of(kind, text, nil, nil)
		if again := m.Of(kind, text, nil, nil); again != got {
			t.Fatalf("first %q, then %q", got, again)
		}
		if !utf8.ValidString(got) {
			t.Fatalf("%q is no UTF-8", got)
		}
		for _, s := range detect.Find(got) {
			if !Found(s.Kind, got[s.Start:s.End]) && s.Kind != detect.Token {
				t.Fatalf("a detector finds %s in %q, made of %q", s.Kind, got, text)
			}
		}
	})
}
