package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// problem writes an error as problem+json (RFC 9457).
func problem(w http.ResponseWriter, status int, id, detail string) error {
	text, err := json.Marshal(struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail,omitempty"`
	}{"urn:understudy:control:" + id, http.StatusText(status), status, detail})
	if err != nil {
		return err
	}
	text = append(text, '\n')
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, err = w.Write(text)
	return err
}

// onlyJSON refuses a state change whose body is not labelled JSON: the labels that a foreign web page can send
// without asking first are all others.
func onlyJSON(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		labels := c.Request().Header.Values("Content-Type")
		if len(labels) == 1 {
			if base, _, err := mime.ParseMediaType(labels[0]); err == nil && base == "application/json" {
				return next(c)
			}
		}
		return problem(c.Response(), http.StatusUnsupportedMediaType, "content-type", "send Content-Type: application/json, with the body {} or none")
	}
}

var errBody = errors.New("the body is {} or empty")

// emptyObject reads a body that has nothing to say.
func emptyObject(r *http.Request) error {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(text, &object) != nil || object == nil || len(object) > 0 {
		return errBody
	}
	return nil
}

func bodyProblem(c echo.Context, err error) error {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return problem(c.Response(), http.StatusRequestEntityTooLarge, "body-too-large", "a body has at most "+strconv.Itoa(maxBody)+" bytes here")
	case errors.Is(err, errBody):
		return problem(c.Response(), http.StatusBadRequest, "body", err.Error())
	}
	return problem(c.Response(), http.StatusBadRequest, "body", "the body ended before its announced length")
}

// clip makes a caller's text fit to be quoted back.
func clip(text string) string {
	if len(text) > 64 {
		text = text[:64]
	}
	return strconv.QuoteToASCII(strings.ToValidUTF8(text, "?"))
}
