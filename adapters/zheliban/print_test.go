package zheliban

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestBatchesDoNotPrint(t *testing.T) {
	t.Parallel()
	b := Batch{RequestID: "R", Reservations: []Reservation{{SerialNumber: "S", Name: "HIDDEN", Raw: []byte(`{"name":"HIDDEN"}`)}}}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "batch", b)
	fmt.Fprintf(&log, "%v %+v %#v %v %#v", b, b, b, b.Reservations, b.Reservations)
	if strings.Contains(log.String(), "HIDDEN") || strings.Contains(log.String(), "72, 73, 68") || !strings.Contains(log.String(), "batch R") {
		t.Error(log.String())
	}
}

func TestClientsDoNotPrint(t *testing.T) {
	t.Parallel()
	c := newClient(t, &platform{})
	if text := fmt.Sprintf("%v %+v %#v", *c, *c, *c); strings.Contains(text, testSecret) || strings.Contains(text, testAESKey) {
		t.Error(text)
	}
}
