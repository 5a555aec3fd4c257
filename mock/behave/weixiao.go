package behave

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
)

// The simulated 微校 push hub: the projects registered with it, and the pushes that it takes and hands on to them.
const (
	kindProject     = "push project"      // id → project
	kindProjectName = "push project name" // name → id
	kindPush        = "push"              // append-only: push
	counterProject  = "push project"
)

func weixiao() map[string]Step {
	return map[string]Step{
		"listPushProjects":  listPushProjects,
		"addPushProject":    addPushProject,
		"updatePushProject": updatePushProject,
		"deletePushProject": deletePushProject,
		"receivePush":       receivePush,
	}
}

// projectStatus is statu: 0 有效, 1 无效 (W-11; the sense is inverted).
type projectStatus int64

const (
	projectEnabled  projectStatus = 0
	projectDisabled projectStatus = 1
)

// project is a push project (推送项目).
type project struct {
	ID     int64         `json:"id"`
	URL    string        `json:"url"`
	Name   string        `json:"project"`
	Status projectStatus `json:"statu"`
}

func (p project) key() string { return strconv.FormatInt(p.ID, 10) }

func (p project) record() value.Record {
	return value.Record{"id": p.ID, "url": p.URL, "project": p.Name, "statu": int64(p.Status)}
}

func findProject(tx state.Tx, id int64) (p project, found bool, err error) {
	found, err = state.Read(tx, kindProject, strconv.FormatInt(id, 10), &p)
	return p, found, err
}

// eachProject calls visit for every project in the order of creation until it returns an error.
func eachProject(tx state.Tx, visit func(project) error) error {
	var failure error
	tx.Each(kindProject, func(_ string, record []byte) bool {
		var p project
		if failure = json.Unmarshal(record, &p); failure == nil {
			failure = visit(p)
		}
		return failure == nil
	})
	return failure
}

// listPushProjects answers W1: all projects, oldest first (W-5, W-6).
func listPushProjects(tx state.Tx, _ *Call) (Reply, error) {
	list := value.List{}
	err := eachProject(tx, func(p project) error {
		list = append(list, p.record())
		return nil
	})
	return Reply{Value: list}, err
}

// addPushProject answers W2. The name is what must be new (W-23); the address is stored as it comes (W-22).
func addPushProject(tx state.Tx, c *Call) (Reply, error) {
	p := project{URL: value.Text(c.Record(), "url"), Name: value.Text(c.Record(), "project"), Status: projectEnabled}
	if err := nameIsFree(tx, p); err != nil {
		return Reply{}, err
	}
	if n := countProjects(tx); n >= mostProjects {
		return Reply{}, fmt.Errorf("%w: %d projects", state.ErrFull, n)
	}
	p.ID = tx.Next(counterProject)
	return keepProject(tx, c, p)
}

// mostProjects bounds what one push can set off.
const mostProjects = 200

func countProjects(tx state.Tx) int {
	n := 0
	tx.Each(kindProject, func(string, []byte) bool {
		n++
		return true
	})
	return n
}

// updatePushProject answers W3: absent and null fields stay as they are (W-13).
func updatePushProject(tx state.Tx, c *Call) (Reply, error) {
	p, err := namedProject(tx, c.Record())
	if err != nil {
		return Reply{}, err
	}
	before := p
	if url := value.Text(c.Record(), "url"); url != "" {
		p.URL = url
	}
	if name := value.Text(c.Record(), "project"); name != "" {
		p.Name = name
	}
	if status, ok := value.Whole(c.Record(), "statu"); ok {
		p.Status = projectStatus(status)
	}
	if p.Name != before.Name {
		if err := nameIsFree(tx, p); err != nil {
			return Reply{}, err
		}
		tx.Delete(kindProjectName, before.Name)
	}
	if p.Status == projectDisabled && before.Status != projectDisabled {
		if err := dropQueue(tx, p.ID, c.Now, "forward-project-disabled"); err != nil {
			return Reply{}, err
		}
	}
	return keepProject(tx, c, p)
}

// deletePushProject answers W4; an unknown id is an error (W-15).
func deletePushProject(tx state.Tx, c *Call) (Reply, error) {
	p, err := namedProject(tx, c.Parameters)
	if err != nil {
		return Reply{}, err
	}
	tx.Delete(kindProject, p.key())
	tx.Delete(kindProjectName, p.Name)
	return Reply{}, dropQueue(tx, p.ID, c.Now, "forward-project-deleted")
}

// namedProject is the project whose id a call gives.
func namedProject(tx state.Tx, r value.Record) (project, error) {
	if id, ok := value.Whole(r, "id"); ok {
		p, found, err := findProject(tx, id)
		if found || err != nil {
			return p, err
		}
	}
	return project{}, &Error{ID: "data-missing", Diagnosis: diagnosis.New("unknown-project")}
}

func nameIsFree(tx state.Tx, p project) error {
	if id, taken := tx.Get(kindProjectName, p.Name); taken {
		return &Error{ID: "data-exists", Diagnosis: diagnosis.New("project-name-taken", "id", string(id))}
	}
	return nil
}

// keepProject stores a project and answers it as it stands now. An address that nothing can be sent to is the caller's
// right, but worth a note.
func keepProject(tx state.Tx, c *Call, p project) (Reply, error) {
	tx.Put(kindProjectName, p.Name, []byte(p.key()))
	reply := Reply{Value: p.record()}
	if note := c.Forward.Explain(p.URL); note != nil {
		reply.Notes = append(reply.Notes, note)
	}
	return reply, state.Write(tx, kindProject, p.key(), p)
}

// push is a change of the platform as it came in.
type push struct {
	At     time.Time       `json:"at"`
	Event  string          `json:"event"`
	Fields json.RawMessage `json:"fields"`
	// Forwarded says that a simulator sent it on to here.
	Forwarded bool `json:"forwarded,omitempty"`
}

// fourFields are what a push consists of, in the order of the document (W5).
type fourFields struct {
	AppKey     string `json:"app_key"`
	SchoolCode string `json:"school_code"`
	Event      string `json:"event"`
	RawData    string `json:"raw_data"`
}

// receivePush answers W5: the push is stored and put into the queue of every enabled project in one step, and accepted
// by that (W-34). What is sent on later are the four fields as they came (W-35); unknown events are no exception (W-28).
func receivePush(tx state.Tx, c *Call) (Reply, error) {
	r := c.Record()
	fields, err := compact(fourFields{
		AppKey: value.Text(r, "app_key"), SchoolCode: value.Text(r, "school_code"),
		Event: value.Text(r, "event"), RawData: value.Text(r, "raw_data"),
	})
	if err != nil {
		return Reply{}, err
	}
	record, err := compact(push{At: c.Now, Event: value.Text(r, "event"), Fields: fields, Forwarded: c.Forwarded})
	if err != nil {
		return Reply{}, err
	}
	number := tx.Append(kindPush, record)
	if c.Forwarded {
		return Reply{Notes: []*diagnosis.Diagnosis{diagnosis.New("forward-loop")}}, nil
	}
	projects, err := enqueue(tx, c.Now, number, fields)
	if err != nil || len(projects) == 0 {
		return Reply{}, err
	}
	return Reply{Effects: []Effect{func(w *World) {
		for _, id := range projects {
			deliverSoon(w, id)
		}
	}}}, nil
}

// compact writes JSON without spaces and without the escapes that only HTML needs.
func compact(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
