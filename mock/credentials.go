package mock

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"understudy/specs"
)

// Credential is what stands in one slot: a text, or accepted tokens with what each stands for (mytijian: the hospital;
// "" where it stands for nothing in particular).
type Credential struct {
	Text   string
	Tokens []Token
}

// texts are the values in a slot.
func (c Credential) texts() []string {
	var list []string
	if c.Text != "" {
		list = append(list, c.Text)
	}
	for _, t := range c.Tokens {
		list = append(list, t.Value)
	}
	return list
}

// Token is one accepted token.
type Token struct {
	Value string
	// Account is what the token stands for at the vendor.
	Account string
}

// Credentials are a vendor's credentials by slot.
type Credentials map[string]Credential

func (c Credentials) clone() Credentials {
	out := maps.Clone(c)
	for name, slot := range out {
		slot.Tokens = slices.Clone(slot.Tokens)
		out[name] = slot
	}
	return out
}

// developmentCredentials are the fixed values for working on one machine. They are printed at every start and protect
// nothing.
func developmentCredentials() map[string]Credentials {
	tokens := func(values ...Token) Credential { return Credential{Tokens: values} }
	text := func(s string) Credential { return Credential{Text: s} }
	return map[string]Credentials{
		"alihealth": {"appKey": text("12345678"), "appSecret": text("development-app-secret")},
		"eazytec":   {"tokens": tokens(Token{Value: "development-token"})},
		"mytijian": {"accessTokens": tokens(
			Token{Value: "development-access-token", Account: "197"},
			Token{Value: "development-access-token-without-hospital"})},
		"weixiao":  {"appKey": text("0123456789ABCDEF"), "appSecret": text("development-app-secret-of-weixiao")},
		"zheliban": {"apiKey": text("development-api-key"), "secret": text("development-secret"), "aesKey": text("development-key!")},
	}
}

// complete lays configured credentials over the development ones and names the slots that were left out. The slots of
// security schemes stay empty: nobody can say what a stranger's vendor would take, so any credential is good.
func complete(c *specs.Contract, configured Credentials) (all Credentials, development []string, err error) {
	given := Credentials{}
	maps.Copy(given, configured)
	known := developmentCredentials()[c.Vendor]
	var names []string
	for _, slot := range c.Slots() {
		names = append(names, slot.Name)
		if _, ok := configured[slot.Name]; ok {
			continue
		}
		if !slot.Scheme {
			development = append(development, slot.Name)
		}
		if v, ok := known[slot.Name]; ok {
			given[slot.Name] = v
		}
	}
	all = fill(c, given, func(slot specs.Slot) ([]byte, Credential) { return derived(c.Vendor, slot) })
	for _, slot := range c.Slots() {
		if v, ok := all[slot.Name]; ok {
			if err := checkSlot(c.Vendor, slot, v); err != nil {
				return nil, nil, err
			}
		}
	}
	for name := range configured {
		if !slices.Contains(names, name) {
			return nil, nil, fmt.Errorf("%s: no credential slot %q; the contract names %s", c.Vendor, name, strings.Join(names, ", "))
		}
	}
	return all, development, nil
}

// derived is the development value of a slot of a contract that did not come with this module, and what it is made of.
func derived(vendor string, slot specs.Slot) ([]byte, Credential) {
	sum := sha256.Sum256([]byte("understudy development " + vendor + " " + slot.Name))
	value := hex.EncodeToString(sum[:8])
	if slot.List {
		value = "development-" + value
	}
	return sum[:], credential(slot, value)
}

func checkSlot(vendor string, slot specs.Slot, c Credential) error {
	if !slot.List {
		switch {
		case len(c.Tokens) > 0:
			return fmt.Errorf("%s.%s takes one text, not a list", vendor, slot.Name)
		case strings.TrimSpace(c.Text) == "":
			return fmt.Errorf("%s.%s is empty", vendor, slot.Name)
		case strings.TrimSpace(c.Text) != c.Text:
			return fmt.Errorf("%s.%s begins or ends with white space", vendor, slot.Name)
		}
		return nil
	}
	if len(c.Tokens) == 0 {
		return fmt.Errorf("%s.%s takes a list of tokens with at least one", vendor, slot.Name)
	}
	for i, t := range c.Tokens {
		if t.Value == "" || strings.TrimSpace(t.Value) != t.Value {
			return fmt.Errorf("%s.%s: token %d is empty or has white space around it", vendor, slot.Name, i+1)
		}
	}
	return nil
}

// accounts are what the listed tokens stand for, each once.
func accounts(c Credentials) []string {
	var list []string
	for _, slot := range sortedKeys(c) {
		for _, t := range c[slot].Tokens {
			if t.Account != "" && !slices.Contains(list, t.Account) {
				list = append(list, t.Account)
			}
		}
	}
	return list
}

// tokenKey is what issued tokens are signed with: a function of all text credentials, so that a token stays good over a
// restart with the same ones and dies with them.
func tokenKey(vendor string, c Credentials) []byte {
	h := sha256.New()
	fmt.Fprintf(h, "understudy tokens of %s", vendor)
	for _, name := range slices.Sorted(maps.Keys(c)) {
		fmt.Fprintf(h, "\x00%s\x00%s", name, c[name].Text)
	}
	return h.Sum(nil)
}
