package wire

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"understudy/specs"
)

// The forms of a key, as [specs.Key] names them.
const (
	formText        = "text"
	formHex         = "hex"
	formBase64      = "base64"
	formMD5         = "md5"
	formSHA1        = "sha1"
	formSHA256      = "sha256"
	formMD5Hex      = "md5-hex"
	formMD5HexUpper = "md5-hex-upper"
	formMD5Middle   = "md5-16"
	formSHA256Hex   = "sha256-hex"
	formSHA1PRNG    = "sha1prng"
)

// keyMaterial makes the bytes of a key from the text in its slot. Its errors never hold the text.
func keyMaterial(credentials map[string]string, k specs.Key) ([]byte, error) {
	made, isText, err := formed(k.Form, credentials[k.Slot])
	if err != nil {
		return nil, err
	}
	if k.First == 0 && k.Last == 0 {
		return made, nil
	}
	// Characters are counted where there are any: of eight Han characters the first four are twelve bytes.
	units := make([][]byte, 0, len(made))
	if isText {
		for _, r := range string(made) {
			units = append(units, []byte(string(r)))
		}
	} else {
		for i := range made {
			units = append(units, made[i:i+1])
		}
	}
	if k.First > 0 && k.First < len(units) {
		units = units[:k.First]
	}
	if k.Last > 0 && k.Last < len(units) {
		units = units[len(units)-k.Last:]
	}
	return bytes.Join(units, nil), nil
}

// formed makes key material of a credential's text, and says whether it is a text itself.
func formed(form, text string) (made []byte, isText bool, err error) {
	switch form {
	case formHex:
		if made, err = hex.DecodeString(text); err != nil {
			return nil, false, errors.New("it is to be decoded from hexadecimal, and is none")
		}
		return made, false, nil
	case formBase64:
		if made, err = Base64.Decode([]byte(text)); err != nil {
			return nil, false, errors.New("it is to be decoded from Base64, and is none")
		}
		return made, false, nil
	case formMD5:
		sum := md5.Sum([]byte(text))
		return sum[:], false, nil
	case formSHA1:
		sum := sha1.Sum([]byte(text))
		return sum[:], false, nil
	case formSHA256:
		sum := sha256.Sum256([]byte(text))
		return sum[:], false, nil
	case formMD5Hex:
		return hex.AppendEncode(nil, hashOf(md5.New, text)), true, nil
	case formMD5HexUpper:
		return HexUpper.Encode(nil, hashOf(md5.New, text)), true, nil
	case formMD5Middle:
		return hex.AppendEncode(nil, hashOf(md5.New, text))[8:24], true, nil
	case formSHA256Hex:
		return hex.AppendEncode(nil, hashOf(sha256.New, text)), true, nil
	case formSHA1PRNG:
		return sha1PRNG([]byte(text), 16), false, nil
	}
	return []byte(text), true, nil
}
