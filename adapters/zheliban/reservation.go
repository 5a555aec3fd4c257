package zheliban

import (
	"encoding/json"
	"log/slog"
	"strings"

	"understudy/adapters/internal/rest"
)

// Known codes. All code lists are open (Z-18, Z-42 to Z-44): other values are kept as they come.
const (
	OrderReserved  = "1" // 已预约未传输
	OrderChanged   = "2" // 改约
	OrderCancelled = "5" // 取消

	SexMale   = "1"
	SexFemale = "2"

	MarriedNo  = "1"
	MarriedYes = "2"

	CardResidentID        = "1"  // 居民身份证
	CardPassport          = "2"  // 护照
	CardTaiwanPermit      = "3"  // 台湾通行证
	CardHongKongPermit    = "4"  // 港澳通行证
	CardHouseholdRegister = "5"  // 户口簿
	CardOfficer           = "6"  // 军官证
	CardDrivingLicence    = "7"  // 驾驶证
	CardBirthCertificate  = "8"  // 出生证
	CardOther             = "99" // 其他
)

// Reservation is one check-up reservation (体检预约), a row of pullReservations. Only SerialNumber is always there (Z-52); a text that the
// vendor left out or sent as null is "". Codes are text whether they came as a string or a number (Z-40). It is personal data: its
// String and LogValue show the serial number and the order status alone.
type Reservation struct {
	RequestID    string // batch id (Z-30)
	SerialNumber string // the platform's id of the reservation
	ErhcNo       string // health-card number, opaque (Z-53)
	Name         string
	CardType     string // see CardResidentID
	IDCard       string // document number, not checked (Z-55)
	BirthDate    Day
	SexCode      string // see SexMale
	IsPregnant   *bool  // nil: not said (Z-41)
	Married      string // see MarriedNo
	Mobile       string
	HospitalCode string
	HospitalName string
	CheckDate    Day     // reserved day, may be past (Z-57)
	PackageID    string  // hospitalPackageId
	PackageName  string  // hospitalPackageName
	AddedIDs     string  // addCombinationId, a comma list kept as text (Z-54)
	AddedNames   string  // addCombinationName, a comma list kept as text (Z-54)
	Fee          Decimal // examinationFee in yuan
	OrderStatus  string  // see OrderReserved
	PayType      string  // 0 in the sample, "default 1" in the table: never interpreted (Z-46)
	DataSources  string  // source of the data, one text (Z-66)

	// Unknown holds the members that the document does not know, Raw the whole record as it came.
	Unknown map[string]json.RawMessage
	Raw     json.RawMessage
}

// AddedItemIDs splits AddedIDs at its commas. The number of ids and of names may differ: never pair them by position (Z-54).
func (r Reservation) AddedItemIDs() []string { return split(r.AddedIDs) }

// AddedItemNames splits AddedNames at its commas. A name may itself hold a comma and is then split too (Z-54).
func (r Reservation) AddedItemNames() []string { return split(r.AddedNames) }

func split(list string) []string {
	if strings.TrimSpace(list) == "" {
		return nil
	}
	parts := strings.Split(list, ",")
	for i, part := range parts {
		parts[i] = strings.TrimSpace(part)
	}
	return parts
}

// String gives the serial number and the order status, nothing personal.
func (r Reservation) String() string {
	return "reservation " + r.SerialNumber + " with order status " + r.OrderStatus
}

// GoString gives what String gives.
func (r Reservation) GoString() string { return r.String() }

// LogValue gives the serial number and the order status, nothing personal.
func (r Reservation) LogValue() slog.Value {
	return slog.GroupValue(slog.String("serialNumber", r.SerialNumber), slog.String("orderStatus", r.OrderStatus))
}

// Batch is the reservations of one requestId, or a part of them (see Client.Sync).
type Batch struct {
	// RequestID is "" when the vendor sent rows without one; they are then acknowledged one by one.
	RequestID    string
	Reservations []Reservation
}

// String gives the batch id, nothing personal.
func (b Batch) String() string { return "batch " + b.RequestID }

// GoString gives what String gives.
func (b Batch) GoString() string { return b.String() }

// LogValue gives what String gives.
func (b Batch) LogValue() slog.Value { return slog.StringValue(b.String()) }

// decodeReservation reads a row that is valid JSON in syntax only.
func decodeReservation(raw json.RawMessage, path string) (Reservation, error) {
	if err := rest.CheckJSON(raw); err != nil {
		return Reservation{}, rest.Undecodable("%s: %s", path, err)
	}
	f, err := rest.Object(raw, path)
	if err != nil {
		return Reservation{}, err
	}
	r := Reservation{Raw: raw}
	known := map[string]bool{}
	for name, to := range map[string]*string{
		"requestId": &r.RequestID, "serialNumber": &r.SerialNumber, "erhcNo": &r.ErhcNo, "name": &r.Name, "cardType": &r.CardType,
		"idcard": &r.IDCard, "sexCode": &r.SexCode, "married": &r.Married, "mobile": &r.Mobile, "hospitalCode": &r.HospitalCode,
		"hospitalName": &r.HospitalName, "hospitalPackageId": &r.PackageID, "hospitalPackageName": &r.PackageName,
		"addCombinationId": &r.AddedIDs, "addCombinationName": &r.AddedNames, "orderStatus": &r.OrderStatus, "payType": &r.PayType,
		"dataSources": &r.DataSources,
	} {
		*to, known[name] = f.Text(name), true
	}
	known["isPregnant"], known["birthdate"], known["checkDate"], known["examinationFee"] = true, true, true, true
	r.IsPregnant = f.BoolPointer("isPregnant")
	if r.BirthDate, err = readDay(f, "birthdate"); err != nil {
		return Reservation{}, err
	}
	if r.CheckDate, err = readDay(f, "checkDate"); err != nil {
		return Reservation{}, err
	}
	if r.Fee, err = readDecimal(f, "examinationFee"); err != nil {
		return Reservation{}, err
	}
	if err := f.Err(); err != nil {
		return Reservation{}, err
	}
	if r.SerialNumber == "" {
		return Reservation{}, rest.Undecodable("%s: missing or empty", f.Path("serialNumber"))
	}
	for _, name := range f.Names() {
		if !known[name] {
			if r.Unknown == nil {
				r.Unknown = map[string]json.RawMessage{}
			}
			r.Unknown[name] = f.Raw(name)
		}
	}
	return r, nil
}
