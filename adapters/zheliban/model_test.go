package zheliban

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"understudy/adapters"
)

// The vendor of the property test keeps reservations in numbered states and knows which of them a caller was shown and acknowledged.
type vendorModel struct {
	sealer  sealer
	history bool // a pull lists every state that is not acknowledged, not only the last
	spread  int  // batches per pull; 0: the rows have no batch
	byState bool // the state decides on the batch, not the reservation

	states map[string]int             // serial number → number of its last state
	acked  map[string]map[int]bool    // states that were acknowledged
	broken map[string]string          // serial number → what makes its rows bad
	shown  map[string]map[string]bool // batch → serial/state
	newest map[string]int             // serial number → last state that was shown
	pulls  int
	tokens int // the last one issued
	good   int // the first one that is still good

	plan  []string // what becomes of the next calls
	sink  *sinkModel
	wrong []string // broken promises
}

// sinkModel is what the caller keeps: it survives the client.
type sinkModel struct {
	kept map[string]bool // serial/state
	last map[string]int  // serial number → the state handed over last
	took map[string]bool // serial/state that this client handed over and the sink took
	plan []string        // what becomes of the next batches
}

func key(serial string, state int) string { return fmt.Sprint(serial, "/", state) }

// rows lists what a pull shows, oldest state first.
func (v *vendorModel) rows() []string {
	v.pulls++
	var list []string
	for i := range len(v.states) {
		serial := fmt.Sprint("S", i)
		for state := 1; state <= v.states[serial]; state++ {
			if v.acked[serial][state] || !v.history && state < v.states[serial] {
				continue
			}
			batch := ""
			if v.spread > 0 {
				part := i
				if v.byState {
					part = state
				}
				batch = fmt.Sprint("b", v.pulls, "-", part%v.spread)
				if v.shown[batch] == nil {
					v.shown[batch] = map[string]bool{}
				}
				v.shown[batch][key(serial, state)] = true
			}
			v.newest[serial] = max(v.newest[serial], state)
			switch v.broken[serial] {
			case "":
				list = append(list, fmt.Sprintf(`{"requestId":%q,"serialNumber":%q,"orderStatus":%d}`, batch, serial, state))
			case "day":
				list = append(list, fmt.Sprintf(`{"requestId":%q,"serialNumber":%q,"orderStatus":%d,"checkDate":"soon"}`, batch, serial, state))
			case "batch":
				list = append(list, fmt.Sprintf(`{"requestId":[],"serialNumber":%q,"orderStatus":%d}`, serial, state))
			case "twice":
				list = append(list, fmt.Sprintf(`{"requestId":%q,"serialNumber":%q,"serialNumber":"S0","orderStatus":%d}`, batch, serial, state))
			default:
				list = append(list, "null")
			}
		}
	}
	return list
}

func (v *vendorModel) acknowledge(requestID, serial string) bool {
	confirm := func(serial string, state int) {
		if !v.sink.kept[key(serial, state)] {
			v.wrong = append(v.wrong, "acknowledged before the sink kept it: "+key(serial, state))
		}
		v.acked[serial][state] = true
	}
	if requestID != "" {
		for name := range v.shown[requestID] {
			serial, number, _ := strings.Cut(name, "/")
			var state int
			_, _ = fmt.Sscan(number, &state)
			confirm(serial, state)
			if !v.history { // an older state goes with a newer one
				for older := range state {
					v.acked[serial][older] = true
				}
			}
		}
		return v.shown[requestID] != nil
	}
	if v.acked[serial] == nil {
		return false
	}
	for state := 1; state <= v.newest[serial]; state++ {
		if v.history || state == v.newest[serial] {
			confirm(serial, state)
		}
		v.acked[serial][state] = true
	}
	return true
}

// RoundTrip carries a call out unless the plan says that it fails before, and loses its reply where the plan says so.
func (v *vendorModel) RoundTrip(q *http.Request) (*http.Response, error) {
	fate := "fine"
	if len(v.plan) > 0 {
		fate, v.plan = v.plan[0], v.plan[1:]
	}
	switch fate {
	case "500":
		return response(500, "<html>"), nil
	case "refused":
		return response(200, v.sealer.seal([]byte(refused))), nil
	case "unreachable":
		return nil, errors.New("no route")
	case "stale":
		v.good = v.tokens + 1
	}
	body, err := io.ReadAll(orEmpty(q.Body))
	if err != nil {
		return nil, err
	}
	plain, err := v.sealer.open(string(body))
	if err != nil {
		return nil, err
	}
	answer := v.answer(strings.TrimPrefix(q.URL.Path, "/reservation/sync/"), q.Header.Get("ACCESS-TOKEN"), plain)
	sealed := v.sealer.seal([]byte(answer))
	switch fate {
	case "lost":
		return nil, io.EOF
	case "page":
		return response(504, "<html>"), nil
	case "short":
		r := response(200, sealed)
		r.ContentLength++
		return r, nil
	case "padding":
		return response(200, rewrite(sealed, func(raw []byte) []byte { raw[len(raw)-1] ^= 1; return raw })), nil
	case "plain":
		return response(200, answer), nil
	}
	return response(200, sealed), nil
}

func (v *vendorModel) answer(path, token string, plain []byte) string {
	if path == "token" {
		v.tokens++
		return ok(tokenResult(v.tokens))
	}
	var number int
	if _, err := fmt.Sscanf(token, "token-%d", &number); err != nil || number < v.good {
		return `{"code":401,"message":"token无效或已过期"}`
	}
	if path == "order" {
		return ok("[" + strings.Join(v.rows(), ",") + "]")
	}
	var a struct{ RequestID, SerialNumber string }
	if err := json.Unmarshal(plain, &a); err != nil || !v.acknowledge(a.RequestID, a.SerialNumber) {
		return refused
	}
	return ok("null")
}

func (v *vendorModel) client() *Client {
	c, err := New(Config{BaseURL: "https://platform.example", APIKey: testAPIKey, Secret: testSecret, AESKey: testAESKey,
		HTTP: adapters.Config{Transport: v, Attempts: 2, Backoff: func(int) time.Duration { return 0 }}})
	if err != nil {
		panic(err)
	}
	v.sink.took = map[string]bool{}
	return c
}

var errNoRoom = errors.New("no room")

// take is the sink: it keeps the batch, or fails before or after, or the caller dies in it.
func (v *vendorModel) take(cancel func()) func(context.Context, Batch) error {
	return func(_ context.Context, b Batch) error {
		fate, s := "fine", v.sink
		if len(s.plan) > 0 {
			fate, s.plan = s.plan[0], s.plan[1:]
		}
		if fate == "fails before" {
			return errNoRoom
		}
		for i, r := range b.Reservations {
			if fate == "fails in the middle" && i > 0 {
				return errNoRoom
			}
			var state int
			_, _ = fmt.Sscan(r.OrderStatus, &state)
			if s.took[key(r.SerialNumber, state)] {
				v.wrong = append(v.wrong, "handed over twice: "+key(r.SerialNumber, state))
			}
			s.kept[key(r.SerialNumber, state)], s.last[r.SerialNumber] = true, state
		}
		switch fate {
		case "fails after", "fails in the middle":
			return errNoRoom
		case "dies":
			panic(errNoRoom)
		case "ends":
			cancel()
		}
		for _, r := range b.Reservations {
			s.took[r.SerialNumber+"/"+r.OrderStatus] = true
		}
		return nil
	}
}
