package control

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"understudy/mock"
	"understudy/mock/record"
)

// headerDropped counts what the journal no longer had when a recording was made of it.
const headerDropped = "Understudy-Dropped"

// readRecording makes a recording of a session's journal.
func (h *handlers) readRecording(c *call) error {
	s, err := h.session(c)
	if err != nil {
		return err
	}
	vendor, err := h.recordedVendor(c, s)
	if err != nil {
		return err
	}
	r, dropped, err := record.FromSession(c.request.Context(), record.SessionConfig{Server: h.Server, Session: s.Name(), Vendor: vendor})
	if errors.Is(err, mock.ErrSessionOver) {
		return unknownSession()
	}
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := r.Write(&text); err != nil {
		return err
	}
	c.w.Header().Set(headerDropped, strconv.FormatInt(dropped, 10))
	c.w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-%s.har"`, s.Name(), vendor))
	send(c.w, http.StatusOK, mediaJSON, text.Bytes())
	return nil
}

// recordedVendor is the vendor that is asked for, or the only one that the session has called.
func (h *handlers) recordedVendor(c *call, s *mock.Session) (string, error) {
	q, err := h.query(c)
	if err != nil || q.Vendor != "" {
		return q.Vendor, err
	}
	var heard []string
	list, _ := h.Server.Find(mock.Query{Session: s.Name()})
	for _, e := range list {
		if e.Vendor != "" && !slices.Contains(heard, e.Vendor) {
			heard = append(heard, e.Vendor)
		}
	}
	slices.Sort(heard)
	switch len(heard) {
	case 0:
		return "", fail(http.StatusNotFound, "nothing-recorded", "the session's journal has no call of a vendor yet, or no longer")
	case 1:
		return heard[0], nil
	}
	return "", fail(http.StatusConflict, "several-vendors", "the session has called "+strings.Join(heard, ", ")+"; a recording is of one, chosen by ?vendor=")
}
