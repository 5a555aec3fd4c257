package explain

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// curlStart is where a curl command begins, also behind a prompt or a variable's value in a log.
var curlStart = regexp.MustCompile(`(?:^|[\s$>#;("'])(curl(?:\.exe)?)[ \t\n]+(?:[-^'"\\]|https?:|\S+[./]\S)`)

// readCurl reads each curl command of a text.
func readCurl(text string) []message {
	var list []message
	line := 1
	for len(list) < maxReports+1 {
		at := curlStart.FindStringSubmatchIndex(text)
		if at == nil {
			break
		}
		line += strings.Count(text[:at[2]], "\n")
		words, rest := shellWords(text[at[3]:])
		if m, ok := curlMessage(words); ok {
			m.place = "line " + strconv.Itoa(line)
			list = append(list, m)
		}
		line += strings.Count(text[at[2]:len(text)-len(rest)], "\n")
		text = rest
	}
	if len(list) == 1 {
		list[0].place = ""
	}
	return list
}

// The options of curl that take a value and do not matter here, by their short and long names.
const (
	curlShortValues = "oAebcCDEFKmMPQrTtuUwxyYz"
	curlLongValues  = " output user-agent referer cookie-jar max-time connect-timeout write-out proxy cacert cert key resolve retry interface limit-rate dump-header "
)

// curlMessage reads the words after curl.
func curlMessage(words []string) (message, bool) {
	m := message{source: sourceCurl, certain: true, header: http.Header{}}
	var data, parts []string
	address, get, isJSON := "", false, false
	value := func(i *int) string {
		if *i+1 >= len(words) {
			return ""
		}
		*i++
		return words[*i]
	}
	for i := 0; i < len(words); i++ {
		word := words[i]
		name, inline, hasInline := "", "", false
		switch {
		case strings.HasPrefix(word, "--"):
			name, inline, hasInline = strings.Cut(word[2:], "=")
			if hasInline && !slices.Contains([]string{"data", "header", "url", "request", "form", "user", "cookie", "json"}, name) {
				inline, hasInline = "", false
			}
		case len(word) > 1 && word[0] == '-':
			name, inline, hasInline = shortOption(word[1:])
		default:
			if address == "" {
				address = word
			}
			continue
		}
		take := func() string {
			if hasInline {
				return inline
			}
			return value(&i)
		}
		switch name {
		case "X", "request":
			m.method = strings.ToUpper(take())
		case "H", "header":
			if field, v, ok := strings.Cut(take(), ":"); ok {
				m.setHeader(field, v)
			}
		case "d", "data", "data-ascii", "data-binary":
			one := take()
			if strings.HasPrefix(one, "@") {
				m.notes = append(m.notes, "explain-data-in-file")
				continue
			}
			data = append(data, one)
		case "data-raw":
			data = append(data, take())
		case "json":
			isJSON = true
			data = append(data, take())
		case "data-urlencode":
			data = append(data, urlencoded(take()))
		case "F", "form", "form-string":
			parts = append(parts, take())
		case "u", "user":
			m.setHeader("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(take())))
		case "b", "cookie":
			if v := take(); strings.Contains(v, "=") { // else it is a file
				m.setHeader("Cookie", v)
			}
		case "oauth2-bearer":
			m.setHeader("Authorization", "Bearer "+take())
		case "G", "get":
			get = true
		case "I", "head":
			m.method = "HEAD"
		case "url":
			address = take()
		default:
			if strings.Contains(curlLongValues, " "+name+" ") || len(name) == 1 && strings.Contains(curlShortValues, name) {
				_ = take()
			}
		}
	}
	if address == "" {
		return m, false
	}
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	m.setURL(address)
	if len(data) > 0 {
		m.curlData(data, get, isJSON)
	}
	m.curlForm(parts)
	if m.method == "" {
		m.method = "GET"
	}
	return m, true
}

// curlForm is the body that -F makes: name=value, or name=@file, whose content nobody knows.
func (m *message) curlForm(parts []string) {
	if len(parts) == 0 {
		return
	}
	const boundary = "------------------------curl"
	var b strings.Builder
	for _, part := range parts {
		name, value, _ := strings.Cut(part, "=")
		file := ""
		if strings.HasPrefix(value, "@") || strings.HasPrefix(value, "<") {
			file, value = value[1:], ""
			m.notes = append(m.notes, "explain-data-in-file")
		}
		b.WriteString("--" + boundary + "\r\nContent-Disposition: form-data; name=" + strconv.Quote(name))
		if file != "" {
			b.WriteString("; filename=" + strconv.Quote(file))
		}
		b.WriteString("\r\n\r\n" + value + "\r\n")
	}
	b.WriteString("--" + boundary + "--\r\n")
	m.setBody(b.String())
	m.header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
	if m.method == "" {
		m.method = "POST"
	}
}

// shortOption takes the first short options of a word apart that take no value, such as -sSL, and returns the first
// that does, with what stands right behind it.
func shortOption(word string) (name, inline string, hasInline bool) {
	for i := range len(word) {
		if strings.IndexByte("XHd"+curlShortValues, word[i]) >= 0 {
			return word[i : i+1], word[i+1:], i+1 < len(word)
		}
		if word[i] == 'G' || word[i] == 'I' {
			name = word[i : i+1]
		}
	}
	return name, "", false
}

func (m *message) curlData(data []string, get, isJSON bool) {
	separator := "&"
	if isJSON {
		separator = ""
	}
	all := strings.Join(data, separator)
	if get {
		if m.query != "" {
			m.query += "&"
		}
		m.query += all
		return
	}
	m.setBody(all)
	if m.method == "" {
		m.method = "POST"
	}
	if m.header.Get("Content-Type") == "" {
		if isJSON {
			m.setHeader("Content-Type", "application/json")
		} else {
			m.setHeader("Content-Type", formMediaType)
		}
	}
}

// urlencoded is what --data-urlencode makes of its argument: content, =content, or name=content.
func urlencoded(arg string) string {
	escape := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
	name, content, ok := strings.Cut(arg, "=")
	switch {
	case !ok:
		return escape(arg)
	case name == "":
		return escape(content)
	}
	return name + "=" + escape(content)
}
