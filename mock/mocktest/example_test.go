package mocktest_test

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"understudy/mock"
	"understudy/mock/mocktest"
)

// A test has its own simulator of all vendors, and makes it fail where it wants to see what its client does then. tb is
// the test itself: a *testing.T, or GinkgoTB().
func Example() {
	tb := &recorder{name: "TestTasks"}
	tb.run(func() {
		m := mocktest.Start(tb)
		vendor := m.Mytijian()
		list := func() {
			url := vendor.BaseURL + "/open-api/V2/ws/agentManager/hospitalTaskList?accessToken=" + vendor.AccessToken
			reply, err := http.Post(url, "application/json", nil)
			if err != nil {
				tb.Fatalf("%v", err)
			}
			defer reply.Body.Close()
			_, _ = io.Copy(io.Discard, reply.Body)
			fmt.Println(reply.Status)
		}
		list()
		if _, err := m.World().AddFault(mock.Fault{Status: 503, Calls: 1}); err != nil {
			tb.Fatalf("%v", err)
		}
		list()
		list()
	})
	// Output:
	// 200 OK
	// 503 Service Unavailable
	// 200 OK
}

// Parallel tests share a simulator, each in a world of its own: another clock, other readings, other faults.
func ExampleMock_SessionWith() {
	tb := &recorder{name: "TestWorlds"}
	tb.run(func() {
		m := mocktest.StartWith(tb, mocktest.Config{NoSockets: true})
		tomorrow := m.SessionWith(tb, mock.SessionConfig{Name: "tomorrow"})
		tomorrow.World().Freeze(time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC))
		fmt.Println(tomorrow.URL())
		fmt.Println(tomorrow.World().Now().UTC())
	})
	// Output:
	// https://understudy.invalid/~tomorrow
	// 2026-03-02 09:30:00 +0000 UTC
}
