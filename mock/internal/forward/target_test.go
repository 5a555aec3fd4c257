package forward

import (
	"strings"
	"testing"

	"understudy/mock/internal/diagnosis"
)

// allowed stands for no diagnosis at all.
const allowed = ""

func TestExplainJudgesEverySpelling(t *testing.T) {
	t.Parallel()
	tests := []struct {
		url   string
		allow string // entries, separated by blanks
		want  string
		line  string // the option that would allow it
	}{
		{url: "http://127.0.0.1:9000/push", want: allowed},
		{url: "http://127.8.9.10/push?token=x", want: allowed},
		{url: "HTTP://127.0.0.1:9000", want: allowed},
		{url: "hTTpS://LOCALHOST/push", want: allowed},
		{url: "http://localhost:65535/", want: allowed},
		{url: "http://localhost./", want: allowed},
		{url: "  http://[::1]:9000/push ", want: allowed},
		{url: "http://[::ffff:127.0.0.1]:9000/", want: allowed},
		{url: "http://[0:0:0:0:0:ffff:7f00:1]/", want: allowed},

		{url: "http://10.1.2.3:8080/push", want: TargetBlocked, line: "--forward-to 10.1.2.3:8080"},
		{url: "http://10.1.2.3/push", want: TargetBlocked, line: "--forward-to 10.1.2.3:80"},
		{url: "https://10.1.2.3/push", want: TargetBlocked, line: "--forward-to 10.1.2.3:443"},
		{url: "http://[::ffff:10.1.2.3]:8080/", want: TargetBlocked, line: "--forward-to 10.1.2.3:8080"},
		{url: "http://[fd12::1]:8080/", want: TargetBlocked, line: "--forward-to [fd12::1]:8080"},
		{url: "http://10.1.2.3:8080/", allow: "private", want: allowed},
		{url: "http://172.31.0.1/", allow: "private", want: allowed},
		{url: "http://172.32.0.1/", allow: "private", want: TargetBlocked, line: "--forward-to 172.32.0.1:80"},
		{url: "http://192.168.161.34:8099/", allow: "private", want: allowed},
		{url: "http://[fd12::1]:8080/", allow: "private", want: allowed},
		{url: "http://203.0.113.9/", allow: "private", want: TargetBlocked, line: "--forward-to 203.0.113.9:80"},
		{url: "http://10.1.2.3:8080/", allow: "10.1.0.0/16", want: allowed},
		{url: "http://10.2.2.3:8080/", allow: "10.1.0.0/16", want: TargetBlocked, line: "--forward-to 10.2.2.3:8080"},
		{url: "http://[::ffff:10.1.2.3]/", allow: "10.1.0.0/16", want: allowed},
		{url: "http://10.1.2.3/", allow: "::ffff:10.1.0.0/112", want: allowed},
		{url: "http://10.1.2.3:8080/", allow: "10.1.2.3:8080", want: allowed},
		{url: "http://[::ffff:10.1.2.3]:8080/", allow: "10.1.2.3:8080", want: allowed},
		{url: "http://10.1.2.3:8081/", allow: "10.1.2.3:8080", want: TargetBlocked, line: "--forward-to 10.1.2.3:8081"},
		{url: "http://10.1.2.4:8080/", allow: "10.1.2.3:8080", want: TargetBlocked, line: "--forward-to 10.1.2.4:8080"},

		{url: "http://169.254.169.254/latest/", want: TargetBlocked, line: "--forward-to 169.254.169.254/32"},
		{url: "http://169.254.169.254/latest/", allow: "private ::/0", want: TargetBlocked, line: "--forward-to 169.254.169.254/32"},
		{url: "http://[::ffff:169.254.169.254]/", allow: "private ::/0", want: TargetBlocked, line: "--forward-to 169.254.169.254/32"},
		{url: "http://169.254.169.254/latest/", allow: "169.254.0.0/16", want: allowed},
		{url: "http://100.100.100.200/", allow: "private", want: TargetBlocked, line: "--forward-to 100.100.100.200/32"},
		{url: "http://100.100.100.200/", allow: "100.64.0.0/10", want: allowed},
		{url: "http://[fd00:ec2::254]/", allow: "private", want: TargetBlocked, line: "--forward-to fd00:ec2::254/128"},
		{url: "http://[fe80::1%25eth0]:80/", allow: "private", want: TargetBlocked, line: "--forward-to fe80::1/128"},
		{url: "http://[fe80::1%25eth0]:80/", allow: "fe80::/10", want: allowed},
		{url: "http://0.0.0.0:8080/", allow: "private", want: TargetBlocked, line: "--forward-to 0.0.0.0/32"},
		{url: "http://[::]:8080/", allow: "private", want: TargetBlocked, line: "--forward-to ::/128"},
		{url: "http://255.255.255.255/", allow: "private", want: TargetBlocked, line: "--forward-to 255.255.255.255/32"},

		// A form that hides an IPv4 address is judged as that one.
		{url: "http://[64:ff9b::169.254.169.254]/", allow: "private ::/0", want: TargetBlocked, line: "--forward-to 169.254.169.254/32"},
		{url: "http://[64:ff9b::a01:203]/", want: TargetBlocked, line: "--forward-to [64:ff9b::a01:203]:80"},
		{url: "http://[64:ff9b::a01:203]/", allow: "10.0.0.0/8", want: allowed},
		{url: "http://[64:ff9b::a01:203]/", allow: "private", want: allowed},
		{url: "http://[64:ff9b::a01:203]/", allow: "64:ff9b::/96", want: allowed},
		{url: "http://[64:ff9b::7f00:1]/", allow: "private", want: TargetBlocked, line: "--forward-to [64:ff9b::7f00:1]:80"},
		{url: "http://[64:ff9b:1::1]/", allow: "private", want: TargetBlocked, line: "--forward-to 64:ff9b:1::1/128"},
		{url: "http://[2002:a9fe:a9fe::1]/", allow: "private 2000::/3", want: TargetBlocked, line: "--forward-to 169.254.169.254/32"},
		{url: "http://[2002:7f00:1::]/", want: TargetBlocked, line: "--forward-to [2002:7f00:1::]:80"},
		{url: "http://[2001:0:1:2:3:4:5601:5601]/", allow: "2000::/3", want: TargetBlocked, line: "--forward-to 169.254.169.254/32"},
		{url: "http://[::169.254.169.254]/", allow: "private ::/0", want: TargetBlocked, line: "--forward-to 169.254.169.254/32"},

		// Names, and what only looks like an address, are judged when dialling.
		{url: "http://hub.example/push", want: TargetByName, line: "--forward-to hub.example:80"},
		{url: "http://HUB.example.:8080/push", want: TargetByName, line: "--forward-to hub.example:8080"},
		{url: "http://hub.example:8080/push", allow: "private", want: TargetByName, line: "--forward-to hub.example:8080"},
		{url: "http://hub.example:8080/push", allow: "Hub.Example:8080", want: allowed},
		{url: "http://hub.example:8081/push", allow: "hub.example:8080", want: TargetByName, line: "--forward-to hub.example:8081"},
		{url: "http://localhost.hub.example/", want: TargetByName, line: "--forward-to localhost.hub.example:80"},
		{url: "http://2130706433/", want: TargetByName, line: "--forward-to 2130706433:80"},
		{url: "http://0x7f.0.0.1/", want: TargetByName, line: "--forward-to 0x7f.0.0.1:80"},
		{url: "http://0251.0376.0251.0376/", want: TargetByName, line: "--forward-to 0251.0376.0251.0376:80"},

		{url: "http://127.0.0.1@hub.example/", want: TargetUserinfo},
		{url: "http://u:p@127.0.0.1/", want: TargetUserinfo},
		{url: `http://hub.example\@127.0.0.1/`, want: TargetMalformed},
		{url: "http://127.0.0.1%2f@hub.example/", want: TargetUserinfo},
		{url: "http://$(id)/", want: TargetMalformed},
		{url: "http://-x/", want: TargetMalformed},
		{url: "http://医院.example/", want: TargetMalformed},
		{url: "http://", want: TargetMalformed},
		{url: "http:///push", want: TargetMalformed},
		{url: "http://127.0.0.1:0/", want: TargetMalformed},
		{url: "http://127.0.0.1:65536/", want: TargetMalformed},
		{url: "http://[fe80::1%25;id]/", want: TargetBlocked, line: "--forward-to fe80::1/128"},
		{url: "http://" + strings.Repeat("a", 300) + "/", want: TargetMalformed},
		{url: "ftp://127.0.0.1/", want: TargetScheme},
		{url: "file:///etc/passwd", want: TargetScheme},
		{url: "gopher://127.0.0.1/", want: TargetScheme},
		{url: "127.0.0.1:9000/push", want: TargetWithoutScheme},
		{url: "localhost:9000/push", want: TargetWithoutScheme},
		{url: "//127.0.0.1/push", want: TargetWithoutScheme},
		{url: "192.168.1.20:8080/push", want: TargetWithoutScheme, line: "--forward-to 192.168.1.20:8080"},
		{url: "www.hub.example", want: TargetWithoutScheme, line: "--forward-to www.hub.example:80"},
		{url: "www.hub.example/?to=http://127.0.0.1/", want: TargetWithoutScheme, line: "--forward-to www.hub.example:80"},
		{url: "javascript:alert(1)", want: TargetWithoutScheme},
		{url: "", want: TargetWithoutScheme},
	}
	for _, tt := range tests {
		t.Run(tt.url+" "+tt.allow, func(t *testing.T) {
			t.Parallel()
			c, err := New(Config{Allow: strings.Fields(tt.allow)})
			if err != nil {
				t.Fatal(err)
			}
			got := c.Explain(tt.url)
			if tt.want == allowed {
				if got != nil {
					t.Fatalf("got %s, want nothing against it", got.Text("en"))
				}
				return
			}
			if got == nil || got.ID != tt.want {
				t.Fatalf("got %+v, want %s", got, tt.want)
			}
			if got.Detail["allow"] != tt.line {
				t.Errorf("the option is %q, want %q", got.Detail["allow"], tt.line)
			}
			if text := got.Text("en"); tt.line != "" && got.ID != TargetWithoutScheme && !strings.Contains(text, tt.line) {
				t.Errorf("the text %q lacks the option", text)
			}
			if tt.line == "" {
				return
			}
			// What the diagnosis tells to add must be a good entry, and must help.
			c, err = New(Config{Allow: append(strings.Fields(tt.allow), strings.TrimPrefix(tt.line, "--forward-to "))})
			if err != nil {
				t.Fatalf("the option cannot be given: %v", err)
			}
			if again := c.Explain(tt.url); again != nil && got.ID != TargetWithoutScheme {
				t.Errorf("with the option there still is %s", again.Text("en"))
			}
		})
	}
}

func TestExplainTellsTheFixOfAMissingScheme(t *testing.T) {
	t.Parallel()
	var c Client
	for url, want := range map[string]string{
		"hub.example:8080/push?token=abc": "http://hub.example:8080/…",
		"user:word@hub.example/push":      "http://HOST:PORT/…",
		"":                                "http://HOST:PORT/…",
	} {
		if got := c.Explain(url).Detail["fix"]; got != want {
			t.Errorf("%q: the fix is %q, want %q", url, got, want)
		}
	}
}

func TestExplainOfNoClient(t *testing.T) {
	t.Parallel()
	var c *Client
	if d := c.Explain("http://127.0.0.1/"); d == nil || d.ID != Unavailable {
		t.Errorf("got %+v", d)
	}
}

func TestEveryErrorHasAText(t *testing.T) {
	t.Parallel()
	known := diagnosis.IDs()
	ids := []string{
		TargetWithoutScheme, TargetScheme, TargetMalformed, TargetUserinfo, TargetBlocked, TargetByName, Unresolved,
		Refused, Timeout, TLS, Broken, Status, Redirect, Unavailable, Closed,
	}
	for _, id := range ids {
		found := false
		for _, k := range known {
			found = found || k == id
		}
		if !found {
			t.Errorf("%s has no text", id)
		}
	}
}

func TestNewRefusesBadEntries(t *testing.T) {
	t.Parallel()
	for entry, fix := range map[string]string{
		"":                        "HOST:PORT",
		"everything":              "HOST:PORT",
		"Private":                 "private",
		"10.0.0.5":                "10.0.0.5:8080",
		"fd00::5":                 "[fd00::5]:8080",
		"10.0.0.5/8":              "10.0.0.0/8",
		"10.0.0.0/33":             "CIDR",
		"http://hub.example:8080": "CIDR",
		"hub.example":             "HOST:PORT",
		"hub.example:http":        "1 to 65535",
		"hub.example:0":           "1 to 65535",
		"hub.example:70000":       "1 to 65535",
		":8080":                   "host name",
		"*.example:8080":          "host name",
		"169.254.169.254:80":      "169.254.169.254/32",
		"[64:ff9b::a9fe:a9fe]:80": "169.254.169.254/32",
		"::ffff:0.0.0.0/64":       "IPv4 CIDR",
	} {
		_, err := New(Config{Allow: []string{"private", entry}})
		if err == nil {
			t.Errorf("%q is taken", entry)
			continue
		}
		if !strings.Contains(err.Error(), fix) {
			t.Errorf("%q: %v does not tell %q", entry, err, fix)
		}
	}
}
