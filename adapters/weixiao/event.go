package weixiao

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"time"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

// Event is one received change. The typed views User, Organization and UsableRange read the published shapes of the payload (W-29); the
// payload itself is always there.
type Event struct {
	// SchoolCode is the school (学校主体代码), "" in a Plaintext push, which does not tell.
	SchoolCode string
	// Type says what changed. It may be one that is not among the constants, and is "" in a Plaintext push.
	Type EventType
	// Payload is the opened JSON object or array, byte for byte.
	Payload json.RawMessage
	// Key tells a push from others: school code, event type and SHA-256 of the payload. A change is pushed again until it is accepted and
	// carries no id, so whoever must not handle it twice remembers the keys for a while (W-32). The same change made again later has the
	// same key when its payload is the same to the byte, updated_at included.
	Key string
}

func newEvent(schoolCode string, event EventType, payload []byte) Event {
	digest := sha256.Sum256(payload)
	return Event{
		SchoolCode: schoolCode, Type: event, Payload: payload,
		Key: url.PathEscape(schoolCode) + "/" + url.PathEscape(string(event)) + "/" + hex.EncodeToString(digest[:]),
	}
}

// String shows type and key alone, because the payload holds personal data.
func (e Event) String() string { return "weixiao.Event{" + string(e.Type) + " " + e.Key + "}" }

// GoString gives what String gives.
func (e Event) GoString() string { return e.String() }

// LogValue gives what String gives.
func (e Event) LogValue() slog.Value { return slog.StringValue(e.String()) }

// User is a person of the school, as in addUser, updateUser and deleteUser. Absent, null and empty are alike here; where an update must
// tell them apart, look into Event.Payload.
type User struct {
	// CardNumber (学工号) is the person's key, up to 32 characters.
	CardNumber, Name string
	// IdentityType is nil when absent.
	IdentityType *int64
	// IdentityTitle names the identity type.
	IdentityTitle                     string
	Grade, College, Profession, Class string
	// Gender is 0 unknown, 1 male, 2 female, nil when absent.
	Gender *int64
	// Organizations and Roles are ids.
	Organizations, Roles                   []int64
	Campus, DormNumber                     string
	PhysicalChipNumber, PhysicalCardNumber string
	Nation, OriginPlace, GraduatedSchool   string
	// Birthday is yyyyMMdd.
	Birthday                                    string
	Address, ContactPerson, ContactPhone, Email string
	// UpdatedAt is to the second in UTC+8, zero when absent.
	UpdatedAt time.Time
}

// String shows nothing, because it is a person.
func (User) String() string { return "weixiao.User{***}" }

// GoString gives what String gives.
func (u User) GoString() string { return u.String() }

// LogValue gives what String gives.
func (u User) LogValue() slog.Value { return slog.StringValue(u.String()) }

// Organization is an organization of the school, as in addOrg, updateOrg and deleteOrg.
type Organization struct {
	ID   int64
	Name string
	// ParentID is 0 at the top. The published table says number and its sample "0"; both are read.
	ParentID int64
	// UpdatedAt is to the second in UTC+8, zero when absent.
	UpdatedAt time.Time
}

// UsableRange says whom something is open to, as in addUsableRange, updateUsableRange and deleteUsableRange.
type UsableRange struct {
	SchoolCode string
	// Identity, Org, Tag, Role and User are the parts of auth_info as they came; their types are not published. Nil when absent.
	Identity, Org, Tag, Role, User json.RawMessage
	// UpdatedAt is to the second in UTC+8, zero when absent.
	UpdatedAt time.Time
}

// String shows nothing, because it may list people.
func (UsableRange) String() string { return "weixiao.UsableRange{***}" }

// GoString gives what String gives.
func (r UsableRange) GoString() string { return r.String() }

// LogValue gives what String gives.
func (r UsableRange) LogValue() slog.Value { return slog.StringValue(r.String()) }

// User reads the payload of a user event, or of a push that does not tell its type.
//
// Errors: adapters.ErrInvalid for an event of another kind; adapters.ErrDecode naming the member that does not fit.
func (e Event) User() (User, error) {
	f, err := e.fields(AddUser, UpdateUser, DeleteUser)
	if err != nil {
		return User{}, err
	}
	var misfit error
	u := User{
		CardNumber: f.Text("card_number"), Name: f.Text("name"), IdentityType: f.IntPointer("identity_type"), IdentityTitle: f.Text("identity_title"),
		Grade: f.Text("grade"), College: f.Text("college"), Profession: f.Text("profession"), Class: f.Text("class"), Gender: f.IntPointer("gender"),
		Organizations: ids(f, "organization", &misfit), Roles: ids(f, "role", &misfit),
		Campus: f.Text("campus"), DormNumber: f.Text("dorm_number"),
		PhysicalChipNumber: f.Text("physical_chip_number"), PhysicalCardNumber: f.Text("physical_card_number"),
		Nation: f.Text("nation"), OriginPlace: f.Text("origin_place"), GraduatedSchool: f.Text("graduated_school"), Birthday: f.Text("birthday"),
		Address: f.Text("address"), ContactPerson: f.Text("contact_person"), ContactPhone: f.Text("contact_phone"), Email: f.Text("email"),
		UpdatedAt: instant(f, "updated_at", &misfit),
	}
	if err := unfit(f, misfit); err != nil {
		return User{}, err
	}
	return u, nil
}

// Organization reads the payload of an organization event, or of a push that does not tell its type. Errors are those of User.
func (e Event) Organization() (Organization, error) {
	f, err := e.fields(AddOrg, UpdateOrg, DeleteOrg)
	if err != nil {
		return Organization{}, err
	}
	var misfit error
	o := Organization{ID: f.Int("id"), Name: f.Text("name"), ParentID: f.Int("parent_id"), UpdatedAt: instant(f, "updated_at", &misfit)}
	if err := unfit(f, misfit); err != nil {
		return Organization{}, err
	}
	return o, nil
}

// UsableRange reads the payload of a usable-range event, or of a push that does not tell its type. Errors are those of User.
func (e Event) UsableRange() (UsableRange, error) {
	f, err := e.fields(AddUsableRange, UpdateUsableRange, DeleteUsableRange)
	if err != nil {
		return UsableRange{}, err
	}
	var misfit error
	r := UsableRange{SchoolCode: f.Text("school_code"), UpdatedAt: instant(f, "updated_at", &misfit)}
	if !f.Null("auth_info") {
		auth, err := rest.Object(f.Raw("auth_info"), f.Path("auth_info"))
		if err != nil {
			return UsableRange{}, undecodable(err)
		}
		r.Identity, r.Org, r.Tag = part(auth, "auth_identity"), part(auth, "auth_org"), part(auth, "auth_tag")
		r.Role, r.User = part(auth, "auth_role"), part(auth, "auth_user")
	}
	if err := unfit(f, misfit); err != nil {
		return UsableRange{}, err
	}
	return r, nil
}

// fields opens the payload of an event of one of the given types, or of none.
func (e Event) fields(types ...EventType) (*rest.Fields, error) {
	for _, t := range types {
		if e.Type == t || e.Type == "" {
			f, err := rest.ParseObject(e.Payload, "/raw_data")
			if err != nil {
				return nil, undecodable(err)
			}
			return f, nil
		}
	}
	return nil, rest.Invalid(vendor, receivePush, "the event is of another kind: this view is for %s, %s and %s", types[0], types[1], types[2])
}

func undecodable(err error) error {
	return &adapters.Error{Vendor: vendor, Operation: receivePush, Condition: adapters.ErrDecode, Fault: adapters.FaultVendor, Err: err}
}

func unfit(f *rest.Fields, misfit error) error {
	if f.Err() != nil {
		misfit = f.Err()
	}
	if misfit == nil {
		return nil
	}
	return undecodable(misfit)
}

func part(f *rest.Fields, name string) json.RawMessage {
	if f.Null(name) {
		return nil
	}
	return f.Raw(name)
}

// ids reads a list of whole numbers, quoted or not, or a single one.
func ids(f *rest.Fields, name string, misfit *error) []int64 {
	switch rest.Kind(f.Raw(name)) {
	case "absent", "null":
		return nil
	case "array":
	default:
		if id := f.IntPointer(name); id != nil {
			return []int64{*id}
		}
		return nil
	}
	rows, err := rest.Elements(f.Raw(name), f.Path(name))
	if err != nil {
		*misfit = err
		return nil
	}
	list := make([]int64, 0, len(rows))
	for i, row := range rows {
		text, quoted := rest.Unquote(row)
		if !quoted {
			text = strings.TrimSpace(string(row))
		}
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			*misfit = rest.Undecodable("%s/%d: expected a whole number of at most 64 bits, got %s", f.Path(name), i, rest.Kind(row))
			return nil
		}
		list = append(list, id)
	}
	return list
}

// instant reads yyyy-MM-dd HH:mm:ss in UTC+8.
func instant(f *rest.Fields, name string, misfit *error) time.Time {
	text := f.Text(name)
	if text == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(time.DateTime, text, rest.Beijing())
	if err != nil {
		*misfit = rest.Undecodable("%s: expected yyyy-MM-dd HH:mm:ss", f.Path(name))
	}
	return t
}
