package weixiao

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"understudy/adapters/internal/rest"
)

// Status says whether a project gets pushes; statu on the wire, with 0 for yes (W-11).
type Status int

// The documented statuses.
const (
	// Enabled is 有效.
	Enabled Status = 0
	// Disabled is 无效.
	Disabled Status = 1
)

// Project is one push project (推送项目).
type Project struct {
	ID int64
	// URL is where the pushes go. It may lack a scheme when somebody else registered it (W-22).
	URL string
	// Name is the service name (服务名称), project on the wire.
	Name string
	// Status is Enabled or Disabled; another number is kept as it came.
	Status Status
}

// NewProject is a project to be registered. Both fields are required.
type NewProject struct {
	// URL is absolute, http or https (W-22). The pushes are posted to it as JSON.
	URL string
	// Name is the service name, unique in the hub (W-23).
	Name string
}

// ProjectChange changes the project with an ID. What is nil is not sent and stays as it is (W-13); at least one field must be given.
type ProjectChange struct {
	ID     int64
	URL    *string
	Name   *string
	Status *Status
}

// ListPushProjects gives all projects in the hub's order; there are no filters and no pages (W-6). It is the one call that is retried.
//
// Errors: adapters.ErrDecode naming the member that does not fit. The document prints an object as data: an object that holds neither a
// list nor a project is undecodable rather than an empty list (W-4, W-5).
//
//understudy:operation weixiao listPushProjects
func (c *Client) ListPushProjects(ctx context.Context) ([]Project, error) {
	var projects []Project
	err := c.rest.Do(ctx, rest.Call{
		Operation: listPushProjects, Method: http.MethodGet, Path: "/wx/push/queryPushProject", Safe: true,
		Build: func(string) (rest.Payload, error) { return rest.Payload{Header: c.header()}, nil },
		Read: func(r rest.Reply) error {
			return read(listPushProjects, r, func(data []byte) (err error) {
				projects, err = decodeProjects(data)
				return err
			})
		},
	})
	if err != nil {
		return nil, err
	}
	return projects, nil
}

// AddPushProject registers a project, which is then enabled (W-12), and gives it as the hub registered it. The document does not say
// what the hub answers: ID is 0 when it does not tell, and ListPushProjects finds the project. It is sent once.
//
// Errors: adapters.ErrInvalid for a missing name or a URL that is not absolute; adapters.ErrConflict when the name is taken (16000, 数据已存在);
// adapters.ErrUnknownOutcome in addition when it may have been registered.
//
//understudy:operation weixiao addPushProject
func (c *Client) AddPushProject(ctx context.Context, p NewProject) (Project, error) {
	if p.Name == "" {
		return Project{}, rest.Invalid(vendor, addPushProject, "Name is empty")
	}
	if err := checkURL(p.URL); err != nil {
		return Project{}, rest.Invalid(vendor, addPushProject, "%w", err)
	}
	fields := url.Values{"url": {p.URL}, "project": {p.Name}}
	return c.change(ctx, rest.Call{
		Operation: addPushProject, Method: http.MethodPost, Path: "/wx/push/addPushProject",
		Build: func(string) (rest.Payload, error) {
			if c.config.AddForm == QueryParameters {
				return rest.Payload{Header: c.header(), Query: fields, Sensitive: []string{p.URL}}, nil
			}
			return rest.Payload{
				Header: c.header(), ContentType: "application/x-www-form-urlencoded;charset=utf-8", Body: []byte(fields.Encode()),
				Sensitive: []string{p.URL},
			}, nil
		},
	})
}

// UpdatePushProject changes the given fields of a project and gives it as it stands then, with ID 0 when the hub does not tell. It is
// sent once.
//
// Errors: adapters.ErrInvalid for an ID that is not positive, no field at all or one that is no good; adapters.ErrNotFound for an unknown
// project (16000, 数据不存在); adapters.ErrConflict when the new name is taken (16000, 数据已存在); adapters.ErrUnknownOutcome in addition when it
// may have been changed.
//
//understudy:operation weixiao updatePushProject
func (c *Client) UpdatePushProject(ctx context.Context, change ProjectChange) (Project, error) {
	refuse := func(text string) (Project, error) {
		return Project{}, rest.Invalid(vendor, updatePushProject, "%s", text)
	}
	var sensitive []string
	switch {
	case change.ID <= 0:
		return refuse("ID must be positive")
	case change.URL == nil && change.Name == nil && change.Status == nil:
		return refuse("nothing is to be changed: give URL, Name or Status")
	case change.Name != nil && *change.Name == "":
		return refuse("Name is empty: leave it nil to keep it")
	case change.Status != nil && *change.Status != Enabled && *change.Status != Disabled:
		return refuse("Status must be Enabled or Disabled")
	}
	if change.URL != nil {
		if err := checkURL(*change.URL); err != nil {
			return refuse(err.Error())
		}
		sensitive = []string{*change.URL}
	}
	body, err := rest.Marshal(struct {
		ID     int64   `json:"id"`
		URL    *string `json:"url,omitempty"`
		Name   *string `json:"project,omitempty"`
		Status *Status `json:"statu,omitempty"`
	}(change))
	if err != nil {
		return refuse("the change cannot be written as JSON")
	}
	return c.change(ctx, rest.Call{
		Operation: updatePushProject, Method: http.MethodPut, Path: "/wx/push/updatePushProject",
		Build: func(string) (rest.Payload, error) {
			return rest.Payload{Header: c.header(), ContentType: "application/json; charset=utf-8", Body: body, Sensitive: sensitive}, nil
		},
	})
}

// DeletePushProject removes a project. It is sent once: a repeat after a lost reply would say that there is no such project.
//
// Errors: adapters.ErrInvalid for an id that is not positive; adapters.ErrNotFound for an unknown project (16000, W-15);
// adapters.ErrUnknownOutcome in addition when it may have been removed.
//
//understudy:operation weixiao deletePushProject
func (c *Client) DeletePushProject(ctx context.Context, id int64) error {
	if id <= 0 {
		return rest.Invalid(vendor, deletePushProject, "id must be positive")
	}
	return c.rest.Do(ctx, rest.Call{
		Operation: deletePushProject, Method: http.MethodDelete, Path: "/wx/push/deletePushProject",
		Build: func(string) (rest.Payload, error) {
			return rest.Payload{Header: c.header(), Query: url.Values{"id": {strconv.FormatInt(id, 10)}}}, nil
		},
		Read: func(r rest.Reply) error { return read(deletePushProject, r, nil) },
	})
}

// change sends a call and gives the project of its answer. A change that worked is not made to fail by data of an undocumented shape.
func (c *Client) change(ctx context.Context, call rest.Call) (Project, error) {
	var project Project
	call.Read = func(r rest.Reply) error {
		return read(call.Operation, r, func(data []byte) error {
			if p, err := decodeProject(data, "/data"); err == nil {
				project = p
			}
			return nil
		})
	}
	if err := c.rest.Do(ctx, call); err != nil {
		return Project{}, err
	}
	return project, nil
}

// checkURL quotes nothing: the address may hold a secret in its path or query.
func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return errors.New("URL must be absolute and begin with http:// or https://")
	}
	return nil
}

// decodeProjects reads a list, bare or under list, records or rows, or a single project (W-5).
func decodeProjects(data []byte) ([]Project, error) {
	path := "/data"
	switch rest.Kind(data) {
	case "absent":
		return nil, nil
	case "object":
		f, err := rest.Object(data, path)
		if err != nil {
			return nil, err
		}
		name := ""
		for _, candidate := range []string{"list", "records", "rows"} {
			if name == "" && f.Has(candidate) {
				name = candidate
			}
		}
		switch {
		case name != "" && f.Null(name):
			return nil, nil
		case name != "":
			data, path = f.Raw(name), f.Path(name)
		case f.Has("id"):
			p, err := decodeProject(data, path)
			if err != nil {
				return nil, err
			}
			return []Project{p}, nil
		default:
			return nil, rest.Undecodable("%s: expected a list of projects, bare or under list, records or rows", path)
		}
	}
	rows, err := rest.Elements(data, path)
	if err != nil {
		return nil, err
	}
	projects := make([]Project, 0, len(rows))
	for i, row := range rows {
		p, err := decodeProject(row, path+"/"+strconv.Itoa(i))
		if err != nil {
			return nil, err
		}
		projects = append(projects, p)
	}
	return projects, nil
}

func decodeProject(raw []byte, path string) (Project, error) {
	f, err := rest.Object(raw, path)
	if err != nil {
		return Project{}, err
	}
	p := Project{ID: f.Int("id"), URL: f.Text("url"), Name: f.Text("project"), Status: Status(f.Int("statu"))}
	switch {
	case f.Err() != nil:
		return Project{}, f.Err()
	case p.ID == 0:
		return Project{}, rest.Undecodable("%s: missing or 0", f.Path("id"))
	}
	return p, nil
}
