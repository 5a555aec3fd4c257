package behave

import (
	"encoding/json"
	"fmt"
	"time"
)

func eazytecKinds() []kind {
	messages := Kind{Name: "messages", Schema: "/components/schemas/Message", Key: "OUTBOXID"}
	return []kind{appendedKind(messages, kindSentMessage, sentMessage)}
}

// sentMessage is a message as it was taken, under its id in the outbox (E-21).
func sentMessage(_ int64, record []byte) (Record, error) {
	var m struct {
		OutboxID string          `json:"outboxId"`
		At       time.Time       `json:"at"`
		Message  json.RawMessage `json:"message"`
	}
	if err := json.Unmarshal(record, &m); err != nil {
		return Record{}, fmt.Errorf("a sent message: %w", err)
	}
	message, err := decodeRecord(m.Message)
	return Record{Key: m.OutboxID, Value: message, At: m.At}, err
}
