package control

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/internal/wire"
)

// world is a control plane over a server of its own. Every answer that it gives is held to the document.
type world struct {
	t       *testing.T
	server  *mock.Server
	handler http.Handler
}

func newWorld(t *testing.T, config Config) *world {
	t.Helper()
	return newWorldOver(t, mock.Config{}, config)
}

func newWorldOver(t *testing.T, engine mock.Config, config Config) *world {
	t.Helper()
	server, err := mock.New(engine)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close(t.Context()) })
	config.Server = server
	handler, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return &world{t, server, handler}
}

// tasks calls a vendor once in a session, with a good token or without one.
func (w *world) tasks(session string, good bool) {
	target := "/~" + session + "/open-api/V2/ws/agentManager/hospitalTaskList"
	if good {
		target += "?accessToken=development-access-token"
	}
	w.server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, target, nil))
}

// ask sends a request as a good caller does, with what header changes: names and values in turn, Host among them. A state
// change is labelled JSON unless header says otherwise.
func (w *world) ask(method, target, body string, header ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "localhost:8741"
	if changes(method) {
		r.Header.Set("Content-Type", mediaJSON)
	}
	for i := 0; i+1 < len(header); i += 2 {
		switch {
		case header[i] == "Host":
			r.Host = header[i+1]
		case header[i+1] == "":
			r.Header.Del(header[i])
		default:
			r.Header.Set(header[i], header[i+1])
		}
	}
	got := httptest.NewRecorder()
	w.handler.ServeHTTP(got, r)
	if err := checkReply(r, got); err != nil {
		w.t.Errorf("%s %s: %v", method, target, err)
	}
	return got
}

// checkReply holds a reply to what the document says about its operation. What finds none is a problem.
func checkReply(r *http.Request, got *httptest.ResponseRecorder) error {
	a, err := ownAPI()
	if err != nil {
		return err
	}
	problems, _ := a.contract.Operation("readHealth")
	op := a.operations[0]
	if op.Operation != problems {
		return fmt.Errorf("the first operation is %s", op.ID)
	}
	status := "default"
	if at, _, ok := a.paths.Find(r.URL.EscapedPath()); ok && at.methods[r.Method] != nil {
		op = at.methods[r.Method]
		if _, stated := op.replies[strconv.Itoa(got.Code)]; stated {
			status = strconv.Itoa(got.Code)
		}
	}
	if status == "default" && got.Code < 400 {
		return fmt.Errorf("the document has no status %d", got.Code)
	}
	if problem := status == "default"; problem != (got.Header().Get("Content-Type") == mediaProblem) {
		return fmt.Errorf("status %d is labelled %q", got.Code, got.Header().Get("Content-Type"))
	}
	media := op.replies[status]
	if len(media) == 0 {
		if got.Body.Len() > 0 {
			return fmt.Errorf("status %d has no body in the document, and there is %s", got.Code, got.Body)
		}
		return nil
	}
	schema, ok := media[got.Header().Get("Content-Type")]
	if !ok {
		return fmt.Errorf("the document has no media type %q for status %s", got.Header().Get("Content-Type"), status)
	}
	if r.Method == http.MethodHead {
		if got.Body.Len() > 0 {
			return fmt.Errorf("HEAD is answered with a body")
		}
		return nil
	}
	var v any = got.Body.String()
	if strings.HasSuffix(got.Header().Get("Content-Type"), "json") {
		var wrong *wire.JSONError
		if v, wrong = wire.DecodeJSON(got.Body.Bytes(), wire.JSONOptions{}); wrong != nil {
			return wrong
		}
	}
	if violations := schema.Validate(v); violations != nil {
		return fmt.Errorf("status %d breaks the document: %+v in %s", got.Code, violations, got.Body)
	}
	return nil
}

// want asks and fails the test where the status is another.
func (w *world) want(status int, method, target, body string, header ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	got := w.ask(method, target, body, header...)
	if got.Code != status {
		w.t.Errorf("%s %s %s is answered %d %s, want %d", method, target, body, got.Code, got.Body, status)
	}
	return got
}

// get decodes a good answer.
func get[T any](w *world, target string) T {
	w.t.Helper()
	return decoded[T](w, w.want(http.StatusOK, http.MethodGet, target, ""))
}

func decoded[T any](w *world, got *httptest.ResponseRecorder) T {
	w.t.Helper()
	var v T
	if err := json.Unmarshal(got.Body.Bytes(), &v); err != nil {
		w.t.Fatalf("%v: %s", err, got.Body)
	}
	return v
}

// problemIn is a problem as a caller reads it.
type problemIn struct {
	Type, Title, Detail string
	Status              int
	Violations          []Violation
}

// refused asks for something that is a problem of a kind, "" for any.
func (w *world) refused(status int, id, method, target, body string, header ...string) problemIn {
	w.t.Helper()
	p := decoded[problemIn](w, w.want(status, method, target, body, header...))
	if id != "" && p.Type != "urn:understudy:control:"+id {
		w.t.Errorf("%s %s %s is the problem %s (%s), want %s", method, target, body, p.Type, p.Detail, id)
	}
	return p
}

// names lists the sessions there are.
func (w *world) names() string { return strings.Join(w.server.Sessions(), " ") }
