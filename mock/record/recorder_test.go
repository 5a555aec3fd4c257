package record_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/mock/mask"
	"understudy/mock/record"
	"understudy/scenarios"
	"understudy/specs"
)

// world is a client, a recorder, and a simulated vendor behind it.
type world struct {
	contract *specs.Contract
	server   *mock.Server
	upstream *httptest.Server
	opener   *record.Opener
	file     *record.File
	recorder *record.Recorder
	front    *httptest.Server
	client   *drive.Client
	out      string
}

func contractOf(t *testing.T, vendor string) *specs.Contract {
	t.Helper()
	c, err := specs.Load(vendor)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newMasker(t *testing.T, o *record.Opener) *mask.Masker {
	t.Helper()
	m, err := mask.New(mask.Config{Contract: o.Contract(), Key: []byte("a key of thirty-two bytes, tests"), Secrets: o.Secrets()})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// newWorld records a vendor. A handler stands in front of the simulator where there is one.
func newWorld(t *testing.T, vendor string, upstream http.Handler) *world {
	t.Helper()
	w := &world{contract: contractOf(t, vendor)}
	var err error
	if w.server, err = mock.New(mock.Config{Contracts: []*specs.Contract{w.contract}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.server.Close(context.Background()) })
	if upstream == nil {
		upstream = w.server
	}
	w.upstream = httptest.NewServer(upstream)
	t.Cleanup(w.upstream.Close)
	w.record(t, record.Config{Upstream: w.upstream.URL})
	return w
}

func (w *world) record(t *testing.T, config record.Config) {
	t.Helper()
	var err error
	if w.opener, err = record.NewOpener(record.OpenerConfig{Contract: w.contract}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.opener.Close() })
	head, err := record.Head(w.contract)
	if err != nil {
		t.Fatal(err)
	}
	w.out = filepath.Join(t.TempDir(), "out.har")
	if w.file, err = record.CreateFile(w.out, head, newMasker(t, w.opener)); err != nil {
		t.Fatal(err)
	}
	config.Opener, config.Keep = w.opener, w.file.Add
	if w.recorder, err = record.NewRecorder(config); err != nil {
		t.Fatal(err)
	}
	w.front = httptest.NewServer(w.recorder)
	t.Cleanup(w.front.Close)
	credentials, _ := w.server.Credentials(w.contract.Vendor)
	if w.client, err = drive.New(drive.Config{Contract: w.contract, Credentials: credentials, Target: w.front.URL}); err != nil {
		t.Fatal(err)
	}
}

// finish ends the recording and reads it again, file and all.
func (w *world) finish(t *testing.T) (*scenarios.Recording, string) {
	t.Helper()
	if err := w.recorder.Err(); err != nil {
		t.Fatal(err)
	}
	w.recorder.Wait()
	if _, err := w.file.Finish(); err != nil {
		t.Fatal(err)
	}
	r, err := scenarios.ReadFile(w.out, scenarios.ReadConfig{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(w.out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(record.PartOf(w.out)); err == nil {
		t.Error("the part is still there")
	}
	return r, string(text)
}

// forms are the ways in which a secret may stand in a file.
func forms(secret string) []string {
	return []string{
		secret, url.QueryEscape(secret), hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))),
		strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(secret)), "="),
	}
}

// fields are what each operation is called with in these tests, as on a command line.
func fields() map[string][]string {
	today := time.Now().In(time.FixedZone("UTC+8", 8*60*60)).Format(time.DateOnly)
	return map[string][]string{
		"mytijian.registerAgent":           {"hospitalId=197", "heartbeat=60", "version=1.0"},
		"mytijian.listHospitalTasks":       nil,
		"weixiao.listPushProjects":         nil,
		"weixiao.addPushProject":           {"url=http://127.0.0.1:9/hook?a=1&b=2", "project=测试 one"},
		"weixiao.updatePushProject":        {"id=1", "statu=1"},
		"weixiao.deletePushProject":        {"id=1"},
		"weixiao.receivePush":              {"school_code=1000000001", "event=addUser", "card_number=20260001", "name=测试甲"},
		"zheliban.issueToken":              nil,
		"zheliban.pullReservations":        nil,
		"zheliban.acknowledgeReservations": {"requestId=1"},
		"zheliban.reportArrival":           {"serialNumber=1"},
		"alihealth.queryAppointments":      {"day=" + today, "out_pov_id=00001", "page_num=1", "page_size=5"},
		"eazytec.sendMessage": {
			"appid=1", "appname=demo", "title=Hello", "sendData.body=<p>1+1=2 & 测试</p>", "msgtype=0", "sender=demo", "msgcategory=会议通知", "msglevel=普通",
			"recipient.orgId=1", "recipient.esNameList.0=测试企业", "attfiles.0.name=a.txt", "attfiles.0.path=/a.txt",
			"from.userid=u1", "from.usertype=1", "from.orgid=o1", "to.0.userid=u2", "to.0.usertype=2", "to.0.orgid=o2",
		},
	}
}

// call calls an operation through the recorder.
func (w *world) call(t *testing.T, operation string) *drive.Exchange {
	t.Helper()
	list, known := fields()[w.contract.Vendor+"."+operation]
	if !known {
		t.Fatalf("no fields for %s", operation)
	}
	values := map[string]any{}
	for _, one := range list {
		name, text, _ := strings.Cut(one, "=")
		if err := w.client.Set(operation, values, name, drive.Text(text)); err != nil {
			t.Fatal(err)
		}
	}
	x, err := w.client.Call(t.Context(), operation, values)
	if err != nil {
		t.Fatalf("%s: %v", operation, err)
	}
	return x
}

// secretsOf are the credentials, signatures, tokens and ciphertexts of a call as it travelled.
func secretsOf(x *drive.Exchange) []string {
	var list []string
	for one := x; one != nil; one = one.Request.Login {
		for _, p := range one.Request.Parameters {
			if p.Name == "sign" || p.Name == "session" {
				list = append(list, p.Value)
			}
		}
		for _, scheme := range one.Request.Operation.Requirements {
			for _, s := range scheme {
				list = append(list, strings.TrimPrefix(one.Request.Header.Get(s.Key), "Bearer "))
			}
		}
		if s := one.Request.Operation.Security; s != nil {
			list = append(list, strings.TrimPrefix(one.Request.Header.Get(s.Key), "Bearer "))
		}
		if seal := one.Request.Operation.Wire.Seal; seal.SealsBody() {
			list = append(list, string(one.Request.Body))
		}
		if one.Reply.Sealed {
			list = append(list, string(one.Reply.Body))
		}
	}
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

func TestRecordsEveryVendor(t *testing.T) {
	t.Parallel()
	vendors := specs.Vendors()
	if len(vendors) == 0 {
		t.Fatal("there are no vendors")
	}
	for _, vendor := range vendors {
		t.Run(vendor, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, vendor, nil)
			var secrets []string
			heard := 0
			for _, op := range w.contract.Operations {
				secrets = append(secrets, secretsOf(w.call(t, op.ID))...)
				heard++
			}
			r, text := w.finish(t)
			if len(r.Exchanges) < heard {
				t.Fatalf("%d exchanges of at least %d", len(r.Exchanges), heard)
			}
			ok := 0
			for i, x := range r.Exchanges {
				if x.Operation == "" || x.Number != i+1 || x.At.IsZero() {
					t.Errorf("exchange %d is %d %q", i+1, x.Number, x.Operation)
				}
				if record.Unopened(x) || x.Response.Outcome == scenarios.OutcomeUnexplained {
					t.Errorf("%s: %+v", x.Operation, x.Response)
				}
				if x.Response.Outcome == scenarios.OutcomeOK {
					ok++
					if c := x.Request.Wire.Credential; c != "" && c != scenarios.Valid {
						t.Errorf("%s worked with a credential that is %s", x.Operation, c)
					}
				}
				if _, there := r.Fingerprints[x.Operation]; !there {
					t.Errorf("%s has no fingerprint", x.Operation)
				}
			}
			if ok == 0 {
				t.Error("nothing worked")
			}
			credentials, _ := w.server.Credentials(vendor)
			for _, slot := range credentials {
				secrets = append(secrets, slot.Text)
				for _, one := range slot.Tokens {
					secrets = append(secrets, one.Value)
				}
			}
			secrets = slices.DeleteFunc(secrets, func(s string) bool { return s == "" })
			if len(secrets) == 0 {
				t.Fatal("there are no secrets to look for")
			}
			for _, secret := range secrets {
				for _, form := range forms(secret) {
					if strings.Contains(text, form) {
						t.Errorf("the file holds a secret, as %q…", form[:min(8, len(form))])
					}
				}
			}
			if !r.Masked || r.Vendor != vendor || r.Made.IsZero() {
				t.Errorf("head is %+v", r)
			}
		})
	}
}
