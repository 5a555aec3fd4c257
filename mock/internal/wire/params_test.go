package wire

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseQuery(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, raw string
		want      Pairs
	}{
		{"nothing", "", nil},
		{"order and duplicates", "b=1&a=2&b=3", Pairs{{"b", "1", InQuery}, {"a", "2", InQuery}, {"b", "3", InQuery}}},
		{"escapes", "a%3d+b=%E4%BD%93+%2b%01", Pairs{{"a= b", "体 +\x01", InQuery}}},
		{"semicolon is ordinary", "a=1;b=2", Pairs{{"a", "1;b=2", InQuery}}},
		{"no =", "a&b=&=c", Pairs{{"a", "", InQuery}, {"b", "", InQuery}, {"", "c", InQuery}}},
		{"second = belongs to the value", "a=b=c", Pairs{{"a", "b=c", InQuery}}},
		{"empty pieces", "&&a=1&", Pairs{{"a", "1", InQuery}}},
		{"separators alone", "&&", nil},
		{"raw UTF-8", "a=体", Pairs{{"a", "体", InQuery}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseQuery(tt.raw)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("ParseQuery(%q) (-want +got):\n%s", tt.raw, diff)
			}
		})
	}
}

func TestParseFormRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		want       ParamError
	}{
		{"percent at the end", "a=1&b=x%", ParamError{InForm, 7, ParamPercent, false}},
		{"one digit", "a=%4", ParamError{InForm, 2, ParamPercent, false}},
		{"no digits", "secret=100%zz", ParamError{InForm, 10, ParamPercent, false}},
		{"in the name", "a%G0=1", ParamError{InForm, 1, ParamPercent, false}},
		{"not UTF-8", "a=1&b=%ff%ff", ParamError{InForm, 6, ParamUTF8, false}},
		{"cut UTF-8, not GBK", "a=%E4", ParamError{InForm, 2, ParamUTF8, false}},
		{"GBK", "name=%CC%E5%BC%EC", ParamError{InForm, 5, ParamUTF8, true}},
		{"raw bytes", "a=\xff", ParamError{InForm, 2, ParamUTF8, false}},
		{"too many", strings.Repeat("a=1&", 1001), ParamError{InForm, 4000, ParamCount, false}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseForm([]byte(tt.body))
			var got *ParamError
			if !errors.As(err, &got) {
				t.Fatalf("ParseForm: %v, want a *ParamError", err)
			}
			if *got != tt.want {
				t.Errorf("ParseForm: %+v, want %+v", *got, tt.want)
			}
			if message := got.Error(); !strings.HasPrefix(message, "form: offset ") || strings.Contains(message, "secret") {
				t.Errorf("message %q", message)
			}
		})
	}
	if pairs, err := ParseForm([]byte(strings.Repeat("a=1&", 1000))); err != nil || len(pairs) != 1000 {
		t.Errorf("1000 pairs: %d, %v", len(pairs), err)
	}
}

func TestPairsGet(t *testing.T) {
	t.Parallel()
	pairs := Pairs{{"a", "1", InQuery}, {"b", "", InForm}, {"a", "2", InForm}}
	for _, tt := range []struct {
		name, value string
		n           int
	}{{"a", "1", 2}, {"b", "", 1}, {"A", "", 0}} {
		if value, n := pairs.Get(tt.name); value != tt.value || n != tt.n {
			t.Errorf("Get(%q) = %q, %d, want %q, %d", tt.name, value, n, tt.value, tt.n)
		}
	}
}

// FuzzParseForm holds ParseForm against net/url for what both read, and writes
// what was read once more.
func FuzzParseForm(f *testing.F) {
	for _, v := range vectors(f, "alihealth") {
		form := url.Values{}
		for name, value := range v.Params {
			form.Set(name, value)
		}
		f.Add([]byte(form.Encode()))
	}
	f.Add([]byte("a=1;b=%&=&%zz=%CC%E5&+"))
	f.Fuzz(func(t *testing.T, body []byte) {
		pairs, err := ParseForm(body)
		if err != nil {
			var bad *ParamError
			if !errors.As(err, &bad) || bad.Offset < 0 || bad.Offset > len(body) {
				t.Fatalf("error %#v", err)
			}
			return
		}
		var again strings.Builder
		for i, p := range pairs {
			if i > 0 {
				again.WriteByte('&')
			}
			again.WriteString(url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value))
		}
		second, err := ParseForm([]byte(again.String()))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(pairs, second); diff != "" {
			t.Fatalf("written and read again (-first +second):\n%s", diff)
		}
		if strings.Contains(string(body), ";") {
			return
		}
		values, err := url.ParseQuery(string(body))
		if err != nil {
			t.Fatalf("net/url refuses %q: %v", body, err)
		}
		for name, list := range values {
			if first, n := pairs.Get(name); first != list[0] || n != len(list) {
				t.Fatalf("%q: Get(%q) = %q, %d, net/url %q", body, name, first, n, list)
			}
		}
	})
}
