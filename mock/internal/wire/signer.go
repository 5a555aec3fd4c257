package wire

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"understudy/specs"
)

// Signer signs calls and verifies them by a contract's scheme, whichever it is. It is immutable and safe for concurrent use.
type Signer struct {
	sign        *specs.Sign
	secret, key string
	others      map[string]string
	places      [valueCount]located
	digests     []digest
	spare       sync.Pool // of workspaces
}

// NewSigner makes a signer of a contract's statement and the vendor's texts by slot. Its errors begin with the slot at
// fault, or with the part of the statement, and never hold a credential.
func NewSigner(sign *specs.Sign, credentials map[string]string) (*Signer, error) {
	s := &Signer{sign: sign, secret: credentials[sign.Secret], others: credentials}
	if sign.KeySlot != "" {
		s.key = credentials[sign.KeySlot]
	}
	switch {
	case sign.Scheme != specs.SchemeTOP && sign.Scheme != specs.SchemeComposed:
		return nil, fmt.Errorf("sign: scheme %q is not known; use %q or %q", sign.Scheme, specs.SchemeTOP, specs.SchemeComposed)
	case s.secret == "":
		return nil, fmt.Errorf("%s: the secret is empty", sign.Secret)
	case sign.KeySlot != "" && s.key == "":
		return nil, fmt.Errorf("%s: the caller's id is empty", sign.KeySlot)
	case len(sign.Digests) == 0:
		return nil, fmt.Errorf("sign: digests names none")
	}
	for _, name := range sign.Digests {
		if _, known := digestNamed(name); !known && !s.isTOP() {
			return nil, fmt.Errorf("sign: digest %q is not known", name)
		}
	}
	s.places, s.digests = s.due(), digestsOf(sign.Digests, s.isTOP())
	return s, nil
}

func (s *Signer) isTOP() bool { return s.sign.Scheme == specs.SchemeTOP }

// Opened says that the body is signed as it is before it is sealed: a caller signs, then seals; a server opens, then
// verifies. Else it is the other way about.
func (s *Signer) Opened() bool { return s.sign.Opened }

// locations are where caller's id, time, nonce and digest's name stand, those that the contract has.
func (s *Signer) locations() []specs.Location {
	var list []specs.Location
	for _, name := range []string{s.sign.KeyParameter, s.sign.TimeParameter, s.sign.NonceParameter, s.sign.MethodParameter} {
		if name != "" {
			list = append(list, s.location(name))
		}
	}
	return list
}

// location reads a name of the statement: with scheme top it is that of a parameter.
func (s *Signer) location(name string) specs.Location {
	if s.isTOP() && name != "" {
		return specs.Location(specs.PlaceParameter + ":" + name)
	}
	return specs.Location(name)
}

// Verification is what Verify judges a call by.
type Verification struct {
	// Now is the time that the call's is measured against; zero leaves it unmeasured, but it must be of the right form.
	Now time.Time
	// Show says which values a diagnosis may show, by the name of the parameter, header or member; "" asks for the raw query
	// and the raw body. Nil shows all. A value that holds the secret is never shown.
	Show func(name string) bool
}

// Fault says why a signed call is refused.
type Fault struct {
	Condition specs.Condition
	// Subject is the name of the parameter, header or member at fault.
	Subject string
	Finding Finding
}

// Verify judges a signed call: everything it needs is there and stands there once, the caller's id, the time, the digest,
// then the signature, in constant time for its length. Nil means that all is right.
func (s *Signer) Verify(m *Message, v Verification) *Fault {
	values, failed := s.present(m)
	if failed != nil {
		return failed
	}
	if l := &s.places[valueKey]; l.at != "" && s.sign.KeySlot != "" && !Same(values[valueKey], s.key) {
		return fault(specs.UnknownKey, l.name, "key-unknown", "name", l.name, "slot", s.sign.KeySlot)
	}
	if failed := s.verifyTime(values[valueTime], v.Now); failed != nil {
		return failed
	}
	digest := s.digestNamed(values[valueDigest])
	if digest < 0 {
		at := s.places[valueDigest].name
		return fault(specs.InvalidParameter, at, "digest-unknown", "name", at, "known", strings.Join(s.sign.Digests, ", "))
	}
	own, got := &s.places[valueSignature], values[valueSignature]
	if got == "" {
		return fault(specs.MissingSignature, own.name, "missing-parameter", "name", own.name)
	}
	if s.matches(m, digest, got) {
		return nil
	}
	return &Fault{specs.InvalidSignature, own.name, s.diagnose(m, s.sign.Digests[digest], got, v.Show)}
}

func fault(condition specs.Condition, subject, id string, detail ...string) *Fault {
	f := &Fault{Condition: condition, Subject: subject, Finding: Finding{ID: id, Detail: map[string]string{}}}
	for i := 0; i+1 < len(detail); i += 2 {
		f.Finding.Detail[detail[i]] = detail[i+1]
	}
	return f
}

// clip bounds a name that a caller made up.
func clip(name string) string {
	if runes := []rune(name); len(runes) > 80 {
		return string(runes[:80]) + "…"
	}
	return name
}

func (s *Signer) verifyTime(text string, now time.Time) *Fault {
	l := &s.places[valueTime]
	if l.at == "" {
		return nil
	}
	at, err := parseTime(s.sign.TimeForm, text)
	switch {
	case err != nil:
		return fault(specs.InvalidParameter, l.name, "timestamp-malformed", "name", l.name, "form", timeForm(s.sign.TimeForm))
	case now.IsZero() || s.sign.Within <= 0:
		return nil
	}
	if off := now.Sub(at); off > s.sign.Within || off < -s.sign.Within {
		return fault(specs.StaleTimestamp, l.name, "timestamp-stale",
			"now", now.In(china()).Format(time.DateTime), "got", at.In(china()).Format(time.DateTime), "within", s.sign.Within.String())
	}
	return nil
}

// digestOf is the digest that a call names, or the contract's first; false when the call names another one.
func (s *Signer) digestOf(m *Message) (string, bool) {
	named, _ := s.valueAt(m, s.location(s.sign.MethodParameter))
	i := s.digestNamed(named)
	if i < 0 {
		return "", false
	}
	return s.sign.Digests[i], true
}

// digestNamed is the place of the digest that a call names, -1 when the contract has another; where no parameter names one,
// it is the first.
func (s *Signer) digestNamed(named string) int {
	if s.sign.MethodParameter == "" {
		return 0
	}
	for i, known := range s.sign.Digests {
		if named == known || !s.isTOP() && strings.EqualFold(named, known) {
			return i
		}
	}
	return -1
}

func (s *Signer) topConfig(digest string, show func(string) bool) SignConfig {
	return SignConfig{Skip: s.sign.Parameter, Digest: digest, Secret: s.secret, Show: show}
}

// written lists how a digest may be written; the first is how it is written here.
func (s *Signer) written(sum []byte) []string {
	if s.sign.Encoding == "base64" {
		return []string{base64.StdEncoding.EncodeToString(sum)}
	}
	lower := hex.EncodeToString(sum)
	switch s.sign.Case {
	case "upper":
		return []string{upperHex(sum)}
	case "any":
		return []string{lower, upperHex(sum)}
	}
	return []string{lower}
}

// Canonical is the text to sign of a call, the secret in it as $ and its slot, and what show hides as ***.
func (s *Signer) Canonical(m *Message, show func(name string) bool) string {
	if s.isTOP() {
		return Canonical(maskPairs(m.Pairs, s.topConfig("", show)), s.sign.Parameter)
	}
	return s.shown(m, show)
}

// shown is the text to sign as a diagnosis shows it.
func (s *Signer) shown(m *Message, show func(string) bool) string {
	if show == nil {
		show = func(string) bool { return true }
	}
	return s.composed(m, m.Path, show).text("$" + s.sign.Secret)
}

// china is UTC+8, whatever the machine knows of time zones.
func china() *time.Location { return chinaZone }

var chinaZone = time.FixedZone("UTC+8", 8*60*60)

const compactTime = "20060102150405"

// timeForm says how a time is written.
func timeForm(form string) string {
	switch form {
	case "digits":
		return "yyyyMMddHHmmss"
	case "seconds":
		return "10 digits, seconds since 1970"
	case "millis":
		return "13 digits, milliseconds since 1970"
	case "rfc3339":
		return "RFC 3339, yyyy-MM-ddTHH:mm:ssZ"
	}
	return "yyyy-MM-dd HH:mm:ss"
}

func formatTime(form string, t time.Time) string {
	switch form {
	case "seconds":
		return strconv.FormatInt(t.Unix(), 10)
	case "millis":
		return strconv.FormatInt(t.UnixMilli(), 10)
	case "digits":
		return t.In(china()).Format(compactTime)
	case "rfc3339":
		return t.UTC().Format(time.RFC3339)
	}
	return t.In(china()).Format(time.DateTime)
}

func parseTime(form, text string) (time.Time, error) {
	switch form {
	case "seconds", "millis":
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return time.Time{}, err
		}
		// Ten digits are seconds until the year 2286, thirteen are milliseconds since 2001: one taken for the other is a
		// mistake of form, not of time.
		if form == "seconds" && len(text) == 10 {
			return time.Unix(n, 0), nil
		}
		if form == "millis" && len(text) == 13 {
			return time.UnixMilli(n), nil
		}
		return time.Time{}, fmt.Errorf("time: %d digits", len(text))
	case "digits":
		return time.ParseInLocation(compactTime, text, china())
	case "rfc3339":
		return time.Parse(time.RFC3339, text)
	}
	return time.ParseInLocation(time.DateTime, text, china())
}
