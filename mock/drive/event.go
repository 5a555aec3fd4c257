package drive

import (
	"maps"
	"time"

	"understudy/mock/internal/value"
)

// Event is one change that a vendor's platform pushes to a receiver of its caller's: a call in the other direction.
type Event struct {
	Name string
	// Operation is the one whose request the push is.
	Operation string
	// Values are an example of its fields (see [Client.Set]), made up, without the credentials.
	Values map[string]any
	// Payload is the field among them that holds the change itself.
	Payload string
}

// Events lists what the contract's vendor pushes, each with an example that is fresh on each call; none for a vendor that
// pushes nothing. Which events there are stands in the contract in prose only (W-28), their shapes in public pages (W-29).
func (c *Client) Events() []Event {
	var list []Event
	now := c.now().In(value.China()).Format(time.DateTime)
	for _, one := range pushed(now) {
		if one.vendor != c.contract.Vendor {
			continue
		}
		if _, ok := c.contract.Operation(one.operation); !ok {
			continue
		}
		values := maps.Clone(one.fixed)
		values[one.nameField], values[one.payloadField] = one.name, exact(one.payload)
		list = append(list, Event{Name: one.name, Operation: one.operation, Values: values, Payload: one.payloadField})
	}
	return list
}

type push struct {
	vendor, operation, name string
	nameField, payloadField string
	fixed, payload          map[string]any
}

// pushed are the events of all vendors.
func pushed(now string) []push {
	type record = map[string]any
	person := func(more record) record {
		p := record{
			"card_number": "20260001", "name": "测试甲", "identity_type": 1, "identity_title": "学生", "grade": "2026", "college": "测试学院",
			"profession": "测试专业", "class": "一班", "gender": 2, "organization": []any{1001}, "role": []any{1}, "updated_at": now,
		}
		maps.Copy(p, more)
		return p
	}
	organization := record{"id": 1001, "name": "测试学院", "parent_id": "0", "updated_at": now}
	reach := record{
		"school_code": "1000000001", "updated_at": now,
		"auth_info": record{"auth_identity": []any{1}, "auth_org": []any{1001}, "auth_tag": []any{}, "auth_role": []any{}, "auth_user": []any{}},
	}
	var list []push
	for _, e := range []struct {
		name    string
		payload record
	}{
		{"addUser", person(nil)},
		{"updateUser", person(record{"name": "测试乙"})},
		{"deleteUser", record{"card_number": "20260001", "updated_at": now}},
		{"addOrg", organization},
		{"updateOrg", record{"id": 1001, "name": "测试学院（新）", "parent_id": "0", "updated_at": now}},
		{"deleteOrg", record{"id": 1001, "updated_at": now}},
		{"addUsableRange", reach},
		{"updateUsableRange", reach},
		{"deleteUsableRange", record{"school_code": "1000000001", "updated_at": now}},
	} {
		list = append(list, push{
			vendor: "weixiao", operation: "receivePush", name: e.name, nameField: "event", payloadField: "raw_data",
			fixed: record{"school_code": "1000000001"}, payload: e.payload,
		})
	}
	return list
}
