package drive_test

import (
	"context"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

func TestScratch(t *testing.T) {
	files, _ := filepath.Glob("../../e2e/testdata/contracts/*")
	for _, f := range files {
		docs, err := specs.Documents(f, specs.ReadConfig{})
		if err != nil {
			t.Log(f, err)
			continue
		}
		for _, doc := range docs {
			c, err := specs.Read(specs.NameOf(doc), doc, specs.ReadConfig{})
			if err != nil {
				t.Log(doc, err)
				continue
			}
			server, err := mock.New(mock.Config{Contracts: []*specs.Contract{c}, Seed: 1})
			if err != nil {
				t.Log(doc, "mock.New:", err)
				continue
			}
			cred, _ := server.Credentials(c.Vendor)
			all := mock.Credentials{}
			for k, v := range cred {
				all[k] = v
			}
			for _, s := range c.Slots() {
				if s.Scheme {
					all[s.Name] = mock.Credential{Text: "u:p"}
				}
			}
			front := httptest.NewServer(server)
			client, err := drive.New(drive.Config{Contract: c, Credentials: all, Target: front.URL, Force: true})
			if err != nil {
				t.Fatal(err)
			}
			g := generate.New(c, schema.NewSet(c))
			src := fake.New(1)
			ok := 0
			for _, op := range c.Operations {
				values := record{}
				for _, p := range op.Parameters {
					if p.Schema == "" {
						continue
					}
					v, err := g.Value(p.Schema, src, generate.Options{View: schema.Any})
					if err != nil {
						t.Log(c.Vendor, op.ID, p.Name, err)
					}
					values[p.In+":"+p.Name] = v
				}
				if op.Body != nil && len(op.Body.Content) > 0 {
					m := op.Body.Content[0]
					for _, o := range op.Body.Content {
						if o.Type == "application/json" {
							m = o
						}
					}
					if m.Schema != "" {
						v, err := g.Value(m.Schema, src, generate.Options{View: schema.Request, Optional: generate.All})
						if err != nil {
							t.Log(c.Vendor, op.ID, m.Type, err)
						}
						values[drive.Body] = v
					}
				}
				x, err := client.Call(t.Context(), op.ID, values)
				if err != nil {
					t.Log(c.Vendor, op.ID, err)
					continue
				}
				if x.Reply.Diagnosis != "" || x.Outcome == drive.Unexplained || len(x.Reply.Problems)+len(x.Request.Problems) > 0 {
					t.Logf("%s %s: %s %d %s diag=%s req=%v\n   reply=%v\n   %s %s\n   sent %.300q\n   got %.300q", c.Vendor, op.ID, x.Outcome, x.Reply.Status, x.Summary(), x.Reply.Diagnosis, x.Request.Problems, x.Reply.Problems, x.Request.Method, x.Request.URL, x.Request.Body, x.Reply.Body)
				} else {
					ok++
				}
			}
			t.Log(c.Vendor, "ok", ok, "of", len(c.Operations))
			front.Close()
			_ = server.Close(context.Background())
		}
	}
}
