package wire

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"strings"

	"github.com/emmansun/gmsm/sm3"
)

// digest is a computation over a text: a plain one, or an HMAC (RFC 2104) with the secret as its key.
type digest struct {
	name  string
	keyed bool
	make  func() hash.Hash
}

// digests lists every digest that a composed signature may name.
func digests() []digest {
	var list []digest
	for _, one := range []digest{
		{name: "md5", make: md5.New}, {name: "sha1", make: sha1.New}, {name: "sha256", make: sha256.New}, {name: "sha512", make: sha512.New},
		{name: "sm3", make: sm3.New}, // GB/T 32905
	} {
		list = append(list, one, digest{"hmac-" + one.name, true, one.make})
	}
	return list
}

// digestNamed finds a digest, in whichever case it is written.
func digestNamed(name string) (digest, bool) {
	for _, d := range digests() {
		if strings.EqualFold(d.name, name) {
			return d, true
		}
	}
	return digest{}, false
}

func (d digest) sum(secret, text string) []byte {
	if d.keyed {
		return hmacOf(d.make, secret, text)
	}
	return hashOf(d.make, text)
}
