package behave

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/forward"
	"understudy/mock/internal/state"
)

const kindDelivery = "push delivery" // append-only: Delivery

// retryDelays are the waits after the first, second … failed attempt, on the session's clock. After the last one the
// push is given up.
func retryDelays() []time.Duration {
	return []time.Duration{time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute}
}

// Outcome is what became of a delivery.
type Outcome string

// The outcomes. Delivered, GivenUp and Dropped are final.
const (
	Delivered Outcome = "delivered" // a reply of HTTP 2xx (W-36)
	Retry     Outcome = "retry"     // failed, and tried again at Next
	GivenUp   Outcome = "given-up"  // failed for the last time
	Dropped   Outcome = "dropped"   // not tried, or not tried again: the project is off, deleted or full
	// Interrupted is an attempt that the end of the simulator broke off; the push stays in the queue.
	Interrupted Outcome = "interrupted"
)

// pushException is the vendor's code of a delivery that failed (微校信息推送异常, W-36).
const pushException = "16009"

// Delivery is one row of the delivery log: an attempt to hand a push on to a project, or why there was none. It holds
// nothing of the push itself.
type Delivery struct {
	// At is the session's time at which the attempt had ended.
	At      time.Time `json:"at"`
	Project int64     `json:"project"`
	// Push is the number of the push in the session, from 1.
	Push int64 `json:"push"`
	// Attempt counts from 1; 0 means that nothing was tried.
	Attempt int     `json:"attempt,omitempty"`
	Outcome Outcome `json:"outcome"`
	// Status is the HTTP status of the reply, 0 when there was none.
	Status int `json:"status,omitempty"`
	// Code is "16009" for an attempt that failed.
	Code string `json:"code,omitempty"`
	// Diagnosis is why it was not delivered; for a blocked target its detail "allow" is the option that allows it.
	Diagnosis *diagnosis.Diagnosis `json:"diagnosis,omitempty"`
	// Next is when the next attempt is due.
	Next time.Time `json:"next,omitzero"`
}

func logDelivery(tx state.Tx, d Delivery) error {
	record, err := json.Marshal(d)
	if err != nil {
		return err
	}
	state.Append(tx, kindDelivery, record)
	return nil
}

// Deliveries returns the delivery log of a session, oldest first, and how many older rows were dropped from it.
func Deliveries(ctx context.Context, store state.Store, session string) (list []Delivery, dropped int64, err error) {
	err = store.Update(ctx, session, func(tx state.Tx) error {
		var records [][]byte
		records, dropped = tx.Appended(kindDelivery)
		list = make([]Delivery, len(records))
		for i, record := range records {
			if err := json.Unmarshal(record, &list[i]); err != nil {
				return fmt.Errorf("delivery log of session %s: %w", session, err)
			}
		}
		return nil
	})
	return list, dropped, err
}

// deliverSoon starts to work off a project's queue and returns at once. Without a way out there is nothing to wait for.
func deliverSoon(w *World, id int64) {
	if w.Forward == nil {
		courier{w, id}.work(context.Background(), queued{})
		return
	}
	c := courier{w, id}
	w.Forward.Start(c.lane(), func(ctx context.Context) { c.work(ctx, queued{}) })
}

// courier works off the queue of one project in one session.
type courier struct {
	world   *World
	project int64
}

func (c courier) lane() string { return lanesOf(c.world.Session) + strconv.FormatInt(c.project, 10) }

// lanesOf is how the lanes of all couriers of a session begin.
func lanesOf(session string) string { return session + "/" }

// Wait returns once no courier of a session is under way, or with the error of ctx. The session is its key in the store.
func Wait(ctx context.Context, way *forward.Client, session string) error {
	return way.WaitFor(ctx, lanesOf(session))
}

// parcel is one attempt to be made.
type parcel struct {
	queued
	url  string
	body []byte
}

// work tries pushes in turn until the queue is empty or its first push has to wait. Awaited is the push whose waiting
// time is over, if that is why it was called. When the store fails it stops, and the queue stays as it is.
func (c courier) work(ctx context.Context, awaited queued) {
	for {
		p, found, err := c.begin(awaited)
		if err != nil || !found {
			return
		}
		began := time.Now()
		status, err := c.world.Forward.Post(ctx, p.url, p.body)
		var failure *forward.Error
		if err != nil && !errors.As(err, &failure) {
			failure = &forward.Error{ID: forward.Broken}
		}
		if c.world.Sent != nil {
			c.world.Sent(Sent{URL: p.url, Body: p.body, Status: status, Failure: failure, Took: time.Since(began)})
		}
		waiting, delay, err := c.end(p.queued, status, failure)
		if err != nil {
			return
		}
		if delay > 0 {
			c.later(waiting, delay)
			return
		}
		if failure != nil && failure.ID == forward.Closed {
			return
		}
	}
}

// later comes back for a push when its time has come. The timer is authority enough: its clock may have been moved.
func (c courier) later(q queued, delay time.Duration) {
	c.world.Clock.AfterFunc(delay, func() {
		c.world.Forward.Run(c.lane(), func(ctx context.Context) { c.work(ctx, q) })
	})
}

// update runs a step whether or not the request or the server that led to it has ended.
func (c courier) update(step func(state.Tx) error) error {
	return c.world.Store.Update(context.Background(), c.world.Session, step)
}

// begin takes up the next attempt: the project is looked at again, for it may have another address by now or be gone.
func (c courier) begin(awaited queued) (next parcel, found bool, err error) {
	err = c.update(func(tx state.Tx) error {
		next, found = parcel{}, false
		head, waiting, err := headOf(tx, c.project)
		if err != nil || !waiting {
			return err
		}
		timeIsUp := head.Push == awaited.Push && head.Attempts == awaited.Attempts
		if !head.Next.IsZero() && !timeIsUp {
			return nil
		}
		p, known, err := findProject(tx, c.world, c.project)
		if err != nil {
			return err
		}
		if why := whyNot(p, known); why != "" {
			// An attempt that this queue still holds as begun ended with the process that began it.
			head.Trying = false
			if err := state.Write(tx, queueOf(c.project), head.key(), head); err != nil {
				return err
			}
			return dropQueue(tx, c.project, c.world.Clock.Now(), why)
		}
		var o outgoing
		if _, err := state.Read(tx, kindOutgoing, head.key(), &o); err != nil {
			return err
		}
		head.Attempts++
		head.Trying, head.Next = true, time.Time{}
		next, found = parcel{head, p.URL, o.Body}, true
		return state.Write(tx, queueOf(c.project), head.key(), head)
	})
	return next, found && err == nil, err
}

// whyNot says why a project gets nothing; "" when it does.
func whyNot(p project, known bool) string {
	switch {
	case !known:
		return "forward-project-deleted"
	case p.Status != projectEnabled:
		return "forward-project-disabled"
	}
	return ""
}

// end writes down what became of an attempt. With a delay the push, as returned, is to be tried again after it.
func (c courier) end(q queued, status int, failure *forward.Error) (waiting queued, delay time.Duration, err error) {
	err = c.update(func(tx state.Tx) error {
		waiting, delay = queued{}, 0
		if _, still := tx.Get(queueOf(c.project), q.key()); !still {
			return nil // the session was reset under way
		}
		now := c.world.Clock.Now()
		row := Delivery{At: now, Project: c.project, Push: q.Push, Attempt: q.Attempts, Status: status, Outcome: Delivered}
		q := q
		q.Trying = false
		if failure == nil {
			if err := logDelivery(tx, row); err != nil {
				return err
			}
			return dequeue(tx, c.project, q)
		}
		row.Diagnosis = failure.Diagnosis()
		if failure.ID == forward.Closed {
			row.Outcome = Interrupted
			if err := logDelivery(tx, row); err != nil {
				return err
			}
			return state.Write(tx, queueOf(c.project), q.key(), q)
		}
		p, known, err := findProject(tx, c.world, c.project)
		if err != nil {
			return err
		}
		row.Code = pushException
		delays := retryDelays()
		if failure.Final() || q.Attempts > len(delays) || whyNot(p, known) != "" {
			row.Outcome = GivenUp
			if err := logDelivery(tx, row); err != nil {
				return err
			}
			return dequeue(tx, c.project, q)
		}
		delay = delays[q.Attempts-1]
		row.Outcome, row.Next = Retry, now.Add(delay)
		q.Next, waiting = row.Next, q
		if err := logDelivery(tx, row); err != nil {
			return err
		}
		return state.Write(tx, queueOf(c.project), q.key(), q)
	})
	return waiting, delay, err
}
