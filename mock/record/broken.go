package record

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"

	"understudy/scenarios"
)

// brokenBy says how a request got no answer.
func brokenBy(err error) string {
	var op *net.OpError
	var timeout net.Error
	switch {
	case errors.As(err, &op) && op.Op == "dial", connecting(err):
		return scenarios.BrokenRefused
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return scenarios.BrokenTimeout
	}
	return scenarios.BrokenReset
}

// connecting says whether an error came up before anything could be asked.
func connecting(err error) bool {
	var name *net.DNSError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var check *tls.CertificateVerificationError
	var alert tls.AlertError
	return errors.As(err, &name) || errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid) ||
		errors.As(err, &record) || errors.As(err, &check) || errors.As(err, &alert) || errors.Is(err, http.ErrSchemeMismatch) ||
		strings.Contains(err.Error(), "TLS handshake timeout")
}

// reason words why there is no connection; it names no path and no query.
func reason(err error) string {
	var name *net.DNSError
	var check *tls.CertificateVerificationError
	switch {
	case errors.As(err, &name):
		return "its host name is not known"
	case errors.As(err, &check):
		return "its certificate is not trusted"
	case errors.Is(err, http.ErrSchemeMismatch):
		return "it speaks plain HTTP where https:// is written"
	case connecting(err):
		return "it does not speak TLS as it should"
	}
	return "nothing listens there, or nothing lets us through"
}

// headerRefusal marks what the simulator refuses on its own account.
const headerRefusal = "Understudy-Refusal"

// refuse answers in the recorder's own name, as problem+json (RFC 9457).
func refuse(w http.ResponseWriter, status int, id, detail string) {
	text, err := json.Marshal(map[string]any{
		"type": "urn:understudy:record:" + id, "title": http.StatusText(status), "status": status, "detail": detail,
	})
	if err != nil {
		text = []byte(`{"type":"about:blank"}`)
	}
	h := w.Header()
	h.Del("Date")
	h.Set(headerRefusal, id)
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write(text)
}
