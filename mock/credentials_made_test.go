package mock

import (
	"crypto/rand"
	"os"
	"strings"
	"testing"

	"understudy/specs"
)

// TestMadeCredentialsFitTheirCiphers: a contract whose keys have any form can be played without a configuration, with the
// same values each time, and with random ones beyond loopback.
func TestMadeCredentialsFitTheirCiphers(t *testing.T) {
	t.Parallel()
	for recipe, document := range map[string]string{
		"aes-ecb-body": "orders", "aes-gcm-body": "orders", "aes-cbc-member": "envelope", "sm4-cbc-sm3": "orders", "sorted-md5": "pay", "hmac-gateway": "orders",
	} {
		c := recipeOf(t, recipe, document)
		one, development, err := complete(c, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := New(Config{Contracts: []*specs.Contract{c}}); err != nil {
			t.Errorf("%s: %v", recipe, err)
		}
		if other, _, _ := complete(c, nil); !same(texts(one), texts(other)) || len(development) != len(one) {
			t.Errorf("%s: development values %v, left out %v", recipe, one, development)
		}
		made, err := MakeCredentials(c, nil, rand.Reader)
		if err != nil || same(texts(made), texts(one)) {
			t.Errorf("%s: made %v: %v", recipe, made, err)
		}
		if _, err := New(Config{Contracts: []*specs.Contract{c}, Credentials: map[string]Credentials{c.Vendor: made}}); err != nil {
			t.Errorf("%s: %v", recipe, err)
		}
		for slot := range made {
			given := Credentials{slot: {Text: "mine"}}
			if all, _ := MakeCredentials(c, given, rand.Reader); all[slot].Text != "mine" {
				t.Errorf("%s: %s was given and is changed", recipe, slot)
			}
		}
	}
}

func texts(c Credentials) string {
	var b strings.Builder
	for _, slot := range sortedKeys(c) {
		b.WriteString(slot + "=" + c[slot].Text + "\n")
	}
	return b.String()
}

func recipeOf(t *testing.T, recipe, document string) *specs.Contract {
	t.Helper()
	read := func(name string) []byte {
		text, err := os.ReadFile("../specs/testdata/recipes/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	c, err := specs.Parse(recipe, document+".yaml", read(document+".openapi"))
	if err != nil {
		t.Fatal(err)
	}
	if c, err = c.Overlay(recipe+".yaml", read(recipe)); err != nil {
		t.Fatal(err)
	}
	return c
}
