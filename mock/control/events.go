package control

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"understudy/mock"
)

const (
	// heartbeat is how often a stream shows that it is alive while nothing happens.
	heartbeat = 15 * time.Second
	// writeLimit is how long a reader may take for what is sent at once.
	writeLimit = 10 * time.Second
	// mostStreams bounds the streams that are open at the same time.
	mostStreams = 64
)

// watchExchanges sends exchanges as they happen. The engine hands each to a feed and goes on; a reader that is too slow
// for it is told how many it missed.
func (h *handlers) watchExchanges(c *call) error {
	q, err := h.query(c)
	if err != nil {
		return err
	}
	defer h.streams.Add(-1)
	if h.streams.Add(1) > mostStreams {
		return fail(http.StatusServiceUnavailable, "stream-limit", fmt.Sprintf("%d streams are open; end one first", mostStreams))
	}
	after, resume := c.number("Last-Event-ID")
	if resume {
		q.After = after
	} else {
		_, resume = c.number("since")
	}
	news := newFeed()
	// Watching begins before the journal is read, so that nothing falls between the two.
	defer h.Server.Watch(q, news.put)()
	if c.request.ProtoMajor == 1 {
		// The limits of the last write would hold for whatever follows on the connection: nothing does.
		c.w.Header().Set("Connection", "close")
	}
	s := newStream(c.w)
	if !s.begin() || c.request.Method == http.MethodHead {
		return nil
	}
	sent := map[int64]bool{}
	if resume && !h.replay(s, q, sent) {
		return nil
	}
	h.follow(c, s, news, sent)
	return nil
}

// replay sends what the journal has since a stream ended. What it let go meanwhile is told as missed.
func (h *handlers) replay(s *stream, q mock.Query, sent map[int64]bool) bool {
	held, dropped := h.Server.Find(mock.Query{Session: q.Session, Vendor: q.Vendor, Operation: q.Operation, Outcome: q.Outcome})
	if len(held) > 0 && dropped > 0 && held[0].ID > q.After+1 {
		if !s.missed(min(dropped, held[0].ID-q.After-1)) {
			return false
		}
	}
	picked, _ := h.Server.Find(q)
	for _, e := range picked {
		sent[e.ID] = true
		if !s.exchange(e) {
			return false
		}
	}
	return s.flush()
}

// follow sends what comes in until the reader or the simulator goes away.
func (h *handlers) follow(c *call, s *stream, news *feed, sent map[int64]bool) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		ending := false
		select {
		case <-news.wake:
		case <-beat.C:
			if !s.comment("heartbeat") || !s.flush() {
				return
			}
			continue
		case <-c.request.Context().Done():
			return
		case <-h.Done:
			ending = true
		}
		items, missed := news.take()
		for _, e := range items {
			if sent[e.ID] {
				delete(sent, e.ID)
				continue
			}
			if !s.exchange(e) {
				return
			}
		}
		if missed > 0 && !s.missed(missed) || !s.flush() || ending {
			return
		}
	}
}

// stream writes server-sent events. Each method says whether the reader is still there.
type stream struct {
	w          http.ResponseWriter
	connection *http.ResponseController
}

func newStream(w http.ResponseWriter) *stream { return &stream{w, http.NewResponseController(w)} }

// begin sends the head. The listener's limits on a whole request end where a stream begins; each write has its own.
func (s *stream) begin() bool {
	_ = s.connection.SetReadDeadline(time.Time{})
	s.w.Header().Set("Content-Type", "text/event-stream")
	s.w.WriteHeader(http.StatusOK)
	return s.comment("exchanges as they happen") && s.flush()
}

func (s *stream) write(text string) bool {
	_ = s.connection.SetWriteDeadline(time.Now().Add(writeLimit))
	_, err := s.w.Write([]byte(text))
	return err == nil
}

func (s *stream) flush() bool { return s.connection.Flush() == nil }

func (s *stream) comment(text string) bool { return s.write(": " + text + "\n\n") }

func (s *stream) exchange(e mock.Exchange) bool {
	text, err := json.Marshal(e) // on one line, as an event's data has to be
	return err == nil && s.write(fmt.Sprintf("id: %d\nevent: exchange\ndata: %s\n\n", e.ID, text))
}

func (s *stream) missed(n int64) bool {
	return s.write(fmt.Sprintf("event: missed\ndata: {\"missed\":%d}\n\n", n))
}
