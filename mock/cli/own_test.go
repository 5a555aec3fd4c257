package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/specs"
)

const recipeFolder = "../../specs/testdata/recipes"

// recipeCall is one call of a recipe, made by somebody else.
type recipeCall struct {
	Recipe, Operation   string
	Credentials         map[string]string
	Plain, Sealed, Body string
	Headers             map[string]string
}

func recipeCalls(t *testing.T) []recipeCall {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(recipeFolder, "vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list []recipeCall
	if err := json.Unmarshal(text, &list); err != nil || len(list) < 6 {
		t.Fatalf("%d recipes, %v", len(list), err)
	}
	return list
}

func recipeDocument(recipe string) string {
	switch recipe {
	case "aes-cbc-member":
		return "envelope"
	case "sorted-md5":
		return "pay"
	}
	return "orders"
}

func (r recipeCall) args(args ...string) []string {
	return append(args, "--spec", r.Recipe+"="+filepath.Join(recipeFolder, recipeDocument(r.Recipe)+".openapi.yaml"), "--overlay", filepath.Join(recipeFolder, r.Recipe+".yaml"))
}

func (r recipeCall) contract(t *testing.T) *specs.Contract {
	t.Helper()
	c, err := specs.Read(r.Recipe, filepath.Join(recipeFolder, recipeDocument(r.Recipe)+".openapi.yaml"), specs.ReadConfig{Overlays: []string{filepath.Join(recipeFolder, r.Recipe+".yaml")}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (r recipeCall) credentials(c *specs.Contract) mock.Credentials {
	all := mock.Credentials{}
	for _, slot := range c.Slots() {
		all[slot.Name] = mock.Credential{Text: r.Credentials[slot.Name]}
	}
	return all
}

// environ configures the credentials that the contract asks for.
func (r recipeCall) environ(t *testing.T) []string {
	t.Helper()
	var list []string
	for slot, one := range r.credentials(r.contract(t)) {
		list = append(list, variableName(r.Recipe, slot)+"="+one.Text)
	}
	return list
}

// run runs a command of this package on standard input.
func (r recipeCall) run(t *testing.T, stdin string, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, failed bytes.Buffer
	p := &program{environ: foldNames(r.environ(t), thisSystem()), stdout: &kept{w: &out}, stderr: &failed, speech: english}
	root := p.root()
	root.SetArgs(r.args(args...))
	root.SetIn(strings.NewReader(stdin))
	root.SetOut(&out)
	root.SetErr(&failed)
	if err := root.ExecuteContext(t.Context()); err != nil {
		t.Fatalf("%q: %v\n%s", args, err, &failed)
	}
	return out.String(), failed.String()
}

// TestVendorsDescribeAnyWire: cipher, mode, padding, encoding, key and iv of a seal, and what a signature is made of, in both
// languages.
func TestVendorsDescribeAnyWire(t *testing.T) {
	t.Parallel()
	english := map[string][]string{
		"aes-ecb-body":   {"the whole body of request and reply, AES/ECB, padded by PKCS#5, written as Base64, key: the text of aesKey, sent bare"},
		"aes-cbc-member": {"the part /data of request and reply, AES-256/CBC, padded by PKCS#7", "key: the MD5 of appSecret as lower-case hexadecimal text, iv: random, in front of the ciphertext", "failures are plain"},
		"aes-gcm-body":   {"AES-256/GCM, written as Base64, key: aesKey, which is Base64, nonce: random, in front of the ciphertext, sent as a JSON string"},
		"sm4-cbc-sm3": {
			"SM4/CBC, padded by PKCS#7, written in upper-case hexadecimal, key: sm4Key, which is hexadecimal, iv: sm4Iv, which is hexadecimal",
			"SM3 in lower-case hexadecimal in the header X-Signature; over the caller's id, the time, the body, appSecret, one after the other",
			"the time in the header X-Timestamp (milliseconds since 1970, within 5m)",
		},
		"sorted-md5": {
			"MD5 in upper-case hexadecimal in the body's sign; over the pairs of the body's members sorted by name as name=value&…, those without a value left out, then &key=apiKey",
			"the caller's id in the body's mch_id (mchId); a nonce in the body's nonce_str", "calls are signed in the body's sign (md5, secret apiKey)",
		},
		"hmac-gateway": {
			"HMAC-SHA256 as Base64 in the header X-Ca-Signature; over the HTTP method, the path, the time, the nonce, the body, joined by a line break; the HMAC's key is appSecret",
			"calls are signed in the header X-Ca-Signature (hmac-sha256, secret appSecret, time within 15m)",
		},
	}
	chinese := map[string]string{
		"aes-ecb-body": "整个正文，AES/ECB，PKCS#5 填充，编码为 Base64，密钥：aesKey 的文本", "aes-cbc-member": "密钥：appSecret 的 MD5（小写十六进制文本），IV：随机生成，置于密文之前",
		"aes-gcm-body": "随机数：随机生成", "sm4-cbc-sm3": "待签名串：调用方标识、时间、正文、appSecret，依次拼接", "sorted-md5": "正文字段的参数，按名称排序", "hmac-gateway": "HMAC 的密钥为 appSecret",
	}
	for _, r := range recipeCalls(t) {
		out, _ := r.run(t, "", "vendors", r.Recipe)
		if len(english[r.Recipe]) == 0 {
			t.Errorf("nothing is asked of %s", r.Recipe)
		}
		for _, want := range english[r.Recipe] {
			if !strings.Contains(out, want) {
				t.Errorf("%s: no %q in\n%s", r.Recipe, want, out)
			}
		}
		for slot := range r.credentials(r.contract(t)) {
			if !strings.Contains(out, "\n  "+slot) {
				t.Errorf("%s: the slot %s is not listed:\n%s", r.Recipe, slot, out)
			}
		}
		if out, _ = r.run(t, "", "vendors", r.Recipe, "--lang", "zh"); !strings.Contains(out, chinese[r.Recipe]) {
			t.Errorf("%s: no %q in\n%s", r.Recipe, chinese[r.Recipe], out)
		}
	}
}

// TestSealAndSignByRecipe holds the commands to what somebody else has sealed and signed.
func TestSealAndSignByRecipe(t *testing.T) {
	t.Parallel()
	compared := 0
	for _, r := range recipeCalls(t) {
		op := r.contract(t).Operations[0]
		if op.Wire.Seal != nil {
			compared++
			if out, told := r.run(t, r.Body, "unseal", r.Recipe, "--operation", r.Operation); out != r.Plain {
				t.Errorf("%s: unseal gives %q, want %q\n%s", r.Recipe, out, r.Plain, told)
			}
			sealed, told := r.run(t, r.Plain, "seal", r.Recipe, "--operation", r.Operation)
			if !strings.Contains(told, r.Operation+": as ") {
				t.Errorf("%s: it is not told where the ciphertext belongs: %q", r.Recipe, told)
			}
			if op.Wire.Seal.IV == nil || !op.Wire.Seal.IV.Prepend {
				if sealed != r.Sealed+"\n" {
					t.Errorf("%s: seal gives %q, want %q", r.Recipe, sealed, r.Sealed)
				}
			} else if out, _ := r.run(t, sealed, "unseal", r.Recipe, "--operation", r.Operation); out != r.Plain {
				t.Errorf("%s: what was sealed opens to %q", r.Recipe, out)
			}
		}
		if op.Wire.Sign == nil {
			continue
		}
		compared++
		var given, want string
		body := r.Body
		if r.Plain != "" {
			body = r.Plain // what is signed is sealed first, by the command
		}
		for name, text := range r.Headers {
			if strings.HasSuffix(name, "Signature") {
				want = text
			}
			given += name + "=" + text + "\n"
		}
		if r.Recipe == "sorted-md5" {
			want = "9A0A8659F005D6984697E2CA0A9CF3B7"
		}
		out, told := r.run(t, given+body, "sign", r.Recipe, "--operation", r.Operation)
		if out != want+"\n" || want == "" || !strings.Contains(told, "it is this one") || !strings.Contains(told, "signed with") {
			t.Errorf("%s: sign gives %q, want %q\n%s", r.Recipe, out, want, told)
		}
		out, _ = r.run(t, given+body, "sign", r.Recipe, "--operation", r.Operation, "--canonical")
		if secret := r.Credentials[op.Wire.Sign.Secret]; strings.Contains(out, secret) || strings.Count(out, "\n") < 2 {
			t.Errorf("%s: the text to sign is %q", r.Recipe, out)
		}
	}
	if compared < 7 {
		t.Errorf("%d commands were compared", compared)
	}
}

const sampledShop = `openapi: 3.0.3
info: {title: Shop, version: "1"}
servers: [{url: https://shop.example/v2}]
paths:
  /orders/{id}:
    get:
      operationId: readOrder
      security: [{basic: []}, {key: []}]
      parameters:
      - {name: id, in: path, required: true, schema: {type: integer, minimum: 7}}
      - {name: kind, in: query, required: true, schema: {type: array, minItems: 2, items: {type: string, enum: [a b, c]}}}
      - {name: X-Trace, in: header, required: true, schema: {type: string, format: uuid}}
      responses: {"200": {description: ok, content: {application/json: {schema: {type: object}}}}}
`

const sampledForm = `openapi: 3.0.3
info: {title: Form, version: "1"}
paths:
  /search:
    post:
      operationId: search
      security: [{key: []}]
      requestBody:
        required: true
        content:
          BODY
            schema:
              type: object
              required: [what, since, pages]
              properties: {what: {type: string, minLength: 6, example: "it's 笔记本"}, since: {type: string, format: date}, pages: {type: integer, minimum: 3}, id: {type: integer}}
      responses: {"200": {description: ok, content: {application/json: {schema: {type: object}}}}}
components:
  securitySchemes:
    key: {type: apiKey, in: query, name: api_key}
`

// TestPrintedSamplesOfAnyContract runs the lines that serve prints for contracts of the user's own, by curl and by ourselves.
func TestPrintedSamplesOfAnyContract(t *testing.T) {
	t.Parallel()
	shop := sampledShop + "components:\n  securitySchemes:\n    basic: {type: http, scheme: basic}\n    key: {type: apiKey, in: cookie, name: sid}\n"
	for name, text := range map[string]string{
		"shop": shop, "json": strings.Replace(sampledForm, "BODY", "application/json:", 1), "form": strings.Replace(sampledForm, "BODY", "application/x-www-form-urlencoded:", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := specs.Parse(name, name+".yaml", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			front := played(t, c, nil)
			s, ok := sampleOf(c, front, nil, func(string) bool { return true })
			if !ok {
				t.Fatal("no sample")
			}
			if status, diagnosis, body := s.send(t); status != http.StatusOK {
				t.Errorf("%s: %d %s %s", s.curl(), status, diagnosis, body)
			}
			if secret, ok := sampleOf(c, front, mock.Credentials{"key": {Text: "a-secret-of-ours"}}, func(string) bool { return false }); !ok || strings.Contains(secret.curl(), "secret-of-ours") {
				t.Errorf("a configured credential is shown, or nothing is: %s", secret.curl())
			}
			if _, err := exec.LookPath("curl"); err != nil || thisSystem() == "windows" {
				t.Skip("there is no curl, or the line is not for it")
			}
			out, err := exec.CommandContext(t.Context(), "sh", "-c", s.curl()+" -s -o /dev/null -w '%{http_code}'").Output()
			if err != nil || string(out) != "200" {
				t.Errorf("%s: %s, %v", s.curl(), out, err)
			}
		})
	}
}

// send makes the call.
func (s sample) send(t *testing.T) (status int, diagnosis string, body []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), s.method, s.url, strings.NewReader(s.body))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range s.headers {
		request.Header.Set(h[0], h[1])
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	body, err = io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply.StatusCode, reply.Header.Get("Understudy-Diagnosis"), body
}

// played serves a contract.
func played(t *testing.T, c *specs.Contract, credentials mock.Credentials) string {
	t.Helper()
	server, err := mock.New(mock.Config{Contracts: []*specs.Contract{c}, Seed: 1, Credentials: map[string]mock.Credentials{c.Vendor: credentials}})
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(server)
	t.Cleanup(front.Close)
	return front.URL
}

// TestCallLinesOfRecipes runs what serve prints for contracts whose calls no hand can write.
func TestCallLinesOfRecipes(t *testing.T) {
	t.Parallel()
	for _, r := range recipeCalls(t) {
		t.Run(r.Recipe, func(t *testing.T) {
			t.Parallel()
			c := r.contract(t)
			front := played(t, c, r.credentials(c))
			if s, ok := sampleOf(c, front, nil, func(string) bool { return true }); ok {
				t.Errorf("a sealed or signed call is offered to curl: %s", s.curl())
			}
			line, ok := callLine("understudy", c, []string{"--target", front}, "linux")
			if !ok {
				t.Fatal("no line")
			}
			var words []string
			for _, word := range strings.Fields(line)[1:] {
				words = append(words, strings.Trim(word, "'"))
			}
			_, told, err := r.try(t, words...)
			if strings.Contains(told, "diagnosis ") {
				t.Errorf("%s: %v\n%s", line, err, told)
			}
			if slices.Contains(words, "--force") {
				t.Errorf("%s is forced", line)
			}
		})
	}
}

// try is run without a demand for success.
func (r recipeCall) try(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, failed bytes.Buffer
	p := &program{environ: foldNames(r.environ(t), thisSystem()), stdout: &kept{w: &out}, stderr: &failed, speech: english}
	root := p.root()
	root.SetArgs(r.args(args...))
	root.SetOut(&out)
	root.SetErr(&failed)
	err = root.ExecuteContext(t.Context())
	return out.String(), failed.String(), err
}

// TestSampledAnswersKeepTheEnvelope: what an overlay says that a success always holds stands in the answers that are made up.
func TestSampledAnswersKeepTheEnvelope(t *testing.T) {
	t.Parallel()
	want := map[string]map[string]any{"aes-cbc-member": {"code": "0", "msg": "ok"}, "sorted-md5": {"return_code": "SUCCESS"}}
	seen := 0
	for _, r := range recipeCalls(t) {
		constants := want[r.Recipe]
		if constants == nil {
			continue
		}
		seen++
		c := r.contract(t)
		front := played(t, c, r.credentials(c))
		for range 5 {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, front+c.Operations[0].Path, strings.NewReader(r.Body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set(contentType, "application/json")
			reply, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			var got map[string]any
			err = json.NewDecoder(reply.Body).Decode(&got)
			reply.Body.Close()
			for name, v := range constants {
				if err != nil || got[name] != v {
					t.Errorf("%s: %s is %v, want %v (%v)", r.Recipe, name, got[name], v, err)
				}
			}
		}
	}
	if seen != len(want) {
		t.Errorf("%d recipes were tried", seen)
	}
}
