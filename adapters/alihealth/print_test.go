package alihealth

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestPagesDoNotPrint(t *testing.T) {
	t.Parallel()
	p := Page{RequestID: "R", Appointments: []Appointment{{AppointmentID: "P0001", Name: "HIDDEN"}}}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "page", p)
	fmt.Fprintf(&log, "%v %+v %#v", p, p, p)
	if strings.Contains(log.String(), "HIDDEN") || !strings.Contains(log.String(), "1 appointment") {
		t.Error(log.String())
	}
}
