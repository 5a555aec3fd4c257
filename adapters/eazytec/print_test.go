package eazytec

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"understudy/adapters"
)

func TestMessagesDoNotPrint(t *testing.T) {
	t.Parallel()
	m := smallest()
	m.Title, m.Sender, m.Recipient.ESNames, m.From.UserID = "HIDDEN", "HIDDEN", []string{"HIDDEN"}, "HIDDEN"
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "message", m, "party", m.From, "recipient", m.Recipient)
	fmt.Fprintf(&log, "%v %+v %#v %s %v %+v %#v %v %#v", m, m, m, m, &m, []Party{m.From}, m.To, m.Recipient, m.Recipient)
	if log.Len() == 0 || strings.Contains(log.String(), "HIDDEN") {
		t.Error(log.String())
	}
}

func TestTheExtensionIsNotRepeated(t *testing.T) {
	t.Parallel()
	m := smallest()
	m.ExtMap = map[string]any{"a": []any{map[string]string{"b": "张三丰 & co"}}, "c": struct{ D string }{"李四光先生"}}
	c := newClient(t, func(*http.Request) (*http.Response, error) {
		return response(400, `{"data":"张三丰 & co, 李四光先生: 缺少必要参数","msg":"fail","status":400}`), nil
	})
	_, err := c.Send(t.Context(), m)
	if !errors.Is(err, adapters.ErrInvalid) || strings.Contains(err.Error(), "张三丰") || strings.Contains(err.Error(), "李四光") || !strings.Contains(err.Error(), "缺少") {
		t.Error(err)
	}
}
