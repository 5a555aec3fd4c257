package e2e_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/labstack/echo/v4"
)

const (
	benchAESKey    = "development-key!"
	benchJWTSecret = "a secret of the handler that was written by hand"
)

// benchPull is 浙里办's pull as one writes it by hand, and well: Echo, pooled buffers, a cipher made once, the token
// verified, the body opened and decoded, the rows that nobody has acknowledged put together under a new id, which is
// remembered for the acknowledgement, marshalled from structs and sealed in place.
type benchPull struct {
	block  cipher.Block
	parser *jwt.Parser
	pool   sync.Pool

	mu           sync.Mutex
	rows         []benchReservation
	acknowledged map[string]bool
	batches      [100]benchBatch
	next         int
}

type benchBatch struct {
	id      string
	serials []string
}

type benchReservation struct {
	RequestID           string  `json:"requestId"`
	SerialNumber        string  `json:"serialNumber"`
	ErhcNo              string  `json:"erhcNo"`
	Name                string  `json:"name"`
	CardType            int     `json:"cardType"`
	IDCard              string  `json:"idcard"`
	Birthdate           string  `json:"birthdate"`
	SexCode             int     `json:"sexCode"`
	IsPregnant          bool    `json:"isPregnant"`
	Married             int     `json:"married"`
	Mobile              string  `json:"mobile"`
	HospitalCode        string  `json:"hospitalCode"`
	HospitalName        string  `json:"hospitalName"`
	CheckDate           string  `json:"checkDate"`
	HospitalPackageID   string  `json:"hospitalPackageId"`
	HospitalPackageName string  `json:"hospitalPackageName"`
	AddCombinationID    string  `json:"addCombinationId"`
	AddCombinationName  string  `json:"addCombinationName"`
	ExaminationFee      float64 `json:"examinationFee"`
	OrderStatus         int     `json:"orderStatus"`
	PayType             int     `json:"payType"`
	DataSources         string  `json:"dataSources"`
}

type benchPullReply struct {
	Code      int                `json:"code"`
	Message   string             `json:"message"`
	Success   bool               `json:"success"`
	Result    []benchReservation `json:"result"`
	Timestamp int64              `json:"timestamp"`
}

func newBenchPull(rows json.RawMessage) http.Handler {
	block, err := aes.NewCipher([]byte(benchAESKey))
	if err != nil {
		panic(err)
	}
	h := &benchPull{
		block: block, acknowledged: map[string]bool{},
		parser: jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}), jwt.WithIssuer("ywjk"), jwt.WithAudience("100735"), jwt.WithExpirationRequired()),
		pool:   sync.Pool{New: func() any { return &bytes.Buffer{} }},
	}
	if err := json.Unmarshal(rows, &h.rows); err != nil {
		panic(err)
	}
	e := echo.New()
	e.POST("/reservation/sync/order", h.pull)
	return e
}

// benchPullToken is a token that the handler takes.
func benchPullToken(now time.Time) string {
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.RegisteredClaims{
		Issuer: "ywjk", Audience: jwt.ClaimStrings{"100735"}, Subject: "0123456789abcdef0123456789abcdef",
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(24 * time.Hour)),
	}).SignedString([]byte(benchJWTSecret))
	if err != nil {
		panic(err)
	}
	return token
}

func (h *benchPull) pull(c echo.Context) error {
	var claims jwt.RegisteredClaims
	if _, err := h.parser.ParseWithClaims(c.Request().Header.Get("ACCESS-TOKEN"), &claims, benchJWTKey); err != nil {
		return h.answer(c, &benchPullReply{Code: 401, Message: "token无效或已过期", Timestamp: time.Now().UnixMilli()})
	}
	if err := h.read(c.Request().Body); err != nil {
		return h.answer(c, &benchPullReply{Code: 50002, Message: "数据有误", Timestamp: time.Now().UnixMilli()})
	}
	var id [16]byte
	if _, err := rand.Read(id[:]); err != nil {
		return err
	}
	reply := benchPullReply{Code: 200, Message: "操作成功", Success: true, Timestamp: time.Now().UnixMilli()}
	reply.Result = h.batch(hex.EncodeToString(id[:]))
	return h.answer(c, &reply)
}

func benchJWTKey(*jwt.Token) (any, error) { return []byte(benchJWTSecret), nil }

// read opens the body, which is an object or nothing.
func (h *benchPull) read(body io.Reader) error {
	in := h.pool.Get().(*bytes.Buffer)
	defer h.pool.Put(in)
	in.Reset()
	if _, err := in.ReadFrom(io.LimitReader(body, 1<<20)); err != nil {
		return err
	}
	if in.Len() == 0 {
		return nil
	}
	text := in.Bytes()
	n, err := base64.StdEncoding.Decode(text, text)
	if err != nil {
		return err
	}
	if text, err = benchUnseal(h.block, text[:n]); err != nil {
		return err
	}
	var nothing struct{}
	return json.Unmarshal(text, &nothing)
}

// batch copies the rows that are to be pulled and remembers them under their id.
func (h *benchPull) batch(id string) []benchReservation {
	h.mu.Lock()
	defer h.mu.Unlock()
	list, serials := make([]benchReservation, 0, len(h.rows)), make([]string, 0, len(h.rows))
	for i := range h.rows {
		if row := h.rows[i]; !h.acknowledged[row.SerialNumber] {
			row.RequestID = id
			list, serials = append(list, row), append(serials, row.SerialNumber)
		}
	}
	h.batches[h.next%len(h.batches)] = benchBatch{id, serials}
	h.next++
	return list
}

// answer seals a reply.
func (h *benchPull) answer(c echo.Context, reply *benchPullReply) error {
	plain, sealed := h.pool.Get().(*bytes.Buffer), h.pool.Get().(*bytes.Buffer)
	defer h.pool.Put(plain)
	defer h.pool.Put(sealed)
	plain.Reset()
	if err := json.NewEncoder(plain).Encode(reply); err != nil {
		return err
	}
	plain.Truncate(plain.Len() - 1) // the encoder's line feed
	sealed.Reset()
	size := base64.StdEncoding.EncodedLen(plain.Len() + aes.BlockSize - plain.Len()%aes.BlockSize)
	sealed.Grow(size)
	text := sealed.AvailableBuffer()[:size]
	base64.StdEncoding.Encode(text, benchSeal(h.block, plain))
	c.Response().Header().Set("Content-Length", strconv.Itoa(size))
	return c.Blob(http.StatusOK, "text/plain;charset=UTF-8", text)
}

// benchSeal pads and enciphers a buffer in place.
func benchSeal(block cipher.Block, text *bytes.Buffer) []byte {
	n := aes.BlockSize - text.Len()%aes.BlockSize
	for range n {
		text.WriteByte(byte(n))
	}
	all := text.Bytes()
	for i := 0; i < len(all); i += aes.BlockSize {
		block.Encrypt(all[i:i+aes.BlockSize], all[i:i+aes.BlockSize])
	}
	return all
}

// benchUnseal deciphers in place.
func benchUnseal(block cipher.Block, text []byte) ([]byte, error) {
	if len(text) == 0 || len(text)%aes.BlockSize != 0 {
		return nil, errors.New("no whole blocks")
	}
	for i := 0; i < len(text); i += aes.BlockSize {
		block.Decrypt(text[i:i+aes.BlockSize], text[i:i+aes.BlockSize])
	}
	n := int(text[len(text)-1])
	if n == 0 || n > aes.BlockSize || !bytes.Equal(text[len(text)-n:], bytes.Repeat([]byte{byte(n)}, n)) {
		return nil, errors.New("no padding")
	}
	return text[:len(text)-n], nil
}

// benchSealed and benchOpened are the client's side.
func benchSealed(text string) string {
	block, err := aes.NewCipher([]byte(benchAESKey))
	if err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(benchSeal(block, bytes.NewBufferString(text)))
}

func benchOpened(t testing.TB, sealed []byte) []byte {
	t.Helper()
	block, err := aes.NewCipher([]byte(benchAESKey))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.StdEncoding.DecodeString(string(sealed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := benchUnseal(block, raw)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
