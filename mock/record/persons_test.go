package record_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestPersonsInWhatIsOutsideTheContract: pages, torn bodies and strays hold persons too, and nothing of them reaches the file.
func TestPersonsInWhatIsOutsideTheContract(t *testing.T) {
	t.Parallel()
	const name, card, mobile = "欧阳测试", "330102199003070035", "13800138000"
	person := fmt.Sprintf(`{"code":"0","data":[{"customerName":%q,"idCard":%q,"mobile":%q}]}`, name, card, mobile)
	answers := map[string]func(w http.ResponseWriter){
		"/page": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusBadGateway)
			_, _ = w.Write([]byte("<html>" + card + " " + mobile + "</html>"))
		},
		"/torn": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", fmt.Sprint(len(person)+100))
			_, _ = w.Write([]byte(person))
		},
		"/stray": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Location", "/people/"+card+"?ticket=geheim")
			_, _ = w.Write([]byte(person))
		},
	}
	_, own := pathOf(t, "mytijian", "listHospitalTasks")
	w := newWorld(t, "mytijian", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answers["/"+r.URL.Query().Get("how")](w)
	}))
	for how := range answers {
		for _, path := range []string{own, "/people/" + card} {
			r, err := http.Post(w.front.URL+path+"?how="+how[1:]+"&mobile="+mobile, "application/json", strings.NewReader(person))
			if err != nil {
				t.Fatal(err)
			}
			_ = r.Body.Close()
		}
	}
	r, text := w.finish(t)
	if len(r.Exchanges) != 2*len(answers) {
		t.Fatalf("%d exchanges", len(r.Exchanges))
	}
	for _, datum := range []string{name, card, mobile, "geheim"} {
		for _, form := range append(forms(datum), strings.Trim(fmt.Sprintf("%+q", datum), `"`)) {
			if strings.Contains(text, form) {
				i := strings.Index(text, form)
				t.Errorf("the file holds %q: %s", form, text[max(0, i-120):i+len(form)+60])
			}
		}
	}
}
