package mock

import (
	"net/http"
	"net/netip"
	"net/url"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"understudy/mock/internal/forward"
)

// Headers of our own. A vendor has none of them, so a client can tell our voice from the vendor's.
const (
	headerSession   = "Understudy-Session"
	headerRefusal   = "Understudy-Refusal"
	headerDiagnosis = "Understudy-Diagnosis"
	headerFault     = "Understudy-Fault"
	headerStep      = "Understudy-Step"
	headerForwarded = forward.HeaderForwarded
)

// headerOf is the first value of a request's header, "" for none. The name is in its canonical form, so it need not be put
// into that at each call.
func headerOf(r *http.Request, canonical string) string {
	if values := r.Header[canonical]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// newEcho puts the pipeline behind one catch-all: a path is matched by the contracts' own index, since Echo's router
// lets the last parameter of a path swallow slashes and cannot change while it serves.
func (s *Server) newEcho() *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	cors := middleware.CORSWithConfig(middleware.CORSConfig{
		Skipper:         func(c echo.Context) bool { return !fromLoopbackPage(c.Request()) },
		AllowOriginFunc: func(origin string) (bool, error) { return loopbackOrigin(origin), nil },
		AllowMethods:    []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
		// A page may send its cookies: only pages of this machine are answered, and the mock holds nothing of anybody's.
		AllowCredentials: true,
		ExposeHeaders:    []string{headerRefusal, headerDiagnosis, headerFault, headerSession, headerStep, "Preference-Applied"},
		MaxAge:           600,
	})
	handle := cors(func(c echo.Context) error { // once: Echo would wrap it anew for each request
		s.serve(c.Response().Writer, c.Request()) // the bare one: Echo's panics where nothing can be flushed
		return nil
	})
	e.Any("/*", handle)
	e.RouteNotFound("/*", handle)
	return e
}

// fromLoopbackPage says whether a page of this machine asks, or asks whether it may: everything else is the vendor's to
// answer, OPTIONS included.
func fromLoopbackPage(r *http.Request) bool {
	origin := headerOf(r, "Origin")
	if origin == "" || !loopbackOrigin(origin) {
		return false
	}
	return r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") != ""
}

// loopbackOrigin says whether a page may call the mock: pages of this machine may, whatever their port.
func loopbackOrigin(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	if u.Hostname() == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(u.Hostname())
	return err == nil && addr.Unmap().IsLoopback()
}
