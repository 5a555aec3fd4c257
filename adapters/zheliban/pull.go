package zheliban

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

// BadRow is a row of a pull that does not fit the contract and was left out. Nothing personal is in it.
type BadRow struct {
	// Position counts the rows of the reply from 0.
	Position int
	// SerialNumber and RequestID are the row's, "" where they cannot be read or do not look like ids.
	SerialNumber, RequestID string
	// Err names the member that does not fit, and no value.
	Err error
}

// RowsError tells which rows of a pull do not fit the contract; the other rows are good. errors.As finds it in an adapters.ErrDecode of
// PullReservations and Sync.
type RowsError struct {
	// Rows are the bad rows in the order of the reply, at least one.
	Rows []BadRow
}

// Error names the places of the first rows. The serial numbers are left to the fields.
func (e *RowsError) Error() string {
	const named = 3
	var places []string
	for i, r := range e.Rows {
		if i == named {
			places = append(places, "…")
			break
		}
		places = append(places, r.Err.Error())
	}
	return fmt.Sprintf("%d bad rows left out: %s", len(e.Rows), strings.Join(places, "; "))
}

// PullReservations gives all reservations that are not acknowledged yet, in the vendor's order, duplicates included. There is no
// paging (Z-28). The same rows come again until they are acknowledged (Z-29); Sync does all of that.
//
// Errors: adapters.ErrDecode wrapping a *RowsError when some rows do not fit: the good rows are returned beside it. An acknowledgement of the
// batch of a bad row would acknowledge that row too. With every other error there are no rows: adapters.ErrDecode for a reply that does not
// open or is no list, adapters.ErrTooLarge for one beyond HTTP.MaxBody.
//
//understudy:operation zheliban pullReservations
func (c *Client) PullReservations(ctx context.Context) ([]Reservation, error) {
	p, err := c.pull(ctx)
	if err != nil {
		return nil, err
	}
	return p.rows, p.failure()
}

// pulled is what a pull brought.
type pulled struct {
	rows  []Reservation
	bad   []BadRow
	about []mention // per bad row
}

// mention is every text of a bad row under the names of its two ids, which must not be acknowledged and may be anything, so must not be shown.
type mention struct{ serials, batches []string }

// failure is the error about the bad rows, nil without any.
func (p pulled) failure() error {
	if len(p.bad) == 0 {
		return nil
	}
	return &adapters.Error{
		Vendor: vendor, Operation: pullReservations, Condition: adapters.ErrDecode, Fault: adapters.FaultVendor, Err: &RowsError{Rows: p.bad},
	}
}

func (c *Client) pull(ctx context.Context) (pulled, error) {
	var plain []byte
	switch c.config.PullBody {
	case EmptyObject:
		plain = []byte("{}")
	case EmptyText:
		plain = []byte{}
	}
	var p pulled
	err := c.call(ctx, pullReservations, "/reservation/sync/order", true, plain, func(result []byte) error {
		p = pulled{}
		if result == nil {
			return nil
		}
		rows, err := rest.Elements(result, "/result")
		if err != nil {
			return err
		}
		for i, row := range rows {
			r, err := decodeReservation(row, "/result/"+strconv.Itoa(i))
			if err != nil {
				m := mention{serials: rest.Texts(row, "serialNumber"), batches: rest.Texts(row, "requestId")}
				p.about = append(p.about, m)
				p.bad = append(p.bad, BadRow{Position: i, SerialNumber: theID(m.serials, 50), RequestID: theID(m.batches, 32), Err: err})
				continue
			}
			p.rows = append(p.rows, r)
		}
		return nil
	})
	if err != nil {
		return pulled{}, err
	}
	return p, nil
}

// theID gives the only text, if it may be an id of at most so many characters.
func theID(texts []string, longest int) string {
	if len(texts) != 1 || utf8.RuneCountInString(texts[0]) > longest || strings.ContainsFunc(texts[0], notInID) {
		return ""
	}
	return texts[0]
}

func notInID(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) || r == utf8.RuneError }
