package fake

import (
	"strconv"
	"time"
)

// Sex is a person's sex, or a restriction of a package or item to one.
type Sex int

// The sexes. The zero value restricts nothing.
const (
	AnySex Sex = iota
	Male
	Female
)

// String returns 男, 女 or 不限.
func (x Sex) String() string {
	switch x {
	case Male:
		return "男"
	case Female:
		return "女"
	default:
		return "不限"
	}
}

// PersonOptions narrows whom Person invents. The zero value asks for anyone
// between 18 and 70 years on 2020-01-01.
type PersonOptions struct {
	// At is the instant on which the ages hold. Give the instant that belongs
	// to the record (its creation, its appointment day), not the present one:
	// a person born relative to "now" grows younger with every pull.
	At time.Time
	// Sex is the sex wanted.
	Sex Sex
	// MinAge and MaxAge bound the age in completed years, both included, at
	// most 110. MaxAge 0 means 18 to 70 and leaves MinAge unread.
	MinAge, MaxAge int
	// Birth is the day of birth wanted, which leaves the ages unread; the zero
	// time wants none.
	Birth time.Time
}

// Person is one invented person whose fields agree with each other.
type Person struct {
	// Name is a Chinese name of 2 to 4 characters, fitting sex and generation.
	Name string
	// Sex is Male or Female.
	Sex Sex
	// Birth is the day of birth, midnight of UTC+8.
	Birth time.Time
	// Age is the age in completed years at PersonOptions.At.
	Age int
	// IDCard is the ID card number of GB 11643, 18 characters. Its birth date
	// and the parity of its sequence number are Birth and Sex, its region that
	// of Address.
	IDCard string
	// Mobile is a mobile number of 11 digits.
	Mobile string
	// Married is false below the legal age, 22 for men and 20 for women.
	Married bool
	// Pregnant is true for few women of 20 to 45 years and for nobody else.
	Pregnant bool
	// HealthCardNo is the health card number (电子健康卡), 64 upper-case
	// hexadecimal digits as in the printed record (Z-53).
	HealthCardNo string
	// Address is a postal address in the region of IDCard.
	Address string
}

const (
	defaultMinAge, defaultMaxAge = 18, 70
	oldestAge                    = 110
)

// Person returns the person of this key. An option changes only what follows
// from it: with another Sex wanted, region, mobile and health card stay.
func (s Source) Person(opts PersonOptions) Person {
	at := dayOf(opts.At)
	p := Person{Sex: s.sex(opts.Sex)}
	p.Birth = s.birth(at, opts.MinAge, opts.MaxAge)
	if !opts.Birth.IsZero() {
		y, m, d := opts.Birth.In(zone).Date()
		p.Birth = time.Date(y, m, d, 0, 0, 0, 0, zone)
	}
	p.Age = ageOn(p.Birth, at)
	p.Name = s.name(p.Sex, p.Birth.Year())
	home := s.Sub("region").region()
	p.IDCard = s.Sub("idcard").idCard(home.code, p.Birth, p.Sex)
	p.Mobile = s.mobile()
	p.Married = s.married(p.Sex, p.Age)
	p.Pregnant = p.Sex == Female && p.Age >= 20 && p.Age <= 45 && s.Sub("pregnant").Chance(0.04)
	p.HealthCardNo = s.Sub("healthcard").HexUpper(64)
	p.Address = s.Sub("address").address(home)
	return p
}

func (s Source) sex(wanted Sex) Sex {
	if wanted == Male || wanted == Female {
		return wanted
	}
	if s.Sub("sex").Chance(0.5) {
		return Male
	}
	return Female
}

func (s Source) birth(at time.Time, minAge, maxAge int) time.Time {
	if maxAge <= 0 {
		minAge, maxAge = defaultMinAge, defaultMaxAge
	}
	maxAge = min(maxAge, oldestAge)
	minAge = min(max(minAge, 0), maxAge)
	age := s.Sub("age").Between(minAge, maxAge)
	birth := at.AddDate(-age, 0, -s.Sub("birthday").Intn(365))
	// Counting back from 29 February can land on 1 March, a day too late.
	if ageOn(birth, at) < age {
		birth = birth.AddDate(0, 0, -1)
	}
	return birth
}

func (s Source) married(sex Sex, age int) bool {
	legal, likely := 20, 0.35
	if sex == Male {
		legal = 22
	}
	if age < legal {
		return false
	}
	if age >= 30 {
		likely = 0.88
	}
	return s.Sub("married").Chance(likely)
}

var (
	compoundSurnames = []string{"欧阳", "上官", "司徒", "令狐", "慕容", "端木"}
	roads            = []string{
		"春江路", "望湖路", "翠柏路", "同心路", "青松路", "云溪路", "学府路", "明月街", "梧桐街", "兰亭巷", "桂花巷", "新塘路",
	}
)

// Lists of single characters; a common surname stands several times.
const (
	surnames = "王王王王李李李李张张张张刘刘刘陈陈陈杨杨赵赵黄黄周周吴吴徐徐孙孙朱朱马胡郭林何高罗郑梁谢宋唐许韩冯" +
		"曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范陆金石戴贾韦夏邱方侯邹熊孟秦白阎薛尹段雷"
	maleElder    = "建国军华平志文荣福祥林海山成忠义兴根土金"
	maleMiddle   = "伟勇磊涛斌超杰飞刚波辉峰健俊亮宁凯浩东新"
	maleYounger  = "宇轩泽睿晨昊子博奕然铭嘉逸辰瑞皓霖俊恒涵"
	womanElder   = "秀英兰芳玉珍桂凤梅淑华琴美翠红爱莲素珠菊"
	womanMiddle  = "静丽敏燕艳娟霞婷慧莉颖洁雪琳晶倩丹蕾萍芬"
	womanYounger = "欣怡梓萱雨涵诗琪语彤若曦佳妍思悦可馨梦瑶"

	mobilePrefixes = "130131132133134135136137138139150151152153155156157158159166173175176177178" +
		"180181182183184185186187188189191193195198199"
)

func (s Source) name(sex Sex, born int) string {
	family, given := s.names(sex, born)
	return family + given[0] + given[1]
}

// names builds surname and the one or two characters of a given name. Older people carry older names.
func (s Source) names(sex Sex, born int) (family string, names [2]string) {
	given := womanYounger
	switch {
	case sex == Male && born < 1965:
		given = maleElder
	case sex == Male && born < 1990:
		given = maleMiddle
	case sex == Male:
		given = maleYounger
	case born < 1965:
		given = womanElder
	case born < 1990:
		given = womanMiddle
	}
	surname := s.Sub("surname")
	family = surname.han(surnames)
	if s.Sub("compound").Chance(0.015) {
		family = surname.Pick(compoundSurnames)
	}
	first := s.Sub("given", "first").han(given)
	second := s.Sub("given", "second").han(given)
	if first == second || s.Sub("single").Chance(0.2) {
		return family, [2]string{first}
	}
	return family, [2]string{first, second}
}

func (s Source) mobile() string { return string(s.appendMobile(nil)) }

func (s Source) appendMobile(dst []byte) []byte {
	below := s.Sub("mobile")
	i := 3 * below.Sub("prefix").Intn(len(mobilePrefixes)/3)
	return below.Sub("number").appendDigits(append(dst, mobilePrefixes[i:i+3]...), 8)
}

func (s Source) address(home *region) string { return string(s.appendAddress(nil, home)) }

func (s Source) appendAddress(dst []byte, home *region) []byte {
	city := home.city
	if city == home.province {
		city = ""
	}
	dst = append(append(append(dst, home.province...), city...), home.county...)
	dst = append(dst, s.Sub("road").Pick(roads)...)
	dst = append(appendInt(dst, s.Sub("number").Between(1, 399)), "号"...)
	dst = append(appendInt(dst, s.Sub("building").Between(1, 28)), "幢"...)
	return append(appendInt(dst, 100*s.Sub("floor").Between(1, 18)+s.Sub("door").Between(1, 4)), "室"...)
}

func appendInt(dst []byte, n int) []byte { return strconv.AppendInt(dst, int64(n), 10) }
