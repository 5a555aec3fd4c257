package eazytec

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"understudy/adapters/internal/rest"
)

// check finds what the vendor would refuse or get wrong. Its error names the field and quotes nothing.
func (m Message) check() error {
	for _, f := range []struct{ name, value string }{
		{"AppID", m.AppID}, {"AppName", m.AppName}, {"Title", m.Title}, {"Body", m.Body}, {"Sender", m.Sender},
		{"Category", string(m.Category)}, {"Level", string(m.Level)},
	} {
		if f.value == "" {
			return fmt.Errorf("%s is empty", f.name)
		}
	}
	for _, f := range []struct {
		name  string
		value Choice
	}{{"NeedPush", m.NeedPush}, {"HasAttachments", m.HasAttachments}, {"NeedReply", m.NeedReply}, {"NeedSMS", m.NeedSMS}} {
		if f.value < Unset || f.value > Yes {
			return fmt.Errorf("%s must be Unset, No or Yes", f.name)
		}
	}
	switch {
	case m.HasAttachments == Yes && len(m.Attachments) == 0:
		return errors.New("HasAttachments is Yes and there are no Attachments")
	case m.HasAttachments != Yes && len(m.Attachments) > 0:
		return errors.New("there are Attachments: set HasAttachments to Yes")
	case len(m.To) == 0:
		return errors.New("To is empty: give at least one recipient")
	}
	if err := m.From.check("From"); err != nil {
		return err
	}
	for i, p := range m.To {
		if err := p.check(fmt.Sprintf("To[%d]", i)); err != nil {
			return err
		}
	}
	for _, text := range m.texts() {
		if !utf8.ValidString(text) {
			return errors.New("a text of the message is not valid UTF-8")
		}
	}
	return nil
}

func (p Party) check(name string) error {
	switch {
	case p.UserID == "":
		return fmt.Errorf("%s.UserID is empty", name)
	case p.UserType != Government && p.UserType != Enterprise:
		return fmt.Errorf("%s.UserType must be Government or Enterprise", name)
	case p.OrgID == "":
		return fmt.Errorf("%s.OrgID is empty", name)
	}
	return nil
}

// texts gives every text of the message but those of ExtMap.
func (m Message) texts() []string {
	texts := []string{m.AppID, m.AppName, m.Title, m.Body, m.Sender, string(m.Category), string(m.Level), m.RedirectPC, m.RedirectApp}
	texts = append(append(append(append(texts, m.Recipient.OrgID), m.Recipient.ESNames...), m.Recipient.CompanyIDs...), m.Recipient.LinkmanTypes...)
	for _, a := range m.Attachments {
		texts = append(texts, a.Name, a.Path)
	}
	for _, p := range append([]Party{m.From}, m.To...) {
		texts = append(texts, p.UserID, p.OrgID, p.DeptID)
	}
	return texts
}

// extension gives the texts anywhere in ExtMap as they stand on the wire, the names of members left out.
func (m Message) extension() (texts []string) {
	var collect func(v any)
	collect = func(v any) {
		switch v := v.(type) {
		case string:
			texts = append(texts, v)
		case []any:
			for _, element := range v {
				collect(element)
			}
		case map[string]any:
			for _, member := range v {
				collect(member)
			}
		}
	}
	var wire any
	if text, err := rest.Marshal(m.ExtMap); err == nil && json.Unmarshal(text, &wire) == nil {
		collect(wire)
	}
	return texts
}

// sensitive are the texts to be masked in the vendor's words. Short ones of ASCII only would mask codes and pieces of other words.
func (m Message) sensitive() []string {
	var texts []string
	for _, text := range append(m.texts(), m.extension()...) {
		if len(text) >= 4 && !Category(text).documented() && !Level(text).documented() {
			texts = append(texts, text)
		}
	}
	return texts
}

// The body as the document prints it: three siblings under one root (E-6), needpush a number and the other flags text (E-12).
type (
	wireMessage struct {
		SendData wireData    `json:"sendData"`
		From     wireParty   `json:"from"`
		To       []wireParty `json:"to"`
	}
	wireData struct {
		AppID    string         `json:"appid"`
		AppName  string         `json:"appname"`
		Title    string         `json:"title"`
		Body     string         `json:"body"`
		ExtMap   map[string]any `json:"extMap,omitempty"`
		MsgType  int            `json:"msgtype"`
		NeedPush *int           `json:"needpush,omitempty"`
		Params   wireParams     `json:"params"`
	}
	wireParams struct {
		Sender      string `json:"sender"`
		Recipient   string `json:"recipient,omitempty"`
		HasAtt      string `json:"hasatt,omitempty"`
		AttFiles    string `json:"attfiles,omitempty"`
		MsgCategory string `json:"msgcategory"`
		MsgLevel    string `json:"msglevel"`
		NeedReply   string `json:"needreply,omitempty"`
		NeedSMS     string `json:"needsms,omitempty"`
		RedirectPC  string `json:"redirect_pc,omitempty"`
		RedirectApp string `json:"redirect_app,omitempty"`
	}
	wireParty struct {
		UserID   string          `json:"userid"`
		UserType int             `json:"usertype"`
		OrgID    string          `json:"orgid"`
		DeptID   json.RawMessage `json:"deptid,omitempty"`
	}
)

// encode writes a checked message. It fails only for an ExtMap that JSON cannot hold.
func (m Message) encode(quotes QuoteStyle, unset UnsetForm) ([]byte, error) {
	w := wireMessage{
		SendData: wireData{
			AppID: m.AppID, AppName: m.AppName, Title: m.Title, Body: m.Body, ExtMap: m.ExtMap, MsgType: m.MsgType, NeedPush: m.NeedPush.number(),
			Params: wireParams{
				Sender: m.Sender, HasAtt: m.HasAttachments.text(), MsgCategory: string(m.Category), MsgLevel: string(m.Level),
				NeedReply: m.NeedReply.text(), NeedSMS: m.NeedSMS.text(), RedirectPC: m.RedirectPC, RedirectApp: m.RedirectApp,
			},
		},
		To: make([]wireParty, len(m.To)),
	}
	var err error
	if w.From, err = m.From.wire(unset); err != nil {
		return nil, err
	}
	for i, p := range m.To {
		if w.To[i], err = p.wire(unset); err != nil {
			return nil, err
		}
	}
	if !m.Recipient.empty() {
		if w.SendData.Params.Recipient, err = jsonText(m.Recipient, quotes); err != nil {
			return nil, err
		}
	}
	if len(m.Attachments) > 0 {
		if w.SendData.Params.AttFiles, err = jsonText(m.Attachments, quotes); err != nil {
			return nil, err
		}
	}
	return rest.Marshal(w)
}

func (p Party) wire(unset UnsetForm) (wireParty, error) {
	w := wireParty{UserID: p.UserID, UserType: int(p.UserType), OrgID: p.OrgID}
	switch {
	case p.DeptID == "" && unset == Absent:
		return w, nil
	case p.DeptID == "" && unset == Null:
		w.DeptID = json.RawMessage("null")
		return w, nil
	}
	var err error
	w.DeptID, err = rest.Marshal(p.DeptID)
	return w, err
}

func (c Choice) number() *int {
	if c == Unset {
		return nil
	}
	return new(int(c - No))
}

func (c Choice) text() string {
	switch c {
	case No:
		return "0"
	case Yes:
		return "1"
	}
	return ""
}

func jsonText(v any, quotes QuoteStyle) (string, error) {
	text, err := rest.Marshal(v)
	if err != nil || quotes == DoubleQuotes {
		return string(text), err
	}
	return single(string(text)), nil
}

// single turns the quotes of valid JSON into single ones. A quotation mark inside a value becomes a \u escape: a reader that replaces all
// single quotes by double ones then gets valid JSON, and one that knows single-quoted strings gets the same value.
func single(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			b.WriteByte('\'')
		case '\'':
			b.WriteString(`\u0027`)
		case '\\':
			i++ // valid JSON has a character after every backslash
			if text[i] == '"' {
				b.WriteString(`\u0022`)
			} else {
				b.WriteString(text[i-1 : i+1])
			}
		default:
			b.WriteByte(text[i])
		}
	}
	return b.String()
}
