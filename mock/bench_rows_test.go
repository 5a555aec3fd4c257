package mock_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"understudy/mock"
)

// BenchmarkQueryAppointments is one signed page of fifty rows as JSON.
func BenchmarkQueryAppointments(b *testing.B) {
	at := time.Date(2026, time.March, 2, 4, 0, 0, 0, time.UTC)
	server, err := mock.New(mock.Config{Seed: 1, Now: func() time.Time { return at }})
	if err != nil {
		b.Fatal(err)
	}
	body := appointmentQuery(at)
	r, err := http.NewRequest(http.MethodPost, "/router/rest", nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.ContentLength = int64(len(body))
	b.ReportAllocs()
	for b.Loop() {
		r.Body = io.NopCloser(strings.NewReader(body))
		w := &discard{header: http.Header{}}
		server.ServeHTTP(w, r)
		if w.status != http.StatusOK {
			b.Fatalf("answered %d", w.status)
		}
	}
}

// BenchmarkHospitalTasks is a small list that a behaviour answers to a token.
func BenchmarkHospitalTasks(b *testing.B) {
	server, err := mock.New(mock.Config{Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPost, "/open-api/V2/ws/agentManager/hospitalTaskList?accessToken=development-token", nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		w := &discard{header: http.Header{}}
		server.ServeHTTP(w, r)
		if w.status != http.StatusOK {
			b.Fatalf("answered %d", w.status)
		}
	}
}
