package wire

import (
	"bytes"
)

// Tolerated lists what is unusual about a sealed text that Open takes all the
// same: a decoder that is stricter, such as java.util.Base64.getDecoder, would
// refuse it. None of it makes a call wrong here. The findings carry no Detail.
func (c *Cipher) Tolerated(text []byte) []Finding {
	var list []Finding
	add := func(id string, is bool) {
		if is {
			list = append(list, Finding{ID: id})
		}
	}
	inner := bytes.TrimSpace(text)
	add("sealed-base64", c.encoding == Hex && notHex(inner))
	add("sealed-url-safe", bytes.ContainsAny(inner, "-_"))
	add("sealed-line-breaks", bytes.ContainsAny(inner, "\r\n"))
	add("sealed-blanks", len(inner) < len(text) || bytes.ContainsAny(inner, " \t"))
	add("sealed-unpadded", len(inner)%4 != 0 && !bytes.ContainsAny(inner, "= \t\r\n"))
	return list
}

func notHex(text []byte) bool {
	_, bad := appendHex(nil, text)
	return bad != nil
}
