package weixiao

import (
	"context"
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"runtime/debug"
	"strings"

	"understudy/adapters/internal/rest"
)

// Handler takes one event. Nil accepts it: only then the sender is told so, so store first (W-34). Any error makes the platform push the same
// change again. Handlers run concurrently, as many as there are requests.
type Handler func(ctx context.Context, e Event) error

// PushForm is what a push looks like when it arrives (W-35).
type PushForm int

// The push forms. A Receiver takes one of them: mount two where both arrive.
const (
	// FourFields is app_key, school_code, event and the sealed raw_data, as the platform sends them and a hub forwards them unchanged.
	FourFields PushForm = iota
	// Plaintext is the opened JSON of raw_data alone, from a hub that opens the pushes it forwards.
	//
	// Such a push names neither application nor school nor event, and nothing in it has passed through anybody's key: whoever can reach the
	// address can say anything about anybody. Let nobody but the hub reach it, by the network, by client certificates or by an
	// http.Handler in front that knows the hub, and never mount it where the platform's pushes come in.
	Plaintext
)

// ReceiverConfig is the application whose pushes are taken. AppKey, AppSecret and Handler are required; with Form Plaintext only Handler.
type ReceiverConfig struct {
	// AppKey and AppSecret are the application's; a push with another app_key is refused (W-33). They must be empty with Form Plaintext, which
	// could not check them.
	AppKey, AppSecret string
	// SchoolCode refuses the pushes of other schools. Empty takes every school's. It must be empty with Form Plaintext.
	SchoolCode string
	// Form is what a push looks like. The zero value is the four fields; read on Plaintext before choosing it.
	Form PushForm
	// Handler takes the events.
	Handler Handler
	// MaxBody bounds a push in bytes. Zero means 1 MiB.
	MaxBody int64
	// Logger gets one record per refused push: code and reason, and for a panic its type and stack. Never a body, a payload, a key or
	// the handler's error. Nil means no log.
	Logger *slog.Logger
}

// String shows nothing, because some fields are secrets.
func (ReceiverConfig) String() string { return "weixiao.ReceiverConfig{***}" }

// GoString gives what String gives.
func (c ReceiverConfig) GoString() string { return c.String() }

// LogValue gives what String gives.
func (c ReceiverConfig) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Receiver is an http.Handler for the pushes of 微校, straight from the platform or forwarded by the hub (W-35). Mount it at any path. Make
// one with NewReceiver; it is safe for concurrent use.
//
// Every answer has HTTP status 200 and a body {"code":…,"message":…} (W-31). Code 0 says that the handler took the event; every other makes
// the platform push again (W-30):
//
//	10000 the handler panicked
//	10001 not a POST
//	11001 not JSON, too large, raw_data that does not open to a JSON object or array, or the other PushForm
//	11002 an empty body
//	11003 a field missing, another application's app_key or another school
//	11006 the handler returned an error
//
// The package documentation says why a push proves little about who sent it.
type Receiver struct {
	config ReceiverConfig
	sealer sealer
	logger *slog.Logger
}

// NewReceiver checks the configuration. Its error is an *adapters.Error with adapters.ErrInvalid that names the field.
func NewReceiver(config ReceiverConfig) (*Receiver, error) {
	var s sealer
	switch {
	case config.Form < FourFields || config.Form > Plaintext:
		return nil, rest.Invalid(vendor, receivePush, "Form must be FourFields or Plaintext")
	case config.Form == Plaintext && config.AppKey+config.AppSecret+config.SchoolCode != "":
		return nil, rest.Invalid(vendor, receivePush, "AppKey, AppSecret and SchoolCode must be empty with Form Plaintext: nothing in such a push could be checked against them")
	case config.Handler == nil:
		return nil, rest.Invalid(vendor, receivePush, "Handler is nil")
	case config.MaxBody < 0:
		return nil, rest.Invalid(vendor, receivePush, "MaxBody must not be negative")
	}
	if config.Form == FourFields {
		var err error
		if s, err = newSealer(config.AppKey, config.AppSecret); err != nil {
			return nil, rest.Invalid(vendor, receivePush, "%w", err)
		}
	}
	if config.MaxBody == 0 {
		config.MaxBody = 1 << 20
	}
	logger := config.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &Receiver{config: config, sealer: s, logger: logger}, nil
}

// String shows nothing of the application.
func (Receiver) String() string { return "weixiao.Receiver" }

// GoString shows nothing of the application.
func (r Receiver) GoString() string { return r.String() }

// answer is a code of the error list with its message there; reason is for our log.
type answer struct {
	code            int
	message, reason string
}

func malformed(reason string) *answer { return &answer{11001, "参数格式校验失败", reason} }
func exception(reason string) *answer { return &answer{11003, "参数异常", reason} }

// ServeHTTP takes one push.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	event, refused := r.open(w, request)
	if refused == nil {
		refused = r.handle(request.Context(), event)
	}
	reply := answer{message: "success"}
	if refused != nil {
		reply = *refused
		r.logger.WarnContext(request.Context(), "push refused", "vendor", vendor, "operation", receivePush, "code", reply.code, "reason", reply.reason)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	fmt.Fprintf(w, `{"code":%d,"message":"%s"}`, reply.code, reply.message)
}

// open reads a push up to its event. It returns an answer for one that must not reach the handler.
func (r *Receiver) open(w http.ResponseWriter, request *http.Request) (Event, *answer) {
	if request.Method != http.MethodPost {
		return Event{}, &answer{10001, "请求方法不支持", "the method is not POST"}
	}
	if request.Body == nil {
		request.Body = http.NoBody
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, r.config.MaxBody))
	switch {
	case err != nil:
		return Event{}, malformed("the body is larger than MaxBody or broke off")
	case len(strings.TrimSpace(string(body))) == 0:
		return Event{}, &answer{11002, "body为空", "the body is empty"}
	case !isJSON(request.Header.Get("Content-Type")):
		return Event{}, malformed("the content type is not application/json in UTF-8")
	}
	if r.config.Form == Plaintext {
		return plaintext(body)
	}
	f, err := rest.ParseObject(body, "")
	if err != nil {
		return Event{}, malformed("the body is not a JSON object")
	}
	appKey, school, event, sealed := f.Text("app_key"), f.Text("school_code"), f.Text("event"), f.Text("raw_data")
	switch {
	case f.Err() != nil:
		return Event{}, malformed("a field is an object or an array")
	case appKey == "" || school == "" || event == "" || sealed == "":
		return Event{}, exception("app_key, school_code, event or raw_data is missing or empty")
	case subtle.ConstantTimeCompare([]byte(appKey), []byte(r.config.AppKey)) != 1:
		return Event{}, exception("the app_key is another application's")
	case r.config.SchoolCode != "" && school != r.config.SchoolCode:
		return Event{}, exception("the school_code is another school's")
	}
	plain, err := r.sealer.open(sealed)
	switch {
	case err != nil:
		return Event{}, malformed(err.Error())
	case !isChange(plain):
		return Event{}, malformed("raw_data does not open to a JSON object or array: check AppSecret")
	}
	return newEvent(school, EventType(event), plain), nil
}

// plaintext takes the change as it is. A sealed push is refused rather than handed on as one.
func plaintext(body []byte) (Event, *answer) {
	if !isChange(body) {
		return Event{}, malformed("the body is not a JSON object or array")
	}
	if f, err := rest.Object(body, ""); err == nil && f.Has("raw_data") && f.Has("app_key") {
		return Event{}, malformed("the push has the four fields: the receiver's Form is Plaintext")
	}
	return newEvent("", "", body), nil
}

// handle calls the handler and contains its panics, so that one bad event neither breaks the connection nor goes unanswered.
func (r *Receiver) handle(ctx context.Context, e Event) (refused *answer) {
	defer func() {
		if p := recover(); p != nil {
			// The value may quote the event; its type and the stack do not.
			r.logger.ErrorContext(ctx, "the handler panicked", "vendor", vendor, "operation", receivePush, "type", fmt.Sprintf("%T", p),
				"stack", string(debug.Stack()))
			refused = &answer{10000, "系统未知异常", "the handler panicked"}
		}
	}()
	if err := r.config.Handler(ctx, e); err != nil {
		return &answer{11006, "消费者消费异常", "the handler returned an error"}
	}
	return nil
}

// isJSON accepts application/json, with charset utf-8 or none.
func isJSON(contentType string) bool {
	media, parameters, err := mime.ParseMediaType(contentType)
	charset := parameters["charset"]
	return err == nil && media == "application/json" && (charset == "" || strings.EqualFold(charset, "utf-8"))
}
