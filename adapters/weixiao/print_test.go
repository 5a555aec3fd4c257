package weixiao

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestPersonsDoNotPrint(t *testing.T) {
	t.Parallel()
	u, r := User{CardNumber: "HIDDEN", Name: "HIDDEN", Address: "HIDDEN"}, UsableRange{User: json.RawMessage(`"HIDDEN"`)}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "user", u, "range", r)
	fmt.Fprintf(&log, "%v %+v %#v %s %v %+v %#v", u, u, u, u, []User{u}, r, r)
	if strings.Contains(log.String(), "HIDDEN") || strings.Contains(log.String(), "72, 73, 68") {
		t.Error(log.String())
	}
}

func TestClientsDoNotPrint(t *testing.T) {
	t.Parallel()
	c, err := New(Config{BaseURL: "https://hub.example", AppKey: testKey, AppSecret: "HIDDENHIDDENHIDDEN"})
	if err != nil {
		t.Fatal(err)
	}
	receiver := newReceiver(t, func(context.Context, Event) error { return nil })
	if text := fmt.Sprintf("%v %+v %#v %v %+v %#v", *c, *c, *c, *receiver, *receiver, *receiver); strings.Contains(text, "HIDDEN") || strings.Contains(text, testKey) {
		t.Error(text)
	}
}
