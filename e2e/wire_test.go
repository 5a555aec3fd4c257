package e2e_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// What stands here speaks the wires by hand, for calls that no adapter would make. It is a third writing of them, on
// purpose as plain as can be.

// ecb seals text as 浙里办 does: AES/ECB/PKCS5Padding, Base64.
func ecb(key, text string) string {
	GinkgoHelper()
	block, err := aes.NewCipher([]byte(key))
	Expect(err).NotTo(HaveOccurred())
	n := 16 - len(text)%16
	plain := append([]byte(text), bytes.Repeat([]byte{byte(n)}, n)...)
	for i := 0; i < len(plain); i += 16 {
		block.Encrypt(plain[i:i+16], plain[i:i+16])
	}
	return base64.StdEncoding.EncodeToString(plain)
}

// cbc seals text as 微校 does: AES-128-CBC, zero padding, hexadecimal.
func cbc(key, iv, text string) string {
	GinkgoHelper()
	block, err := aes.NewCipher([]byte(key))
	Expect(err).NotTo(HaveOccurred())
	plain := []byte(text)
	for len(plain)%16 != 0 {
		plain = append(plain, 0)
	}
	cipher.NewCBCEncrypter(block, []byte(iv[:16])).CryptBlocks(plain, plain)
	return hex.EncodeToString(plain)
}

// topSigned adds the md5 signature of the TOP gateway to a form.
func topSigned(secret string, form url.Values) url.Values {
	form.Del("sign")
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	text := secret
	for _, name := range names {
		if form.Get(name) != "" {
			text += name + form.Get(name)
		}
	}
	form.Set("sign", fmt.Sprintf("%X", md5.Sum([]byte(text+secret))))
	return form
}

// request sends a call as it is written here and returns status, body and our own headers.
type sent struct {
	method, path, body string
	header             http.Header
}

type got struct {
	status int
	body   string
	header http.Header
}

func (w *world) send(s sent) got {
	GinkgoHelper()
	r, err := http.NewRequest(s.method, w.url+s.path, strings.NewReader(s.body))
	Expect(err).NotTo(HaveOccurred())
	for name, values := range s.header {
		r.Header[name] = values
	}
	reply, err := http.DefaultTransport.RoundTrip(r)
	Expect(err).NotTo(HaveOccurred())
	defer func() { _ = reply.Body.Close() }()
	text, err := io.ReadAll(reply.Body)
	Expect(err).NotTo(HaveOccurred())
	return got{reply.StatusCode, string(text), reply.Header}
}

func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i+1 < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

const (
	jsonType = "application/json; charset=UTF-8"
	formType = "application/x-www-form-urlencoded; charset=UTF-8"
)

// readAll reads a body into text and gives it back to be read again.
func readAll(body io.ReadCloser, text *strings.Builder) io.ReadCloser {
	defer func() { _ = body.Close() }()
	_, _ = io.Copy(text, body)
	return io.NopCloser(strings.NewReader(text.String()))
}
