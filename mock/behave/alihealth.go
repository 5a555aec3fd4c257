package behave

import (
	"unicode/utf8"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/fake"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
	"understudy/specs"
)

// The simulated vaccination points of Alibaba Health. The book of a point and a day is a function of the session's
// seed; only who has taken a number changes, and that follows from the session's time. What is stored is what was put and
// deleted, and which books were asked for last.
const (
	appointmentQuery = "param_query_pov_appointment_record_by_date_req"

	defaultPage     = 1
	defaultPageSize = 200
	largestPageSize = 200
	longestPoint    = 256 // characters; the document names no bound
)

// pickStatus is 取号状态 as the document writes it, 0 for yes.
type pickStatus int

const (
	pickTaken    pickStatus = 0
	pickNotTaken pickStatus = 1
)

func alihealth(c *specs.Contract) map[string]Step {
	books := remembered[bookMoment, *generatedBook](c.Derived, mostAppointments)
	return map[string]Step{"queryAppointments": func(tx state.Tx, c *Call) (Reply, error) { return queryAppointments(tx, c, books) }}
}

// mostAppointments bounds what is remembered; each takes about half a kilobyte.
const mostAppointments = 4096

// queryAppointments answers A1: one page of a point's day, any day, in the order of the book. A page beyond the
// end is empty with the same total.
func queryAppointments(tx state.Tx, c *Call, books *memory[bookMoment, *generatedBook]) (Reply, error) {
	query := c.RecordAt("/" + appointmentQuery)
	point, dayText := value.Text(query, "out_pov_id"), value.Text(query, "day")
	if point == "" || dayText == "" {
		return Reply{}, &Error{ID: "missing-required-arguments", Diagnosis: diagnosis.New("incomplete-query")}
	}
	day, err := value.ParseDay(dayText)
	if err != nil {
		return Reply{}, invalidArgument("day", "yyyy-MM-dd", "A-8")
	}
	// The id comes back in every row: a very long one would make a reply of two hundred times its size.
	if utf8.RuneCountInString(point) > longestPoint {
		return Reply{}, invalidArgument("out_pov_id", "at most 256 characters", "A-28")
	}
	page, ok := pagingArgument(query, "page_num", defaultPage)
	if !ok {
		return Reply{}, invalidArgument("page_num", "a whole number from 1", "A-9")
	}
	size, ok := pagingArgument(query, "page_size", defaultPageSize)
	if !ok || size > largestPageSize {
		return Reply{}, invalidArgument("page_size", "a whole number from 1 to 200", "A-9")
	}

	place := bookPlace{point, day}
	place.remember(tx)
	book, err := openBook(tx, c.World, c.Now, place, books)
	if err != nil {
		return Reply{}, err
	}
	list := make(value.List, 0, min(size, book.total))
	// The number of pages is compared, not the first row: page times size can be more than an int64 holds.
	if page <= (book.total+size-1)/size {
		first := (page - 1) * size
		for i := first; i < min(first+size, book.total); i++ {
			list = append(list, book.row(int(i)))
		}
	}
	return Reply{Value: value.Record{"page_num": page, "page_size": size, "total": book.total, "data_list": list}}, nil
}

// appointmentRecord leaves the queue code out until the number is taken: there is nothing to show before.
func appointmentRecord(a fake.Appointment, point string, day value.Day) value.Record {
	r := value.Record{
		"appointment_id":     a.ID,
		"appointment_period": a.Period,
		"appointment_time":   day,
		"name":               a.Name,
		"out_pov_id":         point,
		"pick_status":        int(pickNotTaken),
	}
	if a.Taken {
		r["pick_status"] = int(pickTaken)
		r["pick_code"] = a.PickCode
	}
	return r
}

// pagingArgument reads a number from 1 on that came as a number or as a text; absent and null are the default.
func pagingArgument(query value.Record, name string, absent int64) (int64, bool) {
	if query[name] == nil {
		return absent, true
	}
	n, ok := value.Whole(query, name)
	return n, ok && n >= 1
}

func invalidArgument(name, expected, clause string) *Error {
	d := diagnosis.New("unusable-query")
	d.Findings = []diagnosis.Finding{{
		In: "form", Pointer: "/" + appointmentQuery + "/" + name, Expected: expected, Got: "another value", Clause: clause,
	}}
	return &Error{ID: "invalid-arguments", Diagnosis: d}
}
