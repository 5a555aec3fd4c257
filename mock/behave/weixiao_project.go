package behave

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
)

const kindsProjects = "projects"

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
	// Gone is a project of the user's data that was deleted.
	Gone bool `json:"gone,omitempty"`
}

func (p project) key() string { return strconv.FormatInt(p.ID, 10) }

func (p project) record() value.Record {
	return value.Record{"id": p.ID, "url": p.URL, "project": p.Name, "statu": int64(p.Status)}
}

// dataProjects are those of the user's data.
func dataProjects(w *World) []project {
	data := w.Data[kindsProjects]
	list := make([]project, 0, len(data))
	for _, given := range data {
		id, _ := value.Whole(given, "id")
		if p, err := projectOf(merged(inventProject(id).record(), given)); err == nil {
			list = append(list, p)
		}
	}
	return list
}

// inventProject makes up a project: enabled, with an address that is nobody's (RFC 2606).
func inventProject(id int64) project {
	name := "project-" + strconv.FormatInt(id, 10)
	return project{ID: id, URL: "http://" + name + ".invalid/push", Name: name, Status: projectEnabled}
}

// projectOf reads a project from a full record.
func projectOf(r value.Record) (p project, err error) {
	id, ok := value.Whole(r, "id")
	status, known := value.Whole(r, "statu")
	p = project{ID: id, URL: value.Text(r, "url"), Name: value.Text(r, "project"), Status: projectStatus(status)}
	switch {
	case !ok || id < 1:
		err = fmt.Errorf("%w: id is a whole number from 1 on", ErrInvalid)
	case p.URL == "":
		err = fmt.Errorf("%w: url is a text that is not empty", ErrInvalid)
	case p.Name == "":
		err = fmt.Errorf("%w: project is a text that is not empty", ErrInvalid)
	case !known || p.Status != projectEnabled && p.Status != projectDisabled:
		err = fmt.Errorf("%w: statu is 0 for enabled or 1 for disabled", ErrInvalid)
	}
	return p, err
}

// projectsOf lists the projects of a session: those of the user's data, as they were changed, and behind them the others in
// the order of creation.
func projectsOf(tx state.Tx, w *World) ([]project, error) {
	var list []project
	places := map[int64]int{}
	for _, p := range dataProjects(w) {
		places[p.ID] = len(list)
		list = append(list, p)
	}
	var failure error
	tx.Each(kindProject, func(_ string, record []byte) bool {
		var p project
		if failure = json.Unmarshal(record, &p); failure != nil {
			return false
		}
		if at, known := places[p.ID]; known {
			list[at] = p
		} else {
			list = append(list, p)
		}
		return true
	})
	return slices.DeleteFunc(list, func(p project) bool { return p.Gone }), failure
}

func findProject(tx state.Tx, w *World, id int64) (p project, found bool, err error) {
	found, err = state.Read(tx, kindProject, strconv.FormatInt(id, 10), &p)
	if found || err != nil {
		return p, found && !p.Gone, err
	}
	for _, p := range dataProjects(w) {
		if p.ID == id {
			return p, true, nil
		}
	}
	return project{}, false, nil
}

// listPushProjects answers W1: all projects, oldest first (W-5, W-6).
func listPushProjects(tx state.Tx, c *Call) (Reply, error) {
	projects, err := projectsOf(tx, c.World)
	list := value.List{}
	for _, p := range projects {
		list = append(list, p.record())
	}
	return Reply{Value: list}, err
}

// addPushProject answers W2. The name is what must be new (W-23); the address is stored as it comes (W-22).
func addPushProject(tx state.Tx, c *Call) (Reply, error) {
	p := project{URL: value.Text(c.Record(), "url"), Name: value.Text(c.Record(), "project"), Status: projectEnabled}
	for taken := true; taken; {
		p.ID = tx.Next(counterProject)
		_, stored := tx.Get(kindProject, p.key())
		taken = stored || slices.ContainsFunc(dataProjects(c.World), func(other project) bool { return other.ID == p.ID })
	}
	return answered(c, p, keepProject(tx, c.World, c.Now, nil, p))
}

// mostProjects bounds what one push can set off.
const mostProjects = 200

// updatePushProject answers W3: absent and null fields stay as they are (W-13).
func updatePushProject(tx state.Tx, c *Call) (Reply, error) {
	p, err := namedProject(tx, c, c.Record())
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
	return answered(c, p, keepProject(tx, c.World, c.Now, &before, p))
}

// deletePushProject answers W4; an unknown id is an error (W-15).
func deletePushProject(tx state.Tx, c *Call) (Reply, error) {
	p, err := namedProject(tx, c, c.Parameters)
	if err != nil {
		return Reply{}, err
	}
	return Reply{}, dropProject(tx, c.World, c.Now, p)
}

// namedProject is the project whose id a call gives.
func namedProject(tx state.Tx, c *Call, r value.Record) (project, error) {
	if id, ok := value.Whole(r, "id"); ok {
		p, found, err := findProject(tx, c.World, id)
		if found || err != nil {
			return p, err
		}
	}
	return project{}, &Error{ID: "data-missing", Diagnosis: diagnosis.New("unknown-project")}
}

// nameTaken says that another project has the name.
type nameTaken struct{ id int64 }

func (e *nameTaken) Error() string { return "a project of that name is there already" }

// keepProject stores a project in the place of what it was before, nil for a new one. One that is switched off gets nothing
// of what waits for it.
func keepProject(tx state.Tx, w *World, now time.Time, before *project, p project) error {
	projects, err := projectsOf(tx, w)
	if err != nil {
		return err
	}
	if before == nil && len(projects) >= mostProjects {
		return fmt.Errorf("%w: %d projects", state.ErrFull, len(projects))
	}
	if before == nil || before.Name != p.Name {
		for _, other := range projects {
			if other.Name == p.Name {
				return &nameTaken{other.ID}
			}
		}
	}
	if before != nil && p.Status == projectDisabled && before.Status != projectDisabled {
		if err := dropQueue(tx, p.ID, now, "forward-project-disabled"); err != nil {
			return err
		}
	}
	return state.Write(tx, kindProject, p.key(), p)
}

// dropProject deletes a project and what waits for it. Of one of the user's data it stays known that it is gone.
func dropProject(tx state.Tx, w *World, now time.Time, p project) error {
	tx.Delete(kindProject, p.key())
	for _, given := range dataProjects(w) {
		if given.ID == p.ID {
			if err := state.Write(tx, kindProject, p.key(), project{ID: p.ID, Gone: true}); err != nil {
				return err
			}
		}
	}
	return dropQueue(tx, p.ID, now, "forward-project-deleted")
}

// answered is a project as it stands now, or the vendor's error. An address that nothing can be sent to is the caller's
// right, but worth a note.
func answered(c *Call, p project, failure error) (Reply, error) {
	var taken *nameTaken
	if errors.As(failure, &taken) {
		return Reply{}, &Error{ID: "data-exists", Diagnosis: diagnosis.New("project-name-taken", "id", strconv.FormatInt(taken.id, 10))}
	}
	reply := Reply{Value: p.record()}
	if note := c.Forward.Explain(p.URL); note != nil {
		reply.Notes = append(reply.Notes, note)
	}
	return reply, failure
}
