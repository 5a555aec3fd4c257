package cli

import (
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"understudy/mock"
	"understudy/specs"
)

// account is what the tokens of one slot stand for, where they stand for something.
type account struct {
	what string
	// usual is what a token stands for that is given alone.
	usual string
	form  *regexp.Regexp
}

// accountOf tells what the tokens of a slot stand for. A token of mytijian belongs to a hospital (体检中心); one that is
// given without a hospital stands for 197, as the first development token does.
func accountOf(vendor, slot string) (account, bool) {
	if vendor == "mytijian" && slot == "accessTokens" {
		return account{what: "hospital", usual: "197", form: regexp.MustCompile(`^[0-9]{1,18}$`)}, true
	}
	return account{}, false
}

func (a account) check(stands string) error {
	if stands != "" && !a.form.MatchString(stands) {
		return fmt.Errorf("a %s is a whole number, or nothing", a.what)
	}
	return nil
}

// tokens are the accepted tokens of a slot while they are read.
type tokens []mock.Token

func (t *tokens) add(value, stands string) error {
	for _, known := range *t {
		if known.Value == value {
			return errors.New("the same token stands twice")
		}
	}
	*t = append(*t, mock.Token{Value: value, Account: stands})
	return nil
}

// parseTokens reads TOKEN,TOKEN,… and, where tokens stand for something, TOKEN=ACCOUNT; TOKEN= stands for nothing.
func parseTokens(text, vendor, slot string) (mock.Credential, error) {
	var list tokens
	a, mapped := accountOf(vendor, slot)
	for entry := range strings.SplitSeq(text, ",") {
		token, stands := strings.TrimSpace(entry), a.usual
		if i := strings.LastIndexByte(token, '='); mapped && i >= 0 {
			token, stands = strings.TrimSpace(token[:i]), strings.TrimSpace(token[i+1:])
			if stands == "" && strings.HasSuffix(token, "=") {
				return mock.Credential{}, fmt.Errorf("a token that ends in = needs its %s behind another =, or the configuration file", a.what)
			}
			if err := a.check(stands); err != nil {
				return mock.Credential{}, err
			}
		}
		if token == "" {
			return mock.Credential{}, errors.New("an entry is empty; tokens are separated by commas")
		}
		if err := list.add(token, stands); err != nil {
			return mock.Credential{}, err
		}
	}
	return mock.Credential{Tokens: list}, nil
}

// parseSlot reads what an environment variable or a secret's file says of a slot.
func parseSlot(text, vendor string, slot specs.Slot) (mock.Credential, error) {
	if slot.List {
		return parseTokens(text, vendor, slot.Name)
	}
	return mock.Credential{Text: text}, nil
}

// randomise fills the slots that the configuration leaves out with random values in the shapes the vendors use. Callers
// are held to the security schemes of a stranger's document only by what is configured, so there is nothing to fill.
func randomise(contracts []*specs.Contract, credentials map[string]mock.Credentials) {
	for _, c := range contracts {
		if credentials[c.Vendor] == nil {
			credentials[c.Vendor] = mock.Credentials{}
		}
		if !c.Bundled {
			credentials[c.Vendor], _ = mock.MakeCredentials(c, credentials[c.Vendor], rand.Reader) // it never fails, by its contract
			continue
		}
		for _, slot := range c.Slots() {
			if _, configured := credentials[c.Vendor][slot.Name]; configured {
				continue
			}
			given := mock.Credential{}
			if slot.List {
				a, mapped := accountOf(c.Vendor, slot.Name)
				given.Tokens = []mock.Token{{Value: random(32, alphanumeric), Account: a.usual}}
				if mapped {
					given.Tokens = append(given.Tokens, mock.Token{Value: random(32, alphanumeric)})
				}
			} else {
				n, alphabet := shapeOf(c.Vendor, slot.Name)
				given.Text = random(n, alphabet)
			}
			credentials[c.Vendor][slot.Name] = given
		}
	}
}

const (
	digits       = "0123456789"
	upperHex     = digits + "ABCDEF"
	alphanumeric = digits + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// shapeOf is how long a credential of a vendor is and what it is made of.
func shapeOf(vendor, slot string) (int, string) {
	switch vendor + "." + slot {
	case "alihealth.appKey":
		return 8, digits
	case "weixiao.appKey":
		return 16, upperHex
	case "zheliban.aesKey":
		return 16, alphanumeric
	}
	return 32, alphanumeric
}

// random draws n characters of an alphabet, each equally likely.
func random(n int, alphabet string) string {
	out := make([]byte, 0, n)
	even := byte(256 / len(alphabet) * len(alphabet) & 0xff) // 0 stands for 256: every byte is fair
	for len(out) < n {
		var b [64]byte
		_, _ = rand.Read(b[:]) // never fails, by its contract
		for _, c := range b {
			if (even == 0 || c < even) && len(out) < n {
				out = append(out, alphabet[int(c)%len(alphabet)])
			}
		}
	}
	return string(out)
}
