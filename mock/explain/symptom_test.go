package explain_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"understudy/mock/explain"
)

var update = flag.Bool("update", false, "write the index of exceptions anew")

// TestEverySymptomIsRecognised pastes each text in the middle of a stack trace, as it is and in capitals.
func TestEverySymptomIsRecognised(t *testing.T) {
	t.Parallel()
	symptoms := explain.Symptoms()
	if len(symptoms) < 40 {
		t.Fatalf("only %d symptoms", len(symptoms))
	}
	e := newExplainer(t, "zheliban", false)
	seen := map[string]bool{}
	for _, s := range symptoms {
		if seen[s.Text] || s.Text == "" || s.From == "" {
			t.Errorf("%q stands twice, or lacks something", s.Text)
		}
		seen[s.Text] = true
		for _, text := range []string{s.Text, strings.ReplaceAll(strings.ToUpper(s.Text), " ", "_")} {
			reports := explained(t, e, "Exception in thread \"main\" x.y.SomeException: "+text+"\n\tat x.y.Sync.open(Sync.java:42)\n")
			if reports[0].Cause.ID != s.ID || reports[0].Verdict != explain.Explained || reports[0].Source != "exception" {
				t.Errorf("%q: %s, want %s", text, reports[0].Cause.ID, s.ID)
			}
			for _, lang := range []string{"en", "zh"} {
				if reports[0].Cause.Text(lang) == s.ID || reports[0].Cause.Fix(lang) == "" {
					t.Errorf("%s has no cause or fix in %s", s.ID, lang)
				}
			}
		}
	}
}

// TestWhatPlatformsSay are messages as the platforms wrote them when they were made to: JDK 17, Node 22, Python 3, openssl 3.
func TestWhatPlatformsSay(t *testing.T) {
	t.Parallel()
	e := newExplainer(t, "zheliban", false)
	for message, want := range map[string]string{
		"javax.crypto.BadPaddingException: Given final block not properly padded. Such issues can arise if a bad key is used during decryption.": "exception-padding",
		"javax.crypto.IllegalBlockSizeException: Input length must be multiple of 16 when decrypting with padded cipher":                         "exception-block-length",
		"javax.crypto.IllegalBlockSizeException: Input length not multiple of 16 bytes":                                                          "exception-not-padded",
		"java.security.InvalidKeyException: Invalid AES key length: 15 bytes":                                                                    "exception-key-length",
		"java.lang.IllegalArgumentException: Empty key":                                                                                          "exception-empty-key",
		"java.security.InvalidAlgorithmParameterException: Wrong IV length: must be 16 bytes long":                                               "exception-iv",
		"java.security.InvalidAlgorithmParameterException: ECB mode cannot use IV":                                                               "exception-iv",
		"java.security.InvalidKeyException: Parameters missing":                                                                                  "exception-iv",
		"java.security.NoSuchAlgorithmException: Cannot find any provider supporting AES/ECB/PKCS7Padding":                                       "exception-no-algorithm",
		"java.lang.IllegalArgumentException: Illegal base64 character 2d":                                                                        "exception-base64",
		"java.lang.IllegalArgumentException: Last unit does not have enough valid bits":                                                          "exception-base64-cut",
		"javax.crypto.AEADBadTagException: Tag mismatch!":                                                                                        "exception-tag",
		"java.lang.NumberFormatException: not a hexadecimal digit: \"z\" = 122":                                                                  "exception-hex",
		"Error: error:1C800064:Provider routines::bad decrypt":                                                                                   "exception-padding",
		"Error: error:1C80006B:Provider routines::wrong final block length":                                                                      "exception-block-length",
		"RangeError [ERR_CRYPTO_INVALID_KEYLEN]: Invalid key length":                                                                             "exception-key-length",
		"TypeError [ERR_CRYPTO_INVALID_IV]: Invalid initialization vector":                                                                       "exception-iv",
		"URIError: URI malformed":                                      "exception-url-escape",
		"SyntaxError: Unexpected token 'a', \"abc\" is not valid JSON": "exception-not-json",
		"binascii.Error: Incorrect padding":                            "exception-base64-cut",
		"binascii.Error: Invalid base64-encoded string: number of data characters (5) cannot be 1 more than a multiple of 4": "exception-base64-cut",
		"binascii.Error: Non-hexadecimal digit found":                                                       "exception-hex",
		"UnicodeDecodeError: 'utf-8' codec can't decode byte 0xd6 in position 0: invalid continuation byte": "exception-not-text",
		"json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)":                           "exception-not-json",
		"crypto/aes: invalid key size 15":                                                                   "exception-key-length",
		"illegal base64 data at input byte 4":                                                               "exception-base64",
	} {
		if r := explained(t, e, message)[0]; r.Cause.ID != want {
			t.Errorf("%s: %s, want %s", message, r.Cause.ID, want)
		}
	}
}

// TestACallIsWorthMoreThanAnException: the exception beside an explained call says nothing new.
func TestACallIsWorthMoreThanAnException(t *testing.T) {
	t.Parallel()
	e := newExplainer(t, "zheliban", false)
	sealed := sealECB("another-key-of16", loginBody)
	r := only(t, e, "body "+sealed+"\njavax.crypto.BadPaddingException: Given final block not properly padded.")
	check(t, r, "", "sealed-wrong-key", explain.Explained)
}

const readme = "../../README.md"

// TestIndex holds the printed index to the data: testdata has it, and the README shows it.
func TestIndex(t *testing.T) {
	t.Parallel()
	for lang, file := range map[string]string{"en": "testdata/index.md", "zh": "testdata/index.zh.md"} {
		if *update {
			if err := os.WriteFile(file, []byte(explain.Index(lang)), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got := explain.Index(lang); got != strings.ReplaceAll(string(want), "\r\n", "\n") {
			t.Errorf("%s is not the index; run the test with -update and mend the README:\n%s", file, got)
		}
	}
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.ReplaceAll(string(text), "\r\n", "\n"), explain.Index("en")) {
		t.Error("the README's index of exceptions is not the data's; copy testdata/index.md into it")
	}
	if rows := strings.Count(explain.Index("en"), "\n") - 2; rows != 14 {
		t.Errorf("the index has %d rows, want the 14 commonest diagnoses", rows)
	}
}
