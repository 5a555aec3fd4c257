package pseudonym

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The closed lists. A character of Chinese names and texts is one of them in every pseudonym. None of those that are given is a
// usual surname: so no pseudonym has somebody's name in it by chance.
const (
	surnames = "亓仉逄邴阚亢佴缑郗郤郏郜郄乜羿逯钭隗蒯璩殳厍阙宓濮鄢粘揭谌昝"
	given    = "北本彬斌冰波博才灿策昌长畅超朝辰晨诚承澄驰川春淳聪从达岱丹道德登帝典鼎定冬栋笃敦朵恩尔帆凡芳飞菲风枫峰锋凤扶芙福甫复富刚" +
		"歌格耕功冠光涵寒航昊浩禾合荷恒宏虹鸿厚湖虎怀焕惠慧吉济继佳嘉坚建健杰津锦劲京晶静靖久菊举娟军君俊峻骏凯科可克宽昆坤岚朗乐" +
		"磊礼立莉力廉良亮琳霖玲岭隆露璐伦洛茂美萌梦民敏铭墨牧楠培沛鹏萍朴普祺琪奇启谦乾勤青清晴庆秋泉群然仁如儒瑞润若森珊善韶生声" +
		"胜诗实世树顺思松颂素泰涛腾婷同彤望威巍维伟雯西希熙曦喜先贤娴祥翔晓孝欣新馨信星兴雄秀旭轩萱学雪勋雅延妍岩彦艳扬尧耀怡仪宜" +
		"以义艺亦奕逸毅英颖映永勇咏友宇雨玉育昱煜钰裕园源远悦跃越允韵泽增展哲真贞振镇征正之知芝志智致中忠洲竹子紫自祖"
	// rare has the letters of names and messages in Latin script; texts in use are made of others.
	rare = "jkqvwxyz"
)

func isListed(r rune) bool {
	return strings.ContainsRune(given, r) || strings.ContainsRune(surnames, r)
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

func (s *stream) han(list string) rune {
	r, _ := utf8.DecodeRuneInString(list[3*s.below(len(list)/3):]) // every one takes three bytes
	return r
}

// name is a person's name in any script.
type name struct{ text string }

func (n name) kind() string           { return Name }
func (n name) canonical() string      { return n.text }
func (n name) render(m string) string { return m }

func (n name) make(_ *Maker, s *stream, try int) string {
	var b strings.Builder
	// The first character is a surname, unless the name is one of several parts, as those of minorities are.
	first := !strings.ContainsAny(n.text, "·•・.")
	for _, r := range n.text {
		switch {
		case isHan(r) && first && try < tries/2:
			b.WriteRune(s.han(surnames))
		case isHan(r):
			b.WriteRune(s.han(given))
		default:
			b.WriteRune(s.replaced(r))
		}
		first = first && !isHan(r)
	}
	return b.String()
}

// replaced is another character of the same script for one that is not Chinese; marks and spaces stay.
func (s *stream) replaced(r rune) rune {
	switch {
	case r >= '0' && r <= '9':
		return rune(s.pick("03456789")) // no number of a person begins so, nor a year
	case r >= 'a' && r <= 'z':
		return rune(s.pick(rare))
	case r >= 'A' && r <= 'Z':
		return rune(s.pick(rare)) - 'a' + 'A'
	case r != narrow(r):
		return s.replaced(narrow(r)) + 0xfee0
	case r < 0x80 || !unicode.IsLetter(r) && !unicode.IsDigit(r):
		return r
	}
	// Another one from nearby, of the same script and case.
	for range 32 {
		near := r - 16 + rune(s.below(33))
		if near != r && unicode.IsLetter(near) && unicode.IsUpper(near) == unicode.IsUpper(r) && sameScript(near, r) {
			return near
		}
	}
	return '某'
}

func sameScript(a, b rune) bool {
	for _, script := range []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Arabic, unicode.Tibetan, unicode.Mongolian, unicode.Hangul, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Greek} {
		if unicode.Is(script, a) != unicode.Is(script, b) {
			return false
		}
	}
	return true
}

// message is a text that speaks of a person. Of markup the tags stay, and what stands in their attributes goes.
type message struct{ text string }

func (t message) kind() string           { return Message }
func (t message) canonical() string      { return t.text }
func (t message) render(m string) string { return m }

func (t message) make(_ *Maker, s *stream, _ int) string {
	return Letters(t.text, func(r rune) rune {
		if isHan(r) {
			return s.han(given)
		}
		return s.replaced(r)
	})
}

// email is an address of mail.
type email struct{ text string }

func readEmail(text string) bool {
	local, domain, ok := strings.Cut(text, "@")
	return ok && local != "" && strings.Contains(domain, ".") && !strings.ContainsAny(text, " \t\n<>\"'(),;，；") && !strings.Contains(domain, "@") && text[len(text)-1] != '.'
}

const mailHost = "@example.com"

func (e email) kind() string           { return Email }
func (e email) canonical() string      { return strings.ToLower(e.text) }
func (e email) render(m string) string { return m }

func (e email) make(_ *Maker, s *stream, try int) string {
	// As long as the datum where that leaves enough room for no two to be the same.
	length := max(len(e.text)-len(mailHost), 6) + try/8
	var b strings.Builder
	for range min(length, 64) {
		b.WriteByte(s.pick("abcdefghijklmnopqrstuvwxyz0123456789"))
	}
	return b.String() + mailHost
}

// formOf says what a datum looks like: its form goes before the kind of its place.
func formOf(kind, datum string) form {
	switch kind {
	case Token, Secret:
		return opaque{datum, kind}
	case Message:
		if c, ok := readIDCard(datum); ok && c.right && c.dated && len(c.number) == 18 {
			return c
		}
		if n, ok := readMobile(datum); ok {
			return n
		}
		if strings.IndexFunc(datum, unicode.IsLetter) < 0 {
			return opaque{datum, kind}
		}
		return message{datum}
	}
	if c, ok := readIDCard(datum); ok && (kind == IDCard || c.right && c.dated && len(c.number) == 18) {
		return c
	}
	if kind == BirthDate {
		if b, ok := readBirth(datum); ok {
			return b
		}
	}
	if n, ok := readMobile(datum); ok {
		return n
	}
	if readEmail(datum) {
		return email{datum}
	}
	if kind == Name {
		return name{datum}
	}
	return opaque{datum, kind}
}
