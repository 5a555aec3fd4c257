package behave

import (
	"bytes"
	"encoding/json"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
)

// The simulated 微校 push hub: the projects registered with it, and the pushes that it takes and hands on to them.
const (
	kindProject    = "push project" // id → project
	kindPush       = "push"         // append-only: push
	counterProject = "push project"
)

func weixiao() map[string]Step {
	return map[string]Step{
		"listPushProjects":  listPushProjects,
		"addPushProject":    addPushProject,
		"updatePushProject": updatePushProject,
		"deletePushProject": deletePushProject,
		"receivePush":       receivePush,
	}
}

// push is a change of the platform as it came in.
type push struct {
	At     time.Time       `json:"at"`
	Event  string          `json:"event"`
	Fields json.RawMessage `json:"fields"`
	// Forwarded says that a simulator sent it on to here.
	Forwarded bool `json:"forwarded,omitempty"`
}

// fourFields are what a push consists of, in the order of the document (W5).
type fourFields struct {
	AppKey     string `json:"app_key"`
	SchoolCode string `json:"school_code"`
	Event      string `json:"event"`
	RawData    string `json:"raw_data"`
}

// receivePush answers W5: the push is stored and put into the queue of every enabled project in one step, and accepted
// by that (W-34). What is sent on later are the four fields as they came, or what raw_data held, as one reads W-35; unknown
// events are no exception (W-28).
func receivePush(tx state.Tx, c *Call) (Reply, error) {
	r := c.Record()
	fields, err := compact(fourFields{
		AppKey: value.Text(r, "app_key"), SchoolCode: value.Text(r, "school_code"),
		Event: value.Text(r, "event"), RawData: value.Text(r, "raw_data"),
	})
	if err != nil {
		return Reply{}, err
	}
	record, err := compact(push{At: c.Now, Event: value.Text(r, "event"), Fields: fields, Forwarded: c.Forwarded})
	if err != nil {
		return Reply{}, err
	}
	number := tx.Append(kindPush, record)
	if c.Forwarded {
		return Reply{Notes: []*diagnosis.Diagnosis{diagnosis.New("forward-loop")}}, nil
	}
	body := fields
	if c.Reading("W-35") == "plaintext" {
		if body, err = compact(c.Opened); err != nil {
			return Reply{}, err
		}
	}
	projects, err := enqueue(tx, c.World, c.Now, number, body)
	if err != nil || len(projects) == 0 {
		return Reply{}, err
	}
	return Reply{Effects: []Effect{func(w *World) {
		for _, id := range projects {
			deliverSoon(w, id)
		}
	}}}, nil
}

// compact writes JSON without spaces and without the escapes that only HTML needs.
func compact(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
