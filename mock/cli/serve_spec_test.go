package cli_test

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"understudy/mock/cli"
)

const petStore = `openapi: 3.0.3
info: {title: Pet Store, version: '1'}
servers: [{url: https://pets.example/v1}]
security: [{apiKey: []}]
paths:
  /pets:
    get:
      operationId: listPets
      summary: List the pets
      responses:
        '200':
          description: the pets
          content:
            application/json:
              schema: {type: array, items: {$ref: 'parts.yaml#/Pet'}}
              example: [{id: 1, name: EXAMPLE}]
        '401': {description: no key}
components:
  securitySchemes:
    apiKey: {type: apiKey, in: header, name: X-Key}
`

const petParts = `Pet:
  type: object
  required: [id]
  properties: {id: {type: integer}, name: {type: string}}
`

// folder puts files into a folder of its own.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		put(t, dir, name, text)
	}
	return dir
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// with calls a path with a header.
func (s *serving) with(target, name, value string) (int, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.ctx, http.MethodGet, target, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if name != "" {
		r.Header.Set(name, value)
	}
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer reply.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(reply.Body); err != nil {
		s.t.Fatal(err)
	}
	return reply.StatusCode, text.String()
}

// TestServeAContractOfOnesOwn serves it, changes it, breaks it and mends it.
func TestServeAContractOfOnesOwn(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"petstore.yaml": petStore, "parts.yaml": petParts})
	file := filepath.Join(dir, "petstore.yaml")
	s := serve(t, nil, "--spec", file, "--vendor", "none")
	text := s.out.String()
	for _, want := range []string{
		"understudy plays 1 vendor;", "petstore: ready at " + s.vendor + "/v1", "contract     1 operation of " + file + "\n",
		"credentials  any will do for apiKey, since none is configured", "X-Key: development",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not printed:\n%s", want, text)
		}
	}
	if strings.Contains(text, "zheliban") {
		t.Errorf("a bundled vendor is played:\n%s", text)
	}
	if code, body := s.with(s.vendor+"/v1/pets", "X-Key", "mine"); code != http.StatusOK || !strings.Contains(body, "EXAMPLE") {
		t.Errorf("%d %s", code, body)
	}
	if code, body := s.with(s.vendor+"/v1/pets", "", ""); code != http.StatusUnauthorized {
		t.Errorf("without a key: %d %s", code, body)
	}
	begun := time.Now()
	put(t, dir, "petstore.yaml", strings.Replace(petStore, "EXAMPLE", "CHANGED", 1))
	s.printed(`contract petstore: read again, and live: 1 operation`)
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("live after %s", took)
	}
	if code, body := s.with(s.vendor+"/v1/pets", "X-Key", "mine"); code != http.StatusOK || !strings.Contains(body, "CHANGED") {
		t.Errorf("%d %s", code, body)
	}
	put(t, dir, "petstore.yaml", "openapi: [")
	s.printed(`contract petstore: .*petstore.yaml.*; the last good contract stays in force`)
	if code, body := s.with(s.vendor+"/v1/pets", "X-Key", "mine"); code != http.StatusOK || !strings.Contains(body, "CHANGED") {
		t.Errorf("%d %s", code, body)
	}
	put(t, dir, "petstore.yaml", strings.Replace(petStore, "EXAMPLE", "MENDED", 1))
	s.printed(`contract petstore: good again, and live`)
	if code, body := s.with(s.vendor+"/v1/pets", "X-Key", "mine"); code != http.StatusOK || !strings.Contains(body, "MENDED") {
		t.Errorf("%d %s", code, body)
	}
	put(t, dir, "parts.yaml", strings.Replace(petParts, "name: {type: string}", "name: {type: integer}", 1))
	s.printed(`contract petstore: read again, and live: 1 operation`)
	s.printed(`contract petstore: \S+petstore.yaml:\d+: .*example`)
	if code := s.end(); code != 0 {
		t.Errorf("exit code %d: %s", code, s.err)
	}
}

// TestServeDynamic makes values where there are examples.
func TestServeDynamic(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"petstore.yaml": petStore, "parts.yaml": petParts})
	s := serve(t, []string{"UNDERSTUDY_SPECS=" + filepath.Join(dir, "petstore.yaml")}, "--vendor", "none", "--dynamic")
	if code, body := s.with(s.vendor+"/v1/pets", "X-Key", "mine"); code != http.StatusOK || strings.Contains(body, "EXAMPLE") {
		t.Errorf("%d %s", code, body)
	}
}

// TestServeKeepsStateOverAChange adds a contract to those that are played.
func TestServeKeepsStateOverAChange(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"petstore.yaml": petStore, "parts.yaml": petParts})
	s := serve(t, nil, "--spec", dir)
	if !strings.Contains(s.out.String(), "understudy plays 6 vendors") {
		t.Errorf("the bundled vendors are not played:\n%s", s.out)
	}
	if _, err := http.PostForm(s.vendor+"/wx/push/addPushProject", map[string][]string{"project": {"kept"}, "url": {"http://127.0.0.1:9/a"}}); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "second.yaml", strings.ReplaceAll(petStore, "Pet Store", "Second"))
	s.printed(`contract second: joined, and live: 1 operation`)
	if _, body := s.with(s.vendor+"/wx/push/queryPushProject", "", ""); !strings.Contains(body, "kept") {
		t.Errorf("the project is lost: %s", body)
	}
	// Two contracts have the same paths now: one of them has a prefix.
	if code, body := s.with(s.vendor+"/second/v1/pets", "X-Key", "mine"); code != http.StatusOK {
		t.Errorf("%d %s", code, body)
	}
	if code, _ := s.get(s.control+"/vendors", ""); code != http.StatusOK {
		t.Errorf("the control listener answers %d", code)
	}
}

// TestServeTellsCollisions gives two contracts with the same paths.
func TestServeTellsCollisions(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"a.yaml": petStore, "b.yaml": petStore, "parts.yaml": petParts})
	s := serve(t, nil, "--spec", filepath.Join(dir, "a.yaml"), "--spec", "other="+filepath.Join(dir, "b.yaml"), "--vendor", "none")
	found := regexp.MustCompile(`other: ready at (\S+)`).FindStringSubmatch(s.out.String())
	if found == nil || !strings.HasSuffix(found[1], "/other/v1") || !strings.Contains(s.out.String(), "since another contract has paths of this one") {
		t.Fatalf("no prefix is told:\n%s", s.out)
	}
	for _, base := range []string{found[1], s.vendor + "/v1"} {
		if code, body := s.with(base+"/pets", "X-Key", "mine"); code != http.StatusOK {
			t.Errorf("%s: %d %s", base, code, body)
		}
	}
}

// TestServeTakesTheBundledOnesPlace reads another document for one of the bundled vendors.
func TestServeTakesTheBundledOnesPlace(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"own.yaml": petStore, "parts.yaml": petParts})
	s := serve(t, []string{"UNDERSTUDY_WEIXIAO_APPKEY=0123456789ABCDEF"}, "--spec", "weixiao="+filepath.Join(dir, "own.yaml"))
	if text := s.out.String(); !strings.Contains(text, "understudy plays 5 vendors") || !strings.Contains(text, "; in the place of the bundled vendor\n") {
		t.Errorf("it is not told:\n%s", text)
	}
	if code, body := s.with(s.vendor+"/v1/pets", "X-Key", "mine"); code != http.StatusOK {
		t.Errorf("%d %s", code, body)
	}
}

// TestConfiguredSchemes holds callers to the credentials that are configured.
func TestConfiguredSchemes(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"petstore.yaml": petStore, "parts.yaml": petParts, "understudy.yaml": "specs: [petstore.yaml]\nvendors: {petstore: {apiKey: hush-hush}}\n"})
	s := serve(t, nil, "--config", filepath.Join(dir, "understudy.yaml"))
	if strings.Contains(s.out.String(), "hush") {
		t.Errorf("a secret is printed:\n%s", s.out)
	}
	for key, want := range map[string]int{"hush-hush": http.StatusOK, "another": http.StatusUnauthorized} {
		if code, body := s.with(s.vendor+"/v1/pets", "X-Key", key); code != want {
			t.Errorf("%s: %d %s", key, code, body)
		}
	}
	var out, failed bytes.Buffer
	code := cli.Run(context.Background(), []string{"call", "petstore", "listPets", "--config", filepath.Join(dir, "understudy.yaml"), "--target", s.vendor + "/v1"}, nil, &out, &failed)
	if code != 0 || !strings.Contains(out.String(), "EXAMPLE") || strings.Contains(failed.String(), "hush") {
		t.Errorf("call ends with %d: %s%s", code, &out, &failed)
	}
}

// TestSecretsOfAChangeAreRandom: beyond loopback nothing has a value that anybody can know, and what came later is told.
func TestSecretsOfAChangeAreRandom(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"petstore.yaml": petStore, "parts.yaml": petParts})
	s := serve(t, nil, "--spec", filepath.Join(dir, "petstore.yaml"), "--vendor", "none", "--listen", "0.0.0.0:0")
	if text := s.out.String(); !strings.Contains(text, "any will do for apiKey") {
		t.Errorf("printed is\n%s", text)
	}
	put(t, dir, "petstore.yaml", strings.Replace(petStore, "openapi: 3.0.3", "openapi: 3.0.3\nx-understudy: 1\nx-wire: {auth: {security: apiKey, token: listed, slot: keys}}", 1))
	s.printed(`petstore\.keys: [0-9A-Za-z]{32} \(random, for this run\)`)
}
