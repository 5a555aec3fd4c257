package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
)

// handler answers one operation. The request is as the document has it; an error that is a *[failure] is the answer, and
// any other is a bug.
type handler func(c *call) error

// call is one request that passed the document.
type call struct {
	w       http.ResponseWriter
	request *http.Request
	values  map[string]any // parameters by name, those left out are absent
	body    []byte         // JSON that the document's schema takes; nil when there was none
}

// text is a parameter that is a text, "" when it was left out.
func (c *call) text(name string) string {
	s, _ := c.values[name].(string)
	return s
}

// number is a parameter that is a whole number; ok is false when it was left out.
func (c *call) number(name string) (n int64, ok bool) {
	literal, ok := c.values[name].(json.Number)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(string(literal), 10, 64)
	return n, err == nil
}

// into decodes the body; no body leaves v as it is.
func (c *call) into(v any) error {
	if c.body == nil {
		return nil
	}
	return json.Unmarshal(c.body, v)
}

func (c *call) answer(status int, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	send(c.w, status, mediaJSON, append(text, '\n'))
	return nil
}

func (c *call) done() error {
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// router takes a request to its operation. It is made from the document.
type router struct {
	api      *api
	handlers map[string]handler
	// names may be quoted back anywhere: those of the document, and those of vendors and credential slots.
	names map[string]bool
	log   *log.Logger
}

// newRouter holds document and handlers together: an operation without a handler is an error, and so is the reverse.
// Names are those, besides the document's, that may be quoted back anywhere.
func newRouter(a *api, handlers map[string]handler, names []string, errorLog *log.Logger) (*router, error) {
	if errorLog == nil {
		errorLog = log.Default()
	}
	var problems []error
	for _, op := range a.operations {
		if handlers[op.ID] == nil {
			problems = append(problems, fmt.Errorf("%s: operation %s has no handler", a.contract.Position(op.Pointer), op.ID))
		}
	}
	for id := range handlers {
		if _, ok := a.contract.Operation(id); !ok {
			problems = append(problems, fmt.Errorf("%s: the document has no operation %s, and there is a handler for it", a.contract.Position("/paths"), id))
		}
	}
	known := maps.Clone(a.names)
	for _, name := range names {
		known[name] = true
	}
	return &router{a, handlers, known, errorLog}, errors.Join(problems...)
}

// ServeHTTP finds the operation, holds the request to the document, and answers.
func (rt *router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		w = headWriter{w}
	}
	err := rt.serve(w, r)
	if err == nil {
		return
	}
	var f *failure
	if !errors.As(err, &f) {
		rt.log.Printf("understudy: control: %s: %v", r.Method, err)
		f = &failure{status: http.StatusInternalServerError, id: "internal", detail: "the control plane failed; this is a bug, and its log says more"}
	}
	f.write(w)
}

func (rt *router) serve(w http.ResponseWriter, r *http.Request) error {
	at, values, ok := rt.api.paths.Find(r.URL.EscapedPath())
	if !ok {
		return fail(http.StatusNotFound, "not-found", "there is no such route; GET /openapi.yaml lists them")
	}
	op, ok := at.methods[r.Method]
	if !ok {
		w.Header().Set("Allow", at.allow)
		return fail(http.StatusMethodNotAllowed, "method-not-allowed", "this route takes "+at.allow)
	}
	if changes(op.Method) && !labelledJSON(r) {
		return fail(http.StatusUnsupportedMediaType, "content-type", "send Content-Type: application/json, also where there is no body")
	}
	c, err := op.read(r, values, rt.names)
	if err != nil {
		return err
	}
	c.w = w
	return rt.handlers[op.ID](c)
}

// labelledJSON says whether a body is labelled JSON and nothing else: the labels that a foreign web page can send without
// asking first are all others.
func labelledJSON(r *http.Request) bool {
	labels := r.Header.Values("Content-Type")
	if len(labels) != 1 {
		return false
	}
	base, parameters, err := mime.ParseMediaType(labels[0])
	if err != nil || base != mediaJSON {
		return false
	}
	charset, stated := parameters["charset"]
	return !stated || slices.Contains([]string{"utf-8", "UTF-8"}, charset)
}

// headWriter answers HEAD as GET, without the body.
type headWriter struct{ http.ResponseWriter }

// Write implements [io.Writer].
func (w headWriter) Write(text []byte) (int, error) { return len(text), nil }

// Unwrap leads [http.ResponseController] to the connection.
func (w headWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
