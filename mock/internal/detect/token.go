package detect

import (
	"encoding/base64"
	"strings"
)

func isURLBase64(c byte) bool { return isAlnum(c) || c == '-' || c == '_' }

// tokens finds JSON Web Tokens (RFC 7519): three parts in base64url, the first a JSON object with alg.
func tokens(text string) []Span {
	var found []Span
	for i := 0; i < len(text); {
		if !isURLBase64(text[i]) {
			i++
			continue
		}
		end := row(text, i)
		if !strings.HasPrefix(text[i:end], "eyJ") || end == len(text) || text[end] != '.' {
			i = end
			continue
		}
		claims := row(text, end+1)
		if claims == end+1 || claims == len(text) || text[claims] != '.' || !isHeader(text[i:end]) {
			i = end
			continue
		}
		last := row(text, claims+1) // an unsigned one ends with the point
		found = append(found, Span{i, last, JWT})
		i = last
	}
	return found
}

func row(text string, i int) int {
	for i < len(text) && isURLBase64(text[i]) {
		i++
	}
	return i
}

func isHeader(part string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && strings.Contains(string(raw), `"alg"`)
}

// emails finds addresses of mail.
func emails(text string) []Span {
	var found []Span
	done := 0
	for at := 0; at < len(text); at++ {
		if text[at] != '@' {
			continue
		}
		start, end := at, at+1
		for start > done && at-start < 64 && (isAlnum(text[start-1]) || strings.IndexByte("._%+-", text[start-1]) >= 0) {
			start--
		}
		for end < len(text) && end-at < 255 && (isAlnum(text[end]) || text[end] == '-' || text[end] == '.') {
			end++
		}
		for end > at && !isAlnum(text[end-1]) {
			end--
		}
		domain := text[min(at+1, end):end]
		dot := strings.LastIndexByte(domain, '.')
		if start == at || dot < 1 || len(domain)-dot < 3 || !isLetter(domain[dot+1]) {
			continue
		}
		found = append(found, Span{start, end, Email})
		done = end
		at = end - 1
	}
	return found
}

// secrets finds what looks like chance behind the name of a secret, or behind the word Bearer. In a query, where nobody writes
// prose, anything of six characters will do.
func secrets(text string) []Span {
	var found []Span
	for i := 0; i < len(text); i++ {
		var start int
		switch c := text[i]; {
		case (c == '=' || c == ':') && secretBefore(text, i):
			start = i + 1
		case c == ' ' && i >= 6 && strings.EqualFold(text[i-6:i], "bearer"), c == ' ' && i >= 5 && strings.EqualFold(text[i-5:i], "basic"):
			start = i + 1
		default:
			continue
		}
		for start < len(text) && start-i < 8 && strings.IndexByte(` "'\`, text[start]) >= 0 {
			start++
		}
		end := start
		for end < len(text) && (isURLBase64(text[end]) || strings.IndexByte("./+~%", text[end]) >= 0) {
			end++
		}
		for padded := end + 2; end > start && end < min(len(text), padded) && text[end] == '='; {
			end++
		}
		if Random(text[start:end]) || text[i] == '=' && end-start >= 6 && inQuery(text, i) {
			found = append(found, Span{start, end, Token})
			i = end - 1
		}
	}
	return found
}

// inQuery says whether the name before a = begins behind ? or &.
func inQuery(text string, i int) bool {
	start := i
	for start > 0 && i-start <= 40 && isURLBase64(text[start-1]) {
		start--
	}
	return start < i && start > 0 && (text[start-1] == '?' || text[start-1] == '&')
}

// passwords finds those in the userinfo of URLs (RFC 3986, section 3.2.1).
func passwords(text string) []Span {
	var found []Span
	for from := 0; ; {
		at := strings.Index(text[from:], "://")
		if at < 0 {
			return found
		}
		start := from + at + len("://")
		end := start
		for end < len(text) && end-start < 255 && strings.IndexByte("/?#@\"' \t\r\n<>", text[end]) < 0 {
			end++
		}
		from = start
		if end == len(text) || text[end] != '@' {
			continue
		}
		if colon := strings.IndexByte(text[start:end], ':'); colon >= 0 && start+colon+1 < end {
			found = append(found, Span{start + colon + 1, end, Token})
		}
	}
}

// secretBefore says whether the name of a secret stands before a place.
func secretBefore(text string, i int) bool {
	end := i
	for end > 0 && i-end < 4 && strings.IndexByte(` "'\`, text[end-1]) >= 0 {
		end--
	}
	start := end
	for start > 0 && end-start <= 40 && isURLBase64(text[start-1]) {
		start--
	}
	return SecretName(text[start:end])
}

// SecretName says whether a name promises a credential, a token or a signature, in whatever case and with whatever marks.
func SecretName(name string) bool {
	if len(name) < 3 || len(name) > 40 {
		return false
	}
	var letters [40]byte
	n := 0
	for i := range len(name) {
		if c := name[i]; c != '_' && c != '-' {
			if c >= 'A' && c <= 'Z' {
				c |= 0x20
			}
			letters[n] = c
			n++
		}
	}
	plain := string(letters[:n])
	switch plain {
	case "sign", "signature", "sig", "secret", "session", "sessionkey", "sessionid", "authorization", "proxyauthorization", "cookie", "setcookie",
		"password", "passwd", "pwd", "apikey", "appkey", "appsecret", "clientsecret", "secretkey", "accesskey", "privatekey", "credential",
		"credentials", "jwt", "ticket", "xapikey", "hmac":
		return true
	}
	return strings.HasSuffix(plain, "token") || strings.HasSuffix(plain, "secret") || strings.HasSuffix(plain, "signature") || strings.HasSuffix(plain, "password")
}

// Random says whether a text looks as if chance had made it: long enough, of letters and digits, and no word.
func Random(text string) bool {
	if len(text) < 12 {
		return false
	}
	var digits, lower, upper, changes int
	last := byte(0)
	for i := 0; i < len(text); i++ {
		class := byte('.')
		switch c := text[i]; {
		case isDigit(c):
			digits++
			class = '0'
		case c >= 'a' && c <= 'z':
			lower++
			class = 'a'
		case c >= 'A' && c <= 'Z':
			upper++
			class = 'A'
		}
		if class != last {
			changes++
		}
		last = class
	}
	letters := lower + upper
	switch {
	case letters+digits < len(text)*3/4:
		return false
	case digits > 0 && letters > 0:
		return changes >= 4 || len(text) >= 20
	case digits > 0:
		return len(text) >= 24
	}
	return lower > 0 && upper > 0 && changes >= len(text)/4
}
