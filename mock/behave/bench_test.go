package behave

import (
	"encoding/json"
	"testing"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
)

// BenchmarkStep is a step in its transaction and the writing of what it replies, judged.
func BenchmarkStep(b *testing.B) {
	zheliban := map[string]any{"code": 200, "message": "操作成功", "success": true, "result": schema.Result, "timestamp": schema.Now}
	alihealth := map[string]any{"alibaba_health_vaccin_appointment_query_response": map[string]any{
		"result": map[string]any{"model": schema.Result, "success": true}, "request_id": schema.RequestID,
	}}
	page := value.Record{appointmentQuery: value.Record{"day": "2026-01-05", "out_pov_id": "00001", "page_size": json.Number("50")}}
	for _, one := range []struct {
		vendor, operation, reply string
		envelope                 any
		lists                    schema.Lists
		body                     any
	}{
		{"zheliban", "pullReservations", "/components/schemas/ReservationsReply", zheliban, schema.Plain, nil},
		{"alihealth", "queryAppointments", "/components/schemas/Reply", alihealth, schema.Wrapped, page},
		{"eazytec", "sendMessage", "/components/schemas/Sent", map[string]any{"data": schema.Result, "msg": "success", "oK": true, "status": 200}, schema.Plain,
			messageBody("recipient", `{"orgId":"org-1","esNameList":["a"]}`)},
	} {
		b.Run(one.operation, func(b *testing.B) {
			w := newTestWorld(b, one.vendor, 4)
			s := testSchema(b, one.vendor, one.reply)
			frame := s.Frame(one.envelope)
			if frame == nil {
				b.Fatal("there is no frame")
			}
			text, err := json.Marshal(one.body)
			if err != nil {
				b.Fatal(err)
			}
			step := Steps(testContract(b, one.vendor))[one.operation]
			call := &Call{World: w.world, Operation: one.operation, Now: w.now, Body: Decoded{one.body}, Text: text}
			var out []byte
			b.ReportAllocs()
			for b.Loop() {
				call.Number++
				err := w.world.Store.Update(b.Context(), w.world.Session, func(tx state.Tx) error {
					reply, err := step(tx, call)
					if err != nil {
						return err
					}
					var judged, ok bool
					out, judged, ok = frame.Append(out[:0], schema.Filling{Result: reply.Value, Now: w.now, RequestID: "r"}, one.lists)
					if !ok || !judged && !s.Accepts(out, schema.Syntax{Lists: one.lists}) {
						b.Fatalf("not written in one pass: %s", out)
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(int64(len(out)))
		})
	}
}
