package alihealth

import (
	"context"
	"iter"
	"log/slog"
	"strconv"
	"unicode/utf8"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

// MaxPageSize is the most rows that one page may have, and the default.
const MaxPageSize = 200

// Query names one day at one vaccination point. Day and OutPovID are required.
type Query struct {
	// Day is the day of the appointments in China; any day may be asked for.
	Day Day
	// OutPovID is the caller's own id of the vaccination point, text with its leading zeros.
	OutPovID string
	// Page counts from 1. Zero means 1.
	Page int
	// PageSize is 1 to MaxPageSize. Zero means MaxPageSize.
	PageSize int
}

// Page is one page of appointments, in the vendor's order, which promises nothing.
type Page struct {
	Appointments []Appointment
	// Number and Size echo the paging and Total counts the rows of the whole query. Nil: not said.
	Number, Size, Total *int64
	// RequestID is the gateway's id of the call, "" when it gave none.
	RequestID string
}

// String gives the number of appointments and the request id, nothing personal.
func (p Page) String() string {
	return "page of " + strconv.Itoa(len(p.Appointments)) + " appointments, request " + p.RequestID
}

// GoString gives what String gives.
func (p Page) GoString() string { return p.String() }

// LogValue gives what String gives.
func (p Page) LogValue() slog.Value { return slog.StringValue(p.String()) }

// structure is the business parameter, JSON text in one field.
const structure = "param_query_pov_appointment_record_by_date_req"

// QueryAppointments gives one page of the appointments of one day at one vaccination point; Appointments gives them all. It reads only,
// so it is retried.
//
// Errors: adapters.ErrInvalid for a query that the client or the gateway refuses, adapters.ErrUnauthorized for a wrong application, signature
// or session, adapters.ErrForbidden without permission, adapters.ErrThrottled under flow control, adapters.ErrUnavailable when the
// service behind the gateway fails, adapters.ErrRejected for any other no. ErrPlatform and ErrService tell who said it.
//
//understudy:operation alihealth queryAppointments
func (c *Client) QueryAppointments(ctx context.Context, q Query) (Page, error) {
	text, err := q.text()
	if err != nil {
		return Page{}, err
	}
	var page Page
	err = c.rest.Do(ctx, rest.Call{
		Operation: operation, Method: c.httpMethod(), Path: gatewayPath, Safe: true,
		Build: func(string) (rest.Payload, error) { return c.payload(map[string]string{structure: text}), nil },
		Read: func(r rest.Reply) error {
			var err error
			page, err = c.read(r)
			return err
		},
	})
	if err != nil {
		return Page{}, err
	}
	return page, nil
}

// text checks the query and gives the structure as JSON, with the defaults of the paging written out.
func (q Query) text() (string, error) {
	refuse := func(text string) (string, error) { return "", rest.Invalid(vendor, operation, "%s", text) }
	switch {
	case q.Day.IsZero():
		return refuse("Day is missing")
	case !q.Day.IsValid():
		return refuse("Day is not a day of the calendar")
	case q.OutPovID == "":
		return refuse("OutPovID is empty")
	case !utf8.ValidString(q.OutPovID):
		return refuse("OutPovID is not UTF-8")
	case q.Page < 0:
		return refuse("Page must be 1 or more, or 0 for the first")
	case q.PageSize < 0 || q.PageSize > MaxPageSize:
		return refuse("PageSize must be 1 to 200, or 0 for 200")
	}
	text, err := rest.Marshal(struct {
		Day      Day    `json:"day"`
		OutPovID string `json:"out_pov_id"`
		Page     int    `json:"page_num"`
		PageSize int    `json:"page_size"`
	}{q.Day, q.OutPovID, max(q.Page, 1), q.size()})
	if err != nil {
		return refuse("the query cannot be written as JSON")
	}
	return string(text), nil
}

func (q Query) size() int {
	if q.PageSize == 0 {
		return MaxPageSize
	}
	return q.PageSize
}

// Appointments gives all appointments of one day at one vaccination point, page by page, each appointment_id once. It goes on until it
// has as many as the vendor's total says, over short pages too, or until a page brings nothing. Without a total that can count the rows
// of the query, a short page is the last one. Each range over it starts anew. Query.Page must be zero.
//
// The first error ends it and comes with a zero Appointment; what came before it is good, but not all there is. Beside the errors of
// QueryAppointments these are adapters.ErrDecode for a full page without anything new where more was to come, and adapters.ErrTooLarge after
// Config.MaxPages.
func (c *Client) Appointments(ctx context.Context, q Query) iter.Seq2[Appointment, error] {
	return func(yield func(Appointment, error) bool) {
		fail := func(err error) { yield(Appointment{}, err) }
		if q.Page != 0 {
			fail(rest.Invalid(vendor, operation, "Page must be zero: Appointments reads all pages"))
			return
		}
		one := q
		seen := map[string]bool{}
		for one.Page = 1; one.Page <= c.config.MaxPages; one.Page++ {
			page, err := c.QueryAppointments(ctx, one)
			if err != nil {
				fail(err)
				return
			}
			before := len(seen)
			for _, a := range page.Appointments {
				if seen[a.AppointmentID] {
					continue
				}
				seen[a.AppointmentID] = true
				if !yield(a, nil) {
					return
				}
			}
			switch {
			case page.last(q.size(), len(seen), len(seen) > before):
				return
			case len(seen) == before:
				fail(broken(page.RequestID, adapters.ErrDecode,
					rest.Undecodable("page %d is full and repeats rows of earlier pages: the gateway does not turn pages", one.Page)))
				return
			}
		}
		fail(broken("", adapters.ErrTooLarge, rest.Undecodable("there are more than %d pages: ask for larger ones, or raise MaxPages", c.config.MaxPages)))
	}
}

// last reports that no page follows: asked is the size asked for, seen the number of different rows so far, and news says that this page
// brought some of them.
func (p Page) last(asked, seen int, news bool) bool {
	rows := int64(len(p.Appointments))
	full := int64(asked)
	if p.Size != nil && *p.Size > 0 {
		full = min(full, *p.Size) // a gateway may cut the size down and say so
	}
	if p.Total != nil && int64(seen) == *p.Total {
		return true
	}
	// A total below the rows seen does not count the rows of the query, so it says nothing.
	more := p.Total != nil && int64(seen) < *p.Total
	return rows == 0 || rows < full && !(more && news)
}

// broken is an error about the pages together, found without a further call.
func broken(requestID string, condition adapters.Condition, cause error) error {
	return &adapters.Error{
		Vendor: vendor, Operation: operation, Condition: condition, Fault: adapters.FaultVendor, RequestID: requestID, Err: cause,
	}
}
