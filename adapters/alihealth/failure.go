package alihealth

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

// Layer says who refused a call. errors.Is finds it in the error of QueryAppointments; a failure of the transport has none.
type Layer string

// Error gives the layer as text.
func (l Layer) Error() string { return string(l) }

// The layers.
const (
	// ErrPlatform: the gateway answered with error_response, for itself or for the service behind it.
	ErrPlatform = Layer("said by the platform in error_response")
	// ErrService: the service answered with success false; Code is its msg_code, an open list.
	ErrService = Layer("said by the service in result")
)

// platformFailure reads an error_response.
func (c *Client) platformFailure(status int, f *rest.Fields) error {
	e := &adapters.Error{
		Code: f.Text("code"), SubCode: f.Text("sub_code"), Message: joined(f.Text("msg"), f.Text("sub_msg")), RequestID: f.Text("request_id"),
		Err: ErrPlatform,
	}
	switch {
	case f.Err() != nil:
		return f.Err()
	case e.Code == "":
		return rest.Undecodable("%s: missing", f.Path("code"))
	}
	e.RetryAfter = ban(e.Message)
	e.Condition, e.Fault = classify(e.Code, e.SubCode)
	switch {
	case e.RetryAfter > 0:
		e.Condition, e.Fault = adapters.ErrThrottled, adapters.FaultThrottled
	case e.Condition == adapters.ErrThrottled && strings.HasPrefix(e.SubCode, "accesscontrol.limited-by-app-access-count"):
		e.RetryAfter = c.untilMidnight()
	case e.Condition == adapters.ErrRejected && status >= 400:
		e.Condition = rest.StatusCondition(status)
	}
	return e
}

// classify goes by the platform's own code where that says what is wrong, then by the prefix of sub_code, never by 15 or 50 alone, which
// stand for everything.
func classify(code, subCode string) (adapters.Condition, adapters.Fault) {
	if strings.HasPrefix(subCode, "accesscontrol.") {
		return adapters.ErrThrottled, adapters.FaultThrottled
	}
	switch code {
	case "4", "5", "6", "7", "8":
		return adapters.ErrThrottled, adapters.FaultThrottled
	case "10":
		return adapters.ErrUnavailable, adapters.FaultVendor
	case "11", "12", "13", "42":
		return adapters.ErrForbidden, adapters.FaultCaller
	case "24", "25", "26", "27", "28", "29":
		return adapters.ErrUnauthorized, adapters.FaultCaller
	case "3", "9", "21", "22", "23", "30", "31", "32", "33", "34", "43":
		return adapters.ErrInvalid, adapters.FaultCaller
	}
	name, _, _ := strings.Cut(subCode, ":")
	switch {
	case strings.HasPrefix(name, "isp."):
		return adapters.ErrUnavailable, adapters.FaultVendor
	case name == "isv.appkey-not-exists":
		return adapters.ErrUnauthorized, adapters.FaultCaller
	case name == "isv.invalid-permission", strings.HasPrefix(name, "isv.permission-"):
		return adapters.ErrForbidden, adapters.FaultCaller
	case strings.HasPrefix(name, "isv.") && (strings.HasSuffix(name, "-not-exist") || strings.HasSuffix(name, "-not-exists")):
		return adapters.ErrNotFound, adapters.FaultCaller
	case strings.HasPrefix(name, "isv."), code == "40", code == "41":
		return adapters.ErrInvalid, adapters.FaultCaller
	case name == "session-expired", name == "invalid-sessionkey", name == "session-not-exist":
		return adapters.ErrUnauthorized, adapters.FaultCaller
	}
	return adapters.ErrRejected, adapters.FaultUnknown
}

// longestPause is the longest RetryAfter there is.
const longestPause = 10 * time.Minute

var banText = regexp.MustCompile(`(?i)this ban will last for ([0-9]+) more second`)

// ban reads how long flow control keeps the application out and gives a second more, 0 when the text says nothing of it.
func ban(message string) time.Duration {
	match := banText.FindStringSubmatch(message)
	if match == nil {
		return 0
	}
	seconds, err := strconv.ParseInt(match[1], 10, 32)
	if err != nil {
		return longestPause
	}
	return min(time.Duration(seconds+1)*time.Second, longestPause)
}

// untilMidnight is how long the daily allowance of an application stays used up: to 00:00 in UTC+8.
func (c *Client) untilMidnight() time.Duration {
	now := c.config.Now().In(rest.Beijing())
	year, month, day := now.Date()
	return min(time.Date(year, month, day+1, 0, 0, 0, 0, rest.Beijing()).Sub(now), longestPause)
}

func joined(message, more string) string {
	switch {
	case more == "" || more == message:
		return message
	case message == "":
		return more
	}
	return message + ": " + more
}
