package rest

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"understudy/adapters"
)

func tooLarge(limit int64) error {
	return &adapters.Error{Condition: adapters.ErrTooLarge, Err: fmt.Errorf("it is longer than HTTP.MaxBody, %d bytes", limit)}
}

// readBody reads a reply to its end and undoes gzip. Neither what was sent nor what comes out may exceed limit bytes, and a body shorter than
// its Content-Length is io.ErrUnexpectedEOF even from a transport that does not count.
func readBody(response *http.Response, limit int64) ([]byte, error) {
	if response.Body == nil {
		return nil, nil
	}
	if response.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	sent := &bounded{r: response.Body, limit: limit, left: limit}
	switch strings.ToLower(strings.TrimSpace(response.Header.Get("Content-Encoding"))) {
	case "", "identity":
		body, err := io.ReadAll(sent)
		if err == nil && int64(len(body)) < response.ContentLength {
			return nil, io.ErrUnexpectedEOF
		}
		return body, err
	case "gzip", "x-gzip":
	default:
		return nil, &adapters.Error{Condition: adapters.ErrDecode, Err: Undecodable("the reply has a Content-Encoding other than gzip, which was not asked for")}
	}
	peeked := bufio.NewReader(sent)
	if _, err := peeked.Peek(1); errors.Is(err, io.EOF) {
		return nil, nil
	}
	unpacked, err := gzip.NewReader(peeked)
	if err != nil {
		return nil, gzipFailure(err)
	}
	body, err := io.ReadAll(&bounded{r: unpacked, limit: limit, left: limit})
	if err != nil {
		return nil, gzipFailure(err)
	}
	return body, nil
}

func gzipFailure(err error) error {
	var corrupt flate.CorruptInputError
	if errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.As(err, &corrupt) {
		return &adapters.Error{Condition: adapters.ErrDecode, Err: Undecodable("the reply says Content-Encoding gzip and is not gzip")}
	}
	return err
}

// bounded fails with ErrTooLarge when more than limit bytes come, unlike io.LimitReader, which would make a long reply look whole.
type bounded struct {
	r           io.Reader
	limit, left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p))-1 > b.left { // not > left+1, which overflows
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, tooLarge(b.limit)
	}
	return n, err
}
