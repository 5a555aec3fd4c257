package replay_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/mock/replay"
	"understudy/mock/report"
	"understudy/scenarios"
	"understudy/specs"
)

// world is a simulator behind a listener.
type world struct {
	tb     testing.TB
	server *mock.Server
	front  *httptest.Server
}

func newWorld(tb testing.TB, config mock.Config) *world {
	tb.Helper()
	if config.Seed == 0 {
		config.Seed = 1
	}
	server, err := mock.New(config)
	if err != nil {
		tb.Fatal(err)
	}
	w := &world{tb: tb, server: server, front: httptest.NewServer(server)}
	tb.Cleanup(func() {
		w.front.Close()
		_ = server.Close(context.WithoutCancel(tb.Context()))
	})
	return w
}

func load(tb testing.TB, vendor string) *specs.Contract {
	tb.Helper()
	c, err := specs.Load(vendor)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// call is one step of a flow: an operation, its fields as on a command line, and fields whose value an earlier reply has.
type call struct {
	operation string
	fields    []string
	// from are fields and where in the value of which step, counted from 0, their value stands: requestId=1/result/0/requestId.
	from []string
}

func today() string { return time.Now().In(time.FixedZone("UTC+8", 8*60*60)).Format(time.DateOnly) }

// stories are flows of the vendors, ids in them where the vendor has any.
func stories() map[string][]call {
	return map[string][]call{
		"mytijian": {
			{"registerAgent", []string{"hospitalId=197", "heartbeat=60", "version=1.0"}, nil},
			{"listHospitalTasks", nil, nil},
		},
		"weixiao": {
			{"listPushProjects", nil, nil},
			{"addPushProject", []string{"url=http://127.0.0.1:9/hook?a=1&b=2", "project=测试 one"}, nil},
			{"updatePushProject", []string{"statu=1"}, []string{"id=1/data/id"}},
			{"receivePush", []string{"school_code=1000000001", "event=addUser", "card_number=20260001", "name=测试甲"}, nil},
			{"listPushProjects", nil, nil},
			{"deletePushProject", nil, []string{"id=1/data/id"}},
			{"listPushProjects", nil, nil},
		},
		"zheliban": {
			{"issueToken", nil, nil},
			{"pullReservations", nil, nil},
			{"acknowledgeReservations", nil, []string{"requestId=1/result/0/requestId"}},
			{"reportArrival", nil, []string{"serialNumber=1/result/0/serialNumber"}},
			{"pullReservations", nil, nil},
		},
		"alihealth": {
			{"queryAppointments", []string{"day=" + today(), "out_pov_id=00001", "page_num=1", "page_size=5"}, nil},
			{"queryAppointments", []string{"day=" + today(), "out_pov_id=00001", "page_num=2", "page_size=5"}, nil},
		},
		"eazytec": {
			{"sendMessage", []string{
				"appid=1", "appname=demo", "title=Hello", "sendData.body=<p>1+1=2 & 测试</p>", "msgtype=0", "sender=demo", "msgcategory=会议通知", "msglevel=普通",
				"recipient.orgId=1", "recipient.esNameList.0=测试企业", "attfiles.0.name=a.txt", "attfiles.0.path=/a.txt",
				"from.userid=u1", "from.usertype=1", "from.orgid=o1", "to.0.userid=u2", "to.0.usertype=2", "to.0.orgid=o2",
			}, nil},
		},
	}
}

// record plays a story at a simulator and gives what its journal says of it.
func record(tb testing.TB, w *world, c *specs.Contract, story []call) *scenarios.Recording {
	tb.Helper()
	client := w.client(c)
	var values []any
	for _, one := range story {
		fields := map[string]any{}
		set := func(name string, v any) {
			if err := client.Set(one.operation, fields, name, v); err != nil {
				tb.Fatal(err)
			}
		}
		for _, f := range one.fields {
			name, text, _ := strings.Cut(f, "=")
			set(name, drive.Text(text))
		}
		for _, f := range one.from {
			name, where, _ := strings.Cut(f, "=")
			step, pointer, _ := strings.Cut(where, "/")
			v := dig(values[int(step[0]-'0')], "/"+pointer)
			if v == nil {
				tb.Fatalf("%s: %v has nothing at /%s", one.operation, values[int(step[0]-'0')], pointer)
			}
			set(name, v)
		}
		x, err := client.Call(tb.Context(), one.operation, fields)
		if err != nil {
			tb.Fatal(err)
		}
		if x.Outcome != drive.OK {
			tb.Fatalf("%s: %s", x, x.Reply.Plain)
		}
		values = append(values, x.Reply.Value)
	}
	return w.recording(c)
}

func (w *world) client(c *specs.Contract) *drive.Client {
	w.tb.Helper()
	credentials, _ := w.server.Credentials(c.Vendor)
	client, err := drive.New(drive.Config{Contract: c, Credentials: credentials, Target: w.front.URL})
	if err != nil {
		w.tb.Fatal(err)
	}
	return client
}

// recording is the journal as a recording, of what a client has called without being asked to left out.
func (w *world) recording(c *specs.Contract) *scenarios.Recording {
	w.tb.Helper()
	list, dropped, known := w.server.Recorded("", "")
	if !known || dropped > 0 || len(list) == 0 {
		w.tb.Fatalf("%d recorded, %d dropped, %v", len(list), dropped, known)
	}
	r := &scenarios.Recording{Vendor: c.Vendor, Made: list[0].At, Fingerprints: map[string]scenarios.Fingerprint{}, Exchanges: list}
	for _, x := range list {
		f, err := scenarios.FingerprintOf(c, x.Operation)
		if err != nil {
			w.tb.Fatal(err)
		}
		r.Fingerprints[x.Operation] = f
	}
	return r
}

func dig(v any, pointer string) any {
	for _, step := range strings.Split(pointer, "/")[1:] {
		if text, ok := v.(string); ok {
			_ = json.Unmarshal([]byte(text), &v)
		}
		switch in := v.(type) {
		case map[string]any:
			v = in[step]
		case []any:
			if len(in) == 0 {
				return nil
			}
			v = in[int(step[0]-'0')]
		default:
			return nil
		}
	}
	return v
}

// driven drives a recording at a world.
func driven(tb testing.TB, w *world, c *specs.Contract, r *scenarios.Recording, change func(*replay.Config)) *report.Report {
	tb.Helper()
	credentials, _ := w.server.Credentials(c.Vendor)
	config := replay.Config{Recording: r, Contract: c, Credentials: credentials, Target: w.front.URL, Unsafe: true}
	if change != nil {
		change(&config)
	}
	out, err := replay.Run(tb.Context(), config)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// differences lists what failed: step, place, recorded, got.
func differences(r *report.Report) []string {
	var list []string
	for i := range r.Operations {
		for _, c := range r.Operations[i].Flow.Checked {
			for j := range c.Findings {
				list = append(list, r.Operations[i].ID+" "+c.Name+": "+c.Findings[j].Sentence())
			}
		}
	}
	for _, s := range r.Strays {
		if s.Failed {
			list = append(list, s.Method+" "+s.Path+": "+s.Message)
		}
	}
	slices.Sort(list)
	return list
}

// leftOut lists what was not checked, and why.
func leftOut(r *report.Report) []string {
	var list []string
	for i := range r.Operations {
		for _, why := range r.Operations[i].Flow.NotChecked {
			list = append(list, r.Operations[i].ID+": "+why.Text)
		}
	}
	return list
}

// TestRoundTrip drives what was recorded of each vendor at a fresh simulator: nothing differs.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	if len(stories()) != len(specs.Vendors()) {
		t.Fatalf("%d stories", len(stories()))
	}
	for vendor, story := range stories() {
		t.Run(vendor, func(t *testing.T) {
			t.Parallel()
			c := load(t, vendor)
			r := record(t, newWorld(t, mock.Config{}), c, story)
			out := driven(t, newWorld(t, mock.Config{}), c, r, nil)
			for _, d := range differences(out) {
				t.Error(d)
			}
			for _, why := range leftOut(out) {
				if !strings.HasSuffix(why, "no call of it") {
					t.Error("left out: ", why)
				}
			}
			if out.Checked() != len(r.Exchanges) || len(r.Exchanges) < len(story) {
				t.Errorf("%d of %d exchanges were checked", out.Checked(), len(r.Exchanges))
			}
			if out.Requests < len(r.Exchanges) || out.Tool == "" {
				t.Errorf("%d requests of %s", out.Requests, out.Tool)
			}
			_ = fmt.Sprint(out.Observed)
		})
	}
}
