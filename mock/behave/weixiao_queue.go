package behave

import (
	"encoding/json"
	"strconv"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/state"
)

// Every project has a queue of its own, so that one that fails holds up no other. The queues share the pushes: a push is
// kept until no queue needs it any more.
const (
	kindOutgoing = "push outgoing" // push number → outgoing
	kindQueue    = "push queue "   // + project id: push number → queued
	queueLimit   = 1000
)

// outgoing is a push that some queue holds.
type outgoing struct {
	// Body is what is posted to the projects (W-35).
	Body   json.RawMessage `json:"body"`
	Queues int             `json:"queues"`
}

// queued is a push in the queue of a project.
type queued struct {
	Push int64 `json:"push"`
	// Attempts counts those begun.
	Attempts int `json:"attempts,omitempty"`
	// Trying says that an attempt was begun and has not ended.
	Trying bool `json:"trying,omitempty"`
	// Next is when the next attempt is due after one that failed; zero means now.
	Next time.Time `json:"next,omitzero"`
}

func (q queued) key() string { return strconv.FormatInt(q.Push, 10) }

func queueOf(id int64) string { return kindQueue + strconv.FormatInt(id, 10) }

// enqueue puts a push into the queue of every enabled project and returns those projects.
func enqueue(tx state.Tx, w *World, now time.Time, number int64, body []byte) ([]int64, error) {
	all, err := projectsOf(tx, w)
	if err != nil {
		return nil, err
	}
	var projects []int64
	for _, p := range all {
		if p.Status != projectEnabled {
			continue
		}
		if queueIsFull(tx, p.ID) {
			err = logDelivery(tx, Delivery{
				At: now, Project: p.ID, Push: number, Outcome: Dropped,
				Diagnosis: diagnosis.New("forward-queue-full", "limit", strconv.Itoa(queueLimit)),
			})
		} else {
			projects = append(projects, p.ID)
			q := queued{Push: number}
			err = state.Write(tx, queueOf(p.ID), q.key(), q)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(projects) == 0 {
		return nil, nil
	}
	record, err := compact(outgoing{Body: body, Queues: len(projects)})
	if err != nil {
		return nil, err
	}
	tx.Put(kindOutgoing, strconv.FormatInt(number, 10), record)
	return projects, nil
}

func queueIsFull(tx state.Tx, id int64) bool {
	n := 0
	tx.Each(queueOf(id), func(string, []byte) bool {
		n++
		return n < queueLimit
	})
	return n >= queueLimit
}

// headOf is the push of a project that is next in turn.
func headOf(tx state.Tx, id int64) (q queued, found bool, err error) {
	tx.Each(queueOf(id), func(_ string, record []byte) bool {
		found = true
		err = json.Unmarshal(record, &q)
		return false
	})
	return q, found && err == nil, err
}

// dequeue takes a push out of a project's queue.
func dequeue(tx state.Tx, id int64, q queued) error {
	tx.Delete(queueOf(id), q.key())
	var o outgoing
	known, err := state.Read(tx, kindOutgoing, q.key(), &o)
	if err != nil || !known {
		return err
	}
	if o.Queues--; o.Queues <= 0 {
		tx.Delete(kindOutgoing, q.key())
		return nil
	}
	record, err := compact(o)
	if err != nil {
		return err
	}
	tx.Put(kindOutgoing, q.key(), record)
	return nil
}

// dropQueue takes everything out of a project's queue and logs why. An attempt under way ends by itself and logs what
// became of it.
func dropQueue(tx state.Tx, id int64, now time.Time, why string) error {
	var list []queued
	var failure error
	tx.Each(queueOf(id), func(_ string, record []byte) bool {
		var q queued
		if failure = json.Unmarshal(record, &q); failure != nil {
			return false
		}
		if !q.Trying {
			list = append(list, q)
		}
		return true
	})
	if failure != nil {
		return failure
	}
	for _, q := range list {
		if err := dequeue(tx, id, q); err != nil {
			return err
		}
		row := Delivery{At: now, Project: id, Push: q.Push, Attempt: q.Attempts, Outcome: Dropped, Diagnosis: diagnosis.New(why)}
		if err := logDelivery(tx, row); err != nil {
			return err
		}
	}
	return nil
}
