package fake

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// Formats lists the format names that Format knows, sorted.
func Formats() []string {
	return []string{
		"binary", "byte", "cn-date-time", "cn-id-card", "cn-mobile", "cn-name", "date", "date-time", "duration", "email", "hostname",
		"idn-email", "idn-hostname", "ipv4", "ipv6", "iri", "iri-reference", "json-pointer", "password", "period", "quartz-cron",
		"regex", "relative-json-pointer", "semver", "time", "uri", "uri-reference", "uri-template", "url", "uuid",
	}
}

// HasFormat says whether Format knows the name.
func HasFormat(name string) bool {
	switch name {
	case "byte", "cn-id-card", "cn-mobile", "cn-name", "date", "date-time", "email", "hostname", "ipv4", "ipv6", "quartz-cron", "time",
		"uri", "uuid":
		return true
	}
	_, ok := Source{}.further(name, time.Time{})
	return ok
}

// Format invents the text of a string field from its OpenAPI format; false
// when the name is not one of Formats. at places dates and ages.
//
// The cn- formats speak of the person of this key, Person with At: asked of a
// record's Source, its cn-name and cn-id-card belong together; asked of a
// field's Source, each is somebody else. Hosts and addresses are those set
// aside for documentation (RFC 2606, RFC 5737, RFC 3849), so that following
// one leads nowhere. Dates lie within the year before at; times carry +08:00.
func (s Source) Format(name string, at time.Time) (string, bool) {
	switch name {
	case "cn-id-card":
		return s.Person(PersonOptions{At: at}).IDCard, true
	case "cn-mobile":
		return s.mobile(), true
	case "cn-name":
		return s.Person(PersonOptions{At: at}).Name, true
	case "quartz-cron":
		return s.Cron(), true
	case "date":
		return s.PastInstant(at, 365).Format(time.DateOnly), true
	case "date-time":
		return s.PastInstant(at, 365).Format(time.RFC3339), true
	case "time":
		return dayOf(at).Add(s.clockTime()).Format("15:04:05Z07:00"), true
	case "uuid":
		return s.UUID(), true
	case "email":
		return s.latin() + strconv.Itoa(s.Sub("number").Between(10, 999)) + "@example.com", true
	case "hostname":
		return s.latin() + ".example.com", true
	case "uri":
		return "https://" + s.latin() + ".example.com/" + s.Sub("path").latin(), true
	case "ipv4":
		return s.Sub("net").Pick([]string{"192.0.2.", "198.51.100.", "203.0.113."}) +
			strconv.Itoa(s.Sub("host").Between(1, 254)), true
	case "ipv6":
		// A group without a leading zero is the canonical text (RFC 5952).
		return "2001:db8::" + strconv.FormatInt(int64(s.Between(1, 0xffff)), 16), true
	case "byte":
		return base64.StdEncoding.EncodeToString([]byte(s.Sentence())), true
	default:
		return s.further(name, at)
	}
}

// further knows the less common formats.
func (s Source) further(name string, at time.Time) (string, bool) {
	switch name {
	case "cn-date-time":
		return s.PastInstant(at, 365).Format(time.DateTime), true
	case "binary":
		return s.English(8, 40), true
	case "password":
		// A letter of each case, digits and a sign, as most rules for passwords want it.
		return s.Sub("word").Pick([]string{"Harbor", "Willow", "Copper", "Meadow", "Violet"}) + "-" + s.Digits(6), true
	case "duration":
		return "PT" + strconv.Itoa(5*s.Between(1, 11)) + "M", true
	case "period":
		return s.PastInstant(at, 365).Format(time.RFC3339) + "/P" + strconv.Itoa(s.Sub("days").Between(1, 28)) + "D", true
	case "idn-email":
		return s.Format("email", at)
	case "idn-hostname":
		return s.Format("hostname", at)
	case "iri", "url":
		return s.Format("uri", at)
	case "uri-reference", "iri-reference":
		return "/" + s.latin() + "/" + strconv.Itoa(s.Sub("number").Between(1, 999)), true
	case "uri-template":
		return "https://" + s.latin() + ".example.com/{id}", true
	case "json-pointer":
		return "/" + s.latin() + "/" + strconv.Itoa(s.Sub("number").Intn(10)), true
	case "relative-json-pointer":
		return strconv.Itoa(s.Intn(4)) + "/" + s.latin(), true
	case "regex":
		return "^[a-z]{1," + strconv.Itoa(s.Between(2, 9)) + "}$", true
	case "semver":
		return strconv.Itoa(s.Between(0, 4)) + "." + strconv.Itoa(s.Sub("minor").Intn(20)) + "." + strconv.Itoa(s.Sub("patch").Intn(10)), true
	}
	return "", false
}

// latin is an English word in lower-case ASCII letters, fit for a host label.
func (s Source) latin() string {
	word := s.faker().Noun()
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		default:
			return -1
		}
	}, word)
}
