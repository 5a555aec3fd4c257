package eazytec

// Choice answers yes or no, or leaves the field out.
type Choice int

// The choices.
const (
	// Unset leaves the field out; what that means is the vendor's affair.
	Unset Choice = iota
	// No is 0.
	No
	// Yes is 1.
	Yes
)

// Category is a msgcategory (消息类型). Other texts are sent as they are, with a warning in the log (E-7).
type Category string

// The documented categories.
const (
	PublicNotice  = Category("公共公示")
	NewsNotice    = Category("新闻通知")
	PolicyNotice  = Category("政策公示")
	MeetingNotice = Category("会议通知")
)

func (c Category) documented() bool {
	return c == PublicNotice || c == NewsNotice || c == PolicyNotice || c == MeetingNotice
}

// Level is a msglevel (消息级别). Other texts are sent as they are, with a warning in the log (E-8).
type Level string

// The documented levels.
const (
	Urgent    = Level("紧急")
	Important = Level("重要")
	Ordinary  = Level("普通")
)

func (l Level) documented() bool { return l == Urgent || l == Important || l == Ordinary }

// UserType is a usertype (用户分类).
type UserType int

// The user types, a closed set here (E-18).
const (
	// Government is 政府.
	Government UserType = 1
	// Enterprise is 企业.
	Enterprise UserType = 2
)

// Message is one government–enterprise message (政企消息). Fields are required unless they say otherwise; an empty text counts as missing
// (E-36), and optional fields that are empty are not sent (E-17; Config.UnsetDeptID has an exception). No length limits are documented (E-31).
type Message struct {
	// AppID is the clientID applied for, AppName the application's name.
	AppID, AppName string
	// Title is sent unchanged (E-37).
	Title string
	// Body is HTML, sent unchanged: nothing of it is escaped (E-15).
	Body string
	// ExtMap is an extension object (E-14). Optional.
	ExtMap map[string]any
	// MsgType is 0 for a government–enterprise message, the only documented one (E-13).
	MsgType int
	// NeedPush asks for a push to mobiles (推送移动端). Optional.
	NeedPush Choice

	// Sender is the sender's name, only shown.
	Sender string
	// Recipient is what the inbox shows as recipients; To decides who gets the message. Optional.
	Recipient Recipient
	// HasAttachments must be Yes when there are Attachments, and No or Unset when there are none (E-29).
	HasAttachments Choice
	// Attachments are files put somewhere before; how is not documented (E-27). Optional.
	Attachments []Attachment
	// Category and Level are open texts with documented constants.
	Category Category
	Level    Level
	// NeedReply asks for a reply, NeedSMS for an SMS, which costs money (E-32). Optional.
	NeedReply, NeedSMS Choice
	// RedirectPC and RedirectApp say where the message leads to on a PC and in the app: free text (E-11). Optional.
	RedirectPC, RedirectApp string

	// From is the sender, To the recipients, at least one (E-16).
	From Party
	To   []Party
}

// Recipient is the recipient field, written as JSON text (E-9). The names on the wire are as printed, linkmenTypeList included (E-34).
type Recipient struct {
	// OrgID is a government baseid.
	OrgID string `json:"orgId,omitempty"`
	// ESNames are names of labels (标签esName).
	ESNames []string `json:"esNameList,omitempty"`
	// CompanyIDs are baseids of enterprises.
	CompanyIDs []string `json:"companyIdList,omitempty"`
	// LinkmanTypes are classes of contacts (联系人分类).
	LinkmanTypes []string `json:"linkmenTypeList,omitempty"`
}

func (r Recipient) empty() bool {
	return r.OrgID == "" && len(r.ESNames)+len(r.CompanyIDs)+len(r.LinkmanTypes) == 0
}

// Attachment is one of the attfiles, which are written as JSON text (E-9).
type Attachment struct {
	// Name is what people see.
	Name string `json:"name"`
	// Path is free text; the document's sample looks like an address without a scheme (E-27).
	Path string `json:"path"`
}

// Party is a person in an organization.
type Party struct {
	UserID string
	// UserType is Government or Enterprise.
	UserType UserType
	// OrgID is by the usual reading the labelid of an office or the baseid of an enterprise; it is not checked (E-19).
	OrgID string
	// DeptID is optional; Config.UnsetDeptID says how an empty one is written.
	DeptID string
}
