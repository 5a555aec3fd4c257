package schema

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"understudy/mock/internal/value"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// reservation is a behaviour's reservation: each member in one of the forms that a behaviour may give, or left out.
func reservation(random *rand.Rand) value.Record {
	r := value.Record{}
	put := func(name string, forms ...any) {
		if i := random.IntN(len(forms) + 2); i < len(forms) {
			r[name] = forms[i]
		} else if i == len(forms) {
			r[name] = nil
		}
	}
	must := func(name string, forms ...any) { r[name] = forms[random.IntN(len(forms))] }
	number := 1 + random.IntN(2)
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(random.IntN(1e6)) * time.Second)
	must("requestId", fmt.Sprintf("%032x", random.Uint64()))
	must("serialNumber", fmt.Sprint(random.Uint32()), int64(random.Uint32()), json.Number("17"))
	put("name", "张三", "阿卜杜·外力", "A <&> \"b\"", "")
	put("cardType", number, fmt.Sprint(number), json.Number("99"), int64(8))
	put("idcard", "11010519491231002X")
	put("birthdate", value.DayOf(at), at, "1949-12-31")
	put("sexCode", number, fmt.Sprint(number))
	put("isPregnant", true, false)
	put("mobile", "13812345678", int64(13912345678))
	put("hospitalName", "体检中心\u2028\t\\", "")
	put("checkDate", value.DayOf(at), at)
	put("examinationFee", json.Number("2881.00"), "2881.00", json.Number("0"), json.Number("19.9"), 5)
	put("orderStatus", 5, "2")
	put("payType", 0, "1")
	put("addCombinationName", "血常规,尿常规", 12)
	return r
}

// What Convert and AppendJSON write is read back as the same value, and Validate takes it.
func TestWhatIsWrittenIsValid(t *testing.T) {
	t.Parallel()
	c, err := specs.Load("zheliban")
	if err != nil {
		t.Fatal(err)
	}
	s := component(t, NewSet(c), "Reservation")
	for seed := range uint64(500) {
		r := reservation(rand.New(rand.NewPCG(seed, 0)))
		converted, err := s.Convert(r)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		text, err := s.AppendJSON(nil, converted, Plain)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		back, jsonErr := wire.DecodeJSON(text, wire.JSONOptions{})
		if jsonErr != nil {
			t.Fatalf("seed %d: %s: %v", seed, text, jsonErr)
		}
		if !reflect.DeepEqual(back, converted) {
			t.Fatalf("seed %d: %s is read as\n%v, not as\n%v", seed, text, back, converted)
		}
		if violations := s.Validate(back); violations != nil {
			t.Fatalf("seed %d: %s is not valid: %+v", seed, text, violations)
		}
		again, err := s.Convert(back)
		if err != nil || !reflect.DeepEqual(again, converted) {
			t.Fatalf("seed %d: a converted value converts to another one: %v, %v", seed, again, err)
		}
	}
}

// replyOfTen is the pull's reply with ten reservations, in the contract's own schema and as a behaviour gives it.
func replyOfTen(b testing.TB) (*Schema, value.Record) {
	c, err := specs.Load("zheliban")
	if err != nil {
		b.Fatal(err)
	}
	op, _ := c.Operation("pullReservations")
	s, err := NewSet(c).Compile(op.Responses[0].Content[0].Schema)
	if err != nil {
		b.Fatal(err)
	}
	rows := value.List{}
	for range 10 {
		rows = append(rows, value.Record{
			"requestId": "0123456789abcdef0123456789abcdef", "serialNumber": "20260102000001", "erhcNo": nil, "name": "张三", "cardType": 1,
			"idcard": "11010519491231002X", "birthdate": value.Day{Year: 1949, Month: 12, Day: 31}, "sexCode": 1, "isPregnant": false, "married": 2,
			"mobile": "13812345678", "hospitalCode": "330100", "hospitalName": "体检中心", "checkDate": value.Day{Year: 2026, Month: 1, Day: 9},
			"hospitalPackageId": "77", "hospitalPackageName": "入职体检", "addCombinationId": "1,2", "addCombinationName": "血常规,尿常规",
			"examinationFee": json.Number("2881.00"), "orderStatus": 1, "payType": 0, "dataSources": "浙里办",
		})
	}
	return s, value.Record{"code": 200, "message": "操作成功", "success": true, "result": rows, "timestamp": time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
}

// The reply that is pulled most must not need the slow validator.
func TestTheCommonReplyIsJudgedQuickly(t *testing.T) {
	t.Parallel()
	s, reply := replyOfTen(t)
	converted, err := s.Convert(reply)
	if err != nil {
		t.Fatal(err)
	}
	if s.quick == nil || !s.quick.accepts(converted) {
		t.Error("the library has to judge it")
	}
	if violations := s.Validate(converted); violations != nil {
		t.Error(violations)
	}
}

func BenchmarkReplyOfTen(b *testing.B) {
	s, reply := replyOfTen(b)
	converted, err := s.Convert(reply)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("Convert", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = s.Convert(reply)
		}
	})
	b.Run("Validate", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s.Validate(converted)
		}
	})
	b.Run("ValidateByLibrary", func(b *testing.B) {
		validator := library(b, s)
		b.ReportAllocs()
		for b.Loop() {
			_ = validator.Validate(converted)
		}
	})
	b.Run("AppendJSON", func(b *testing.B) {
		b.ReportAllocs()
		var text []byte
		for b.Loop() {
			text, _ = s.AppendJSON(text[:0], converted, Plain)
		}
		b.SetBytes(int64(len(text)))
	})
	b.Run("All", func(b *testing.B) {
		b.ReportAllocs()
		var text []byte
		for b.Loop() {
			v, _ := s.Convert(reply)
			s.Validate(v)
			text, _ = s.AppendJSON(text[:0], v, Plain)
		}
	})
}
