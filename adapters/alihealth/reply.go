package alihealth

import (
	"bytes"
	"errors"
	"strconv"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

const (
	successRoot = "alibaba_health_vaccin_appointment_query_response"
	errorRoot   = "error_response"
	rowName     = "pov_appointment_record_dto"
)

// read judges a reply of any HTTP status in three layers: no envelope, so that a failed status decides; error_response;
// and the service's own success.
func (c *Client) read(r rest.Reply) (Page, error) {
	page, err := c.open(r)
	var undecodable *rest.DecodeError
	if !r.OK() && errors.As(err, &undecodable) {
		return Page{}, rest.NoEnvelope
	}
	return page, err
}

func (c *Client) open(r rest.Reply) (Page, error) {
	root, err := decode(r.Body)
	if err != nil {
		return Page{}, err
	}
	content, name, err := envelope(root)
	switch {
	case err != nil:
		return Page{}, err
	case name == errorRoot:
		return Page{}, c.platformFailure(r.Status, content)
	}
	return readResponse(content)
}

// decode gives the reply as checked JSON. What was asked for does not matter, because an error may come in the other format. A byte order
// mark belongs to XML only.
func decode(body []byte) ([]byte, error) {
	body = bytes.TrimSpace(body)
	if text := bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))); len(text) > 0 && text[0] == '<' {
		return xmlToJSON(text)
	}
	return body, rest.CheckJSON(body)
}

// envelope finds the response or the error and its name. simplify=true has no documented root, so the content without its
// root is taken too.
func envelope(root []byte) (content *rest.Fields, name string, err error) {
	f, err := rest.Object(root, "")
	if err != nil {
		return nil, "", err
	}
	switch {
	case f.Has(errorRoot):
		content, err = rest.Object(f.Raw(errorRoot), "/"+errorRoot)
		return content, errorRoot, err
	case f.Has(successRoot):
		content, err = rest.Object(f.Raw(successRoot), "/"+successRoot)
		return content, successRoot, err
	case f.Has("result"):
		return f, successRoot, nil
	case f.Has("code") && f.Has("msg"):
		return f, errorRoot, nil
	}
	return nil, "", rest.Undecodable("the reply is neither %s nor %s", successRoot, errorRoot)
}

// readResponse reads the content of the response: a page, or the service's no.
func readResponse(response *rest.Fields) (Page, error) {
	page := Page{RequestID: response.Text("request_id")}
	path := response.Path("result")
	result, err := rest.Object(response.Raw("result"), path)
	if err != nil {
		return Page{}, err
	}
	success := result.BoolPointer("success")
	code, info := result.Text("msg_code"), result.Text("msg_info")
	switch {
	case response.Err() != nil:
		return Page{}, response.Err()
	case result.Err() != nil:
		return Page{}, result.Err()
	case success == nil:
		return Page{}, rest.Undecodable("%s/success: missing", path)
	case !*success:
		return Page{}, &adapters.Error{Condition: adapters.ErrRejected, Code: code, Message: info, RequestID: page.RequestID, Err: ErrService}
	case result.Null("model"):
		return page, nil // in XML an empty page is an empty element
	}
	model, err := rest.Object(result.Raw("model"), path+"/model")
	if err != nil {
		return Page{}, err
	}
	page.Number, page.Size, page.Total = model.IntPointer("page_num"), model.IntPointer("page_size"), model.IntPointer("total")
	if err := model.Err(); err != nil {
		return Page{}, err
	}
	rows, path, err := list(model.Raw("data_list"), path+"/model/data_list")
	if err != nil {
		return Page{}, err
	}
	for i, row := range rows {
		a, err := readAppointment(row, path+"/"+strconv.Itoa(i))
		if err != nil {
			return Page{}, err
		}
		page.Appointments = append(page.Appointments, a)
	}
	return page, nil
}

// list gives the rows of a list and where they stand: an array, an array or a single row below the name of its element, or
// nothing as null, absent, "", [] or {}.
func list(raw []byte, path string) (rows [][]byte, where string, err error) {
	switch rest.Kind(raw) {
	case "absent", "null":
		return nil, path, nil
	case "string":
		if text, ok := rest.Unquote(raw); ok && text == "" {
			return nil, path, nil
		}
	case "object":
		f, err := rest.Object(raw, path)
		if err != nil {
			return nil, path, err
		}
		if len(f.Names()) == 0 {
			return nil, path, nil
		}
		if !f.Has(rowName) {
			return nil, path, rest.Undecodable("%s: expected an array, or %s in an object", path, rowName)
		}
		raw, path = f.Raw(rowName), f.Path(rowName)
		switch rest.Kind(raw) {
		case "null":
			return nil, path, nil
		case "object":
			return [][]byte{raw}, path, nil
		}
	}
	elements, err := rest.Elements(raw, path)
	if err != nil {
		return nil, path, err
	}
	for _, element := range elements {
		rows = append(rows, element)
	}
	return rows, path, nil
}
