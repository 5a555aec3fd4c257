package e2e_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"
)

// courierWire is what courier.overlay.yaml says, written by hand: AES-128-CBC in base64 at /data, and a signature over time
// and body.
type courierWire struct{ secret, key string }

const courierIV = "0123456789abcdef"

func (w *courierWire) seal(t *testing.T, body []byte, header http.Header) []byte {
	t.Helper()
	if len(body) > 0 {
		var members map[string]json.RawMessage
		if err := json.Unmarshal(body, &members); err != nil {
			t.Fatal(err)
		}
		plain := members["data"]
		fill := aes.BlockSize - len(plain)%aes.BlockSize
		plain = append(bytes.Clone(plain), bytes.Repeat([]byte{byte(fill)}, fill)...)
		cipher.NewCBCEncrypter(w.block(), []byte(courierIV)).CryptBlocks(plain, plain)
		members["data"], _ = json.Marshal(base64.StdEncoding.EncodeToString(plain))
		body, _ = json.Marshal(members)
	}
	now := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(w.secret))
	mac.Write([]byte(now + "\n"))
	mac.Write(body)
	header.Set("X-Time", now)
	header.Set("X-Sign", hex.EncodeToString(mac.Sum(nil)))
	return body
}

func (w *courierWire) block() cipher.Block {
	block, err := aes.NewCipher([]byte(w.key))
	if err != nil {
		panic(err)
	}
	return block
}

// open puts what the member data opens to in its place.
func (w *courierWire) open(body []byte) ([]byte, error) {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil || members["data"] == nil {
		return body, nil
	}
	var text string
	if err := json.Unmarshal(members["data"], &text); err != nil {
		return nil, errors.New("the member data is no text: it travels in the open")
	}
	sealed, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(sealed) == 0 || len(sealed)%aes.BlockSize != 0 {
		return nil, errors.New("the member data is not sealed")
	}
	cipher.NewCBCDecrypter(w.block(), []byte(courierIV)).CryptBlocks(sealed, sealed)
	fill := int(sealed[len(sealed)-1])
	if fill == 0 || fill > aes.BlockSize {
		return nil, errors.New("the padding is wrong")
	}
	members["data"] = sealed[:len(sealed)-fill]
	return json.Marshal(members)
}
