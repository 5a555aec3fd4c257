package check_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"understudy/mock/internal/schema"
	"understudy/specs"
)

// shelf is a small server of the contract in testdata/books.yaml, written without the simulator. With a bug it does one
// thing wrong.
type shelf struct {
	bug string
	set *schema.Set

	mu    sync.Mutex
	next  int64
	order []int64
	books map[int64]map[string]any
	gone  map[int64]bool // with a bug they stay on the shelf
}

// variantPages is no bug: a server may have a bound of its own on the size of pages.
const variantPages = "pages of at most seven"

const shelfKey = "key-of-the-shelf-42"

func newShelf(c *specs.Contract, bug string) *shelf {
	s := &shelf{bug: bug, set: schema.NewSet(c), next: 100, books: map[int64]map[string]any{}, gone: map[int64]bool{}}
	for i := range 7 {
		s.put(map[string]any{
			"title": fmt.Sprintf("Volume %d", i+1), "isbn": fmt.Sprintf("978-7-100-0000%d-X", i), "binding": []string{"paper", "cloth", "leather"}[i%3],
			"pages": json.Number(strconv.Itoa(100 + i)), "price": json.Number("9.99"),
		})
	}
	return s
}

func (s *shelf) put(book map[string]any) map[string]any {
	id := s.next
	if s.bug != "one key for all" || id < 108 {
		s.next++
	}
	if taken, ok := book["id"].(json.Number); ok && s.bug == "readOnly accepted" {
		id, _ = taken.Int64()
	}
	book["id"] = json.Number(strconv.FormatInt(id, 10))
	if _, known := s.books[id]; !known {
		s.order = append(s.order, id)
	}
	s.books[id] = book
	return book
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path, below := strings.CutPrefix(r.URL.Path, "/v1")
	key := r.Header.Get("X-Api-Key")
	open := s.bug == "no authentication" || key != "" && s.bug == "any token accepted" || r.Method == http.MethodDelete && s.bug == "deletion without a key" ||
		len(key) > 8 && strings.HasPrefix(shelfKey, key) && s.bug == "beginning of the key accepted"
	switch {
	case !below:
		http.NotFound(w, r)
	case key != shelfKey && !open && s.bug == "secret echoed":
		s.fail(w, 401, "not "+shelfKey, "")
	case key != shelfKey && !open && s.bug == "HTML error page":
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(401)
		_, _ = io.WriteString(w, "<!DOCTYPE html><html><body>Sign in</body></html>")
	case key != shelfKey && !open && s.bug == "success in place of an error":
		s.send(w, 200, map[string]any{"error": "no key"})
	case key != shelfKey && !open:
		s.fail(w, 401, "no key", "")
	case path == "/books":
		s.collection(w, r)
	case path == "/search":
		s.search(w, r)
	case strings.HasPrefix(path, "/books/"):
		s.book(w, r, strings.TrimPrefix(path, "/books/"))
	default:
		http.NotFound(w, r)
	}
}

func (s *shelf) fail(w http.ResponseWriter, status int, text, field string) {
	problem := map[string]any{"error": text}
	if field != "" {
		problem["field"] = field
	}
	switch {
	case s.bug == "wrong error form":
		problem = map[string]any{"message": text}
	case s.bug == "stack trace" && status == 422:
		problem["error"] = "panic: " + text + "\ngoroutine 7 [running]:\nmain.go:12"
	case s.bug == "stack within a text" && status == 422:
		problem["error"] = text + "\n\tat com.example.Shelf.find(Shelf.java:42)"
	case s.bug == "server error on bad input" && status == 422:
		status = 500
	case s.bug == "error as text" && status == 422:
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
		return
	}
	s.send(w, status, problem)
}

func (s *shelf) send(w http.ResponseWriter, status int, v any) {
	text, _ := json.Marshal(v)
	label := "application/json"
	switch {
	case s.bug == "wrong media type":
		label = "text/plain"
	case s.bug == "charset":
		label = "application/json; charset=gbk"
	case s.bug == "no UTF-8" && status < 300:
		text = bytes.ReplaceAll(text, []byte("Volume"), []byte("Vol\xc3\x28me"))
	case s.bug == "truncated" && status < 300 && len(text) > 2:
		text = text[:len(text)-2]
	case s.bug == "page with 200" && status == 201:
		label, text, status = "text/html", []byte("<html><body>Done</body></html>"), 200
	case s.bug == "coded" && status == 200:
		w.Header().Set("Content-Encoding", "br")
	case s.bug == "duplicate trailer" && status == 200:
		text = append(text, text...)
	}
	w.Header().Set("Content-Type", label)
	if status == 201 && s.bug == "wrong status" {
		status = 200
	}
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// shown is a book as the server replies it.
func (s *shelf) shown(book map[string]any) map[string]any {
	out := maps.Clone(book)
	if s.bug != "writeOnly returned" {
		delete(out, "code")
	}
	switch s.bug {
	case "type":
		out["pages"] = fmt.Sprint(out["pages"])
	case "missing field":
		delete(out, "title")
	case "enum":
		out["binding"] = "papyrus"
	case "format":
		out["printed"] = "the day before yesterday"
	case "pattern":
		out["isbn"] = "isbn 7"
	case "null":
		out["binding"] = nil
	case "extra field":
		out["shelfmark"] = "A 7"
	case "maximum":
		out["pages"] = json.Number("1000000")
	case "key as text":
		out["id"] = fmt.Sprint(out["id"])
	case "multipleOf":
		out["price"] = json.Number("0.125")
	case "field lost":
		delete(out, "note")
	case "precision":
		if n, ok := out["copies"].(json.Number); ok {
			f, _ := n.Float64()
			if f < 9.2e18 {
				out["copies"] = json.Number(strconv.FormatFloat(f, 'f', 0, 64))
			}
		}
	case "price rounded":
		if n, ok := out["price"].(json.Number); ok {
			f, _ := n.Float64()
			out["price"] = json.Number(strconv.FormatFloat(float64(int64(f)), 'f', 0, 64))
		}
	case "text cut off":
		if text, ok := out["title"].(string); ok && len([]rune(text)) > 40 {
			out["title"] = string([]rune(text)[:40])
		}
	}
	return out
}

// body reads and judges a request's body; false when it was answered.
func (s *shelf) body(w http.ResponseWriter, r *http.Request, name string) (map[string]any, bool) {
	if label, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); label != "application/json" && s.bug != "any media type" {
		s.fail(w, 415, "JSON alone", "")
		return nil, false
	}
	text, _ := io.ReadAll(r.Body)
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var book map[string]any
	if err := d.Decode(&book); err != nil {
		if s.bug == "cut off body accepted" {
			return map[string]any{"title": "?", "isbn": "978-7-100-00000-X", "binding": "paper", "pages": json.Number("1")}, true
		}
		s.fail(w, 400, "no JSON", "")
		return nil, false
	}
	if book == nil {
		s.fail(w, 422, "no object", "")
		return nil, false
	}
	compiled, err := s.set.CompileView("/components/schemas/"+name, schema.Any)
	if err != nil {
		panic(err)
	}
	s.read(book)
	judged := maps.Clone(book)
	if _, sent := book["id"]; sent && s.bug != "readOnly accepted" || !sent {
		judged["id"] = json.Number("1")
		delete(book, "id")
	}
	if name == "BookPatch" {
		delete(judged, "id")
	}
	if violations := compiled.Validate(judged); len(violations) > 0 && !s.forgives(violations[0], book) {
		s.fail(w, 422, "wrong", violations[0].Pointer)
		return nil, false
	}
	return book, true
}

// read reads a book more generously than the contract does, if that is the bug.
func (s *shelf) read(book map[string]any) {
	switch s.bug {
	case "enum in any case":
		if text, ok := book["binding"].(string); ok {
			book["binding"] = strings.ToLower(text)
		}
	case "number as text":
		if text, ok := book["pages"].(string); ok {
			if _, err := strconv.Atoi(text); err == nil {
				book["pages"] = json.Number(text)
			}
		}
	case "pattern found anywhere":
		if text, ok := book["isbn"].(string); ok && len(text) > 17 {
			book["isbn"] = text[:17]
		}
	}
}

// forgives says whether a bug lets a violation pass; what was wrong is made good, so that the shelf stays in order.
func (s *shelf) forgives(v schema.Violation, book map[string]any) bool {
	known := map[string]string{
		"minimum not enforced": "minimum", "maximum not enforced": "maximum", "enum not enforced": "enum", "minLength not enforced": "minLength",
		"maxLength not enforced": "maxLength", "required member not enforced": "required", "extra member accepted": "additionalProperties",
		"type not enforced": "type", "pattern not enforced": "pattern", "uniqueItems not enforced": "uniqueItems",
	}
	if known[s.bug] != v.Keyword {
		return false
	}
	good := map[string]any{"title": "?", "isbn": "978-7-100-00000-X", "binding": "paper", "pages": json.Number("1")}
	for name := range book {
		if _, ok := good[name]; !ok {
			delete(book, name)
		}
	}
	maps.Copy(book, good)
	return true
}

func (s *shelf) collection(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		s.list(w, r)
	case http.MethodPost:
		book, ok := s.body(w, r, "Book")
		if !ok {
			return
		}
		book = s.put(book)
		if s.bug != "header missing" {
			location := fmt.Sprint("/v1/books/", book["id"])
			if s.bug == "another location" {
				location += "0"
			}
			w.Header().Set("Location", location)
		}
		shown := s.shown(book)
		if s.bug == "state not kept" {
			delete(s.books, s.order[len(s.order)-1])
			s.order = s.order[:len(s.order)-1]
		}
		if s.bug == "wrong key in the reply" {
			id, _ := book["id"].(json.Number).Int64()
			shown["id"] = json.Number(strconv.FormatInt(id+500_000, 10))
		}
		s.send(w, 201, shown)
	default:
		if s.bug == "method not enforced" {
			s.list(w, r)
			return
		}
		w.Header().Set("Allow", "GET, POST")
		s.fail(w, 405, "no such method", "")
	}
}

// whole reads a number of the query.
func (s *shelf) whole(w http.ResponseWriter, r *http.Request, name string, usual, least, most int) (int, bool) {
	text := r.URL.Query().Get(name)
	if !r.URL.Query().Has(name) {
		return usual, true
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		if s.bug == "parameters not enforced" {
			return usual, true
		}
		if s.bug == "limit not bounded" && err == nil && n > most {
			return most, true
		}
		s.fail(w, 422, "wrong", name)
		return 0, false
	}
	return n, true
}

func (s *shelf) list(w http.ResponseWriter, r *http.Request) {
	offset, ok := s.whole(w, r, "offset", 0, 0, 1000000)
	if !ok {
		return
	}
	usual := 5
	if s.bug == "default not applied" {
		usual = 50
	}
	limit, ok := s.whole(w, r, "limit", usual, 1, 50)
	if !ok {
		return
	}
	if s.bug == variantPages {
		limit = min(limit, 7)
	}
	binding := r.URL.Query().Get("binding")
	if r.URL.Query().Has("binding") && !slices.Contains([]string{"paper", "cloth", "leather"}, binding) {
		if s.bug != "parameters not enforced" {
			s.fail(w, 422, "wrong", "binding")
			return
		}
		binding = ""
	}
	if s.bug == "filter ignored" {
		binding = ""
	}
	var items []any
	for i, id := range s.order {
		book := s.books[id]
		if s.bug == "created not listed" && i >= 7 || binding != "" && book["binding"] != binding {
			continue
		}
		if book = s.shown(book); s.bug == "list with other titles" {
			book["title"] = "A book"
		}
		items = append(items, book)
	}
	total := len(items)
	from := min(offset, total)
	if s.bug == "last page again" && offset >= total {
		from = max(total-limit, 0)
	}
	if s.bug == "paging off by one" && offset > 0 {
		from = max(from-1, 0)
	}
	if s.bug == "paging loses one" && offset > 0 {
		from = min(from+1, total)
	}
	if s.bug == "limit ignored" {
		limit = 50
	}
	items = items[from:min(from+limit, total)]
	if s.bug == "duplicated rows" && len(items) > 1 {
		items[1] = items[0]
	}
	if s.bug == "total of the page" {
		total = len(items)
	}
	if items == nil {
		items = []any{}
	}
	switch s.bug {
	case "list header missing":
	case "list header wrong":
		w.Header().Set("X-Shelf", "third")
	default:
		w.Header().Set("X-Shelf", "3")
	}
	if s.bug == "envelope" {
		s.send(w, 200, items)
		return
	}
	s.send(w, 200, map[string]any{"items": items, "total": total})
}

func (s *shelf) book(w http.ResponseWriter, r *http.Request, segment string) {
	id, err := strconv.ParseInt(segment, 10, 64)
	if err != nil || id < 1 {
		if s.bug == "path not enforced" {
			s.send(w, 200, s.shown(s.books[s.order[0]]))
			return
		}
		s.fail(w, 422, "wrong", "id")
		return
	}
	book, known := s.books[id]
	known = known && (!s.gone[id] || s.bug == "deletion does not delete")
	if s.bug == "link broken" && r.Method == http.MethodGet && id > 100 {
		known = false
	}
	if !known && s.bug == "unknown key found" {
		book, known = s.books[s.order[0]], true
	}
	if !known && s.bug == "not found as success" && r.Method == http.MethodGet {
		s.send(w, 200, nil)
		return
	}
	if !known {
		s.fail(w, 404, "no such book", "")
		return
	}
	switch r.Method {
	case http.MethodGet:
		s.send(w, 200, s.shown(book))
	case http.MethodPut:
		next, ok := s.body(w, r, "Book")
		if !ok {
			return
		}
		if s.bug == "replacement merges" {
			merged := maps.Clone(book)
			maps.Copy(merged, next)
			next = merged
		}
		next["id"] = book["id"]
		if s.bug != "replacement not kept" {
			s.books[id] = next
		}
		s.send(w, 200, s.shown(next))
	case http.MethodPatch:
		patch, ok := s.body(w, r, "BookPatch")
		if !ok {
			return
		}
		next := maps.Clone(book)
		if s.bug == "patch clears the rest" {
			delete(next, "price")
			delete(next, "printed")
			delete(next, "copies")
			delete(next, "tags")
			delete(next, "note")
		}
		if s.bug != "patch not kept" {
			maps.Copy(next, patch)
		}
		s.books[id] = next
		s.send(w, 200, s.shown(next))
	case http.MethodDelete:
		if s.bug != "deletion does not delete" {
			if s.bug != "deleted still listed" {
				s.order = slices.DeleteFunc(s.order, func(one int64) bool { return one == id })
				delete(s.books, id)
			}
			s.gone[id] = true
		}
		w.WriteHeader(204)
	default:
		w.Header().Set("Allow", "GET, PUT, PATCH, DELETE")
		s.fail(w, 405, "no such method", "")
	}
}

func (s *shelf) search(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		s.fail(w, 405, "no such method", "")
		return
	}
	q := r.URL.Query()
	if title := q.Get("title"); title == "" || len([]rune(title)) > 100 {
		if s.bug != "required parameter not enforced" || q.Has("title") {
			s.fail(w, 422, "wrong", "title")
			return
		}
	}
	if trace := r.Header.Get("X-Trace"); trace != "" && s.bug != "header not enforced" {
		if len(trace) != 8 || strings.Trim(trace, "abcdef0123456789") != "" {
			s.fail(w, 422, "wrong", "X-Trace")
			return
		}
	}
	titles := []any{}
	for _, id := range s.order {
		titles = append(titles, fmt.Sprint(id, " ", s.books[id]["title"]))
	}
	if s.bug == "duplicated titles" && len(titles) > 0 {
		titles = append(titles, titles[0])
	}
	if s.bug == "one title for a list" {
		s.send(w, 200, "Volume 1")
		return
	}
	s.send(w, 200, titles)
}

func books(tb testing.TB) *specs.Contract {
	tb.Helper()
	c, err := specs.Read("books", "testdata/books.yaml", specs.ReadConfig{})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}
