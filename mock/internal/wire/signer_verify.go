package wire

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"unsafe"
)

// mostKept bounds what a workspace keeps of a long text.
const mostKept = 64 << 10

// workspace is what one verification writes into, used again by the next one of the same signer.
type workspace struct {
	pairs   Pairs
	text    []byte
	sum     []byte
	written []byte
	hashes  []hash.Hash // by the place of the digest in the statement, with the secret as key where it has one
}

func (s *Signer) workspace() *workspace {
	if w, ok := s.spare.Get().(*workspace); ok {
		return w
	}
	return &workspace{hashes: make([]hash.Hash, len(s.sign.Digests))}
}

// release gives a workspace back without the texts of the call.
func (s *Signer) release(w *workspace) {
	clear(w.pairs)
	if cap(w.text) > mostKept {
		w.text = nil
	}
	s.spare.Put(w)
}

// hash is the state of a digest before any text; nil for one that is not known.
func (s *Signer) hash(w *workspace, digest int) hash.Hash {
	h := w.hashes[digest]
	if h != nil {
		h.Reset()
		return h
	}
	switch d, known := s.digests[digest], s.digests[digest].make != nil; {
	case known && d.keyed:
		h = hmac.New(d.make, []byte(s.secret))
	case known:
		h = d.make()
	}
	w.hashes[digest] = h
	return h
}

// digestsOf are the digests of a statement in its order; the zero digest stands for one that is not known.
func digestsOf(names []string, top bool) []digest {
	list := make([]digest, len(names))
	for i, name := range names {
		switch {
		case !top:
			list[i], _ = digestNamed(name)
		case name == DigestMD5:
			list[i] = digest{name, false, md5.New}
		case name == DigestHMAC:
			list[i] = digest{name, true, md5.New}
		case name == DigestHMACSHA256:
			list[i] = digest{name, true, sha256.New}
		}
	}
	return list
}

// matches says whether got is the signature of a call under one of the paths that it may have been signed with.
func (s *Signer) matches(m *Message, digest int, got string) bool {
	w := s.workspace()
	defer s.release(w)
	if s.isTOP() {
		return s.matchesTOP(w, m.Pairs, digest, got)
	}
	ok := s.matchesComposed(w, m, m.Path, digest, got)
	for _, path := range m.OtherPaths {
		ok = ok || s.matchesComposed(w, m, path, digest, got)
	}
	return ok
}

// matchesTOP is [Verify] in a workspace.
func (s *Signer) matchesTOP(w *workspace, pairs Pairs, digest int, got string) bool {
	if s.signsTOP(w, pairs, digest, got, false) {
		return true
	}
	for i := range pairs {
		if p := &pairs[i]; p.Value == "" && p.Name != "" && p.Name != s.sign.Parameter {
			return s.signsTOP(w, pairs, digest, got, true)
		}
	}
	return false
}

// signsTOP says whether got is the signature of the pairs that are signed; with bare, pairs with an empty value among them.
func (s *Signer) signsTOP(w *workspace, pairs Pairs, digest int, got string, bare bool) bool {
	h := s.hash(w, digest)
	if h == nil {
		return false
	}
	w.pairs = w.pairs[:0]
	for i := range pairs {
		if p := &pairs[i]; p.Name != "" && p.Name != s.sign.Parameter && (bare || p.Value != "") {
			w.pairs = append(w.pairs, *p)
		}
	}
	w.text = w.text[:0]
	keyed := s.digests[digest].keyed
	if !keyed {
		w.text = append(w.text, s.secret...)
	}
	for _, p := range sorted(w.pairs) {
		w.text = append(append(w.text, p.Name...), p.Value...)
	}
	if !keyed {
		w.text = append(w.text, s.secret...)
	}
	h.Write(w.text)
	w.sum = h.Sum(w.sum[:0])
	w.written = HexUpper.Encode(w.written[:0], w.sum)
	return w.equals(got)
}

// equals compares in constant time for the length.
func (w *workspace) equals(got string) bool {
	return hmac.Equal(w.written, unsafe.Slice(unsafe.StringData(got), len(got)))
}

func (s *Signer) matchesComposed(w *workspace, m *Message, path string, digest int, got string) bool {
	h := s.hash(w, digest)
	if h == nil {
		return false
	}
	w.text = s.composed(m, path, nil).appendText(w.text[:0], s.secret)
	h.Write(w.text)
	w.sum = h.Sum(w.sum[:0])
	if s.sign.Encoding == "base64" {
		w.written = base64.StdEncoding.AppendEncode(w.written[:0], w.sum)
		return w.equals(got)
	}
	if s.sign.Case == "upper" || s.sign.Case == "any" {
		w.written = HexUpper.Encode(w.written[:0], w.sum)
		if ok := w.equals(got); ok || s.sign.Case == "upper" {
			return ok
		}
	}
	w.written = hex.AppendEncode(w.written[:0], w.sum)
	return w.equals(got)
}
