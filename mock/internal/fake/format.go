package fake

import (
	"encoding/base64"
	"strconv"
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
func HasFormat(name string) bool { return FormatNamed(name) != nil }

// Format invents the text of a string field from its OpenAPI format; false
// when the name is not one of Formats. at places dates and ages.
//
// The cn- formats speak of the person of this key, Person with At: asked of a
// record's Source, its cn-name and cn-id-card belong together; asked of a
// field's Source, each is somebody else. Hosts and addresses are those set
// aside for documentation (RFC 2606, RFC 5737, RFC 3849), so that following
// one leads nowhere. Dates lie within the year before at; times carry +08:00.
func (s Source) Format(name string, at time.Time) (string, bool) {
	made := FormatNamed(name)
	if made == nil {
		return "", false
	}
	return string(made(nil, s, &Record{Source: s, At: at})), true
}

// FormatNamed is what makes the texts of a format, nil when the name is not one of Formats; see [Source.Format].
func FormatNamed(name string) Maker {
	switch name {
	case "cn-id-card":
		return func(dst []byte, s Source, r *Record) []byte { return r.of(s).appendIDCard(dst) }
	case "cn-mobile":
		return func(dst []byte, s Source, _ *Record) []byte { return s.appendMobile(dst) }
	case "cn-name":
		return func(dst []byte, s Source, r *Record) []byte { return r.of(s).appendName(dst) }
	case "quartz-cron":
		return func(dst []byte, s Source, _ *Record) []byte { return append(dst, s.Cron()...) }
	case "date":
		return func(dst []byte, s Source, r *Record) []byte { return s.pastDay(r.today()).appendDate(dst, '-') }
	case "date-time":
		return func(dst []byte, s Source, r *Record) []byte { return s.appendPast(dst, r.today()) }
	case "time":
		return func(dst []byte, s Source, _ *Record) []byte { return append(appendClock(dst, s.clock()), "+08:00"...) }
	case "uuid":
		return func(dst []byte, s Source, _ *Record) []byte { return s.appendUUID(dst) }
	case "email", "idn-email":
		return func(dst []byte, s Source, _ *Record) []byte {
			st := s.stream()
			dst = append(dst, st.latin()...)
			return append(appendInt(dst, 10+st.intn(990)), "@example.com"...)
		}
	case "hostname", "idn-hostname":
		return appendHost
	case "uri", "iri", "url":
		return appendURI
	case "ipv4":
		return func(dst []byte, s Source, _ *Record) []byte {
			st := s.stream()
			return appendInt(append(dst, st.pick(networks)...), 1+st.intn(254))
		}
	case "ipv6":
		// A group without a leading zero is the canonical text (RFC 5952).
		return func(dst []byte, s Source, _ *Record) []byte {
			return strconv.AppendInt(append(dst, "2001:db8::"...), int64(s.Between(1, 0xffff)), 16)
		}
	case "byte":
		return func(dst []byte, s Source, _ *Record) []byte {
			var plain [128]byte
			return base64.StdEncoding.AppendEncode(dst, s.appendSentence(plain[:0]))
		}
	}
	return furtherFormat(name)
}

// networks are set aside for documentation (RFC 5737).
var networks = []string{"192.0.2.", "198.51.100.", "203.0.113."}

func appendHost(dst []byte, s Source, _ *Record) []byte {
	return append(append(dst, s.latin()...), ".example.com"...)
}

func appendURI(dst []byte, s Source, _ *Record) []byte {
	st := s.stream()
	dst = append(append(dst, "https://"...), st.latin()...)
	return append(append(dst, ".example.com/"...), st.latin()...)
}

// furtherFormat knows the less common formats.
func furtherFormat(name string) Maker {
	switch name {
	case "cn-date-time":
		return func(dst []byte, s Source, r *Record) []byte { return s.appendPastPlain(dst, r.today()) }
	case "binary":
		return func(dst []byte, s Source, _ *Record) []byte { return s.AppendEnglish(dst, 8, 40) }
	case "password":
		// A letter of each case, digits and a sign, as most rules for passwords want it.
		return func(dst []byte, s Source, _ *Record) []byte {
			return s.appendDigits(append(append(dst, s.Sub("word").Pick(passwordWords)...), '-'), 6)
		}
	case "duration":
		return func(dst []byte, s Source, _ *Record) []byte {
			return append(appendInt(append(dst, "PT"...), 5*s.Between(1, 11)), 'M')
		}
	case "period":
		return func(dst []byte, s Source, r *Record) []byte {
			dst = append(s.appendPast(dst, r.today()), "/P"...)
			return append(appendInt(dst, s.Sub("days").Between(1, 28)), 'D')
		}
	case "uri-reference", "iri-reference":
		return func(dst []byte, s Source, _ *Record) []byte {
			st := s.stream()
			dst = append(append(append(dst, '/'), st.latin()...), '/')
			return appendInt(dst, 1+st.intn(999))
		}
	case "uri-template":
		return func(dst []byte, s Source, r *Record) []byte {
			return append(appendHost(append(dst, "https://"...), s, r), "/{id}"...)
		}
	case "json-pointer":
		return func(dst []byte, s Source, _ *Record) []byte {
			return appendInt(append(append(append(dst, '/'), s.latin()...), '/'), s.Sub("number").Intn(10))
		}
	case "relative-json-pointer":
		return func(dst []byte, s Source, _ *Record) []byte {
			return append(append(appendInt(dst, s.Intn(4)), '/'), s.latin()...)
		}
	case "regex":
		return func(dst []byte, s Source, _ *Record) []byte {
			return append(appendInt(append(dst, "^[a-z]{1,"...), s.Between(2, 9)), "}$"...)
		}
	case "semver":
		return func(dst []byte, s Source, _ *Record) []byte {
			dst = append(appendInt(dst, s.Between(0, 4)), '.')
			dst = append(appendInt(dst, s.Sub("minor").Intn(20)), '.')
			return appendInt(dst, s.Sub("patch").Intn(10))
		}
	}
	return nil
}

var passwordWords = []string{"Harbor", "Willow", "Copper", "Meadow", "Violet"}
