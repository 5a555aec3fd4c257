package drive

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"understudy/specs"
)

// parseTarget reads a base URL. Its errors do not quote it: it may hold a password or a token.
func parseTarget(target string) (*url.URL, error) {
	u, err := url.Parse(target)
	switch {
	case err != nil:
		return nil, errors.New("the target is no URL; write one such as " + DefaultTarget)
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return nil, errors.New("the target needs http:// or https:// and a host, such as " + DefaultTarget)
	case u.User != nil:
		return nil, errors.New("the target has a user or a password in it; credentials have slots of their own")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("the target has a query or a fragment; write the base URL alone")
	}
	return u, nil
}

// address is the URL of a call below the target, escaped path values filled in, without a query.
func (c *Client) address(d *draft) (*url.URL, error) {
	op := d.Operation
	mark, base := cutSession(strings.TrimSuffix(c.target.EscapedPath(), "/"))
	if base == "" {
		base = c.prefix(op)
	}
	below := op.Path
	if r := op.Wire.Route; r != nil {
		below = r.Path
		base = strings.TrimSuffix(base, r.Path) // a gateway's own path may have been given
	}
	if d.restored {
		below = d.below
	}
	for name, v := range d.paths {
		below = strings.ReplaceAll(below, "{"+name+"}", v)
	}
	u := *c.target
	escaped := mark + base + below
	var err error
	if u.Path, err = url.PathUnescape(escaped); err != nil {
		return nil, fmt.Errorf("%s: the path %s is no path of a URL", op.ID, op.Path)
	}
	u.RawPath = escaped
	return &u, nil
}

// cutSession takes the session prefix of the simulator from a path.
func cutSession(base string) (mark, rest string) {
	if !strings.HasPrefix(base, "/~") {
		return "", base
	}
	if i := strings.IndexByte(base[1:], '/'); i >= 0 {
		return base[:i+1], base[i+1:]
	}
	return base, ""
}

// prefix is where the contract's paths begin at the target's host: at the path of its server there, or else at the first
// one that has a path, which the simulator serves as well.
func (c *Client) prefix(op *specs.Operation) string {
	named := ""
	servers, _ := c.contract.Value("/servers")
	list, _ := servers.([]any)
	for _, one := range list {
		s, _ := one.(map[string]any)
		text, _ := s["url"].(string)
		u, err := url.Parse(text)
		if err != nil {
			continue
		}
		p := strings.TrimSuffix(path.Clean("/"+u.Path), "/")
		if !slices.Contains(op.Prefixes, p) {
			continue
		}
		if u.Host != "" && strings.EqualFold(u.Host, c.target.Host) {
			return p
		}
		if named == "" {
			named = p
		}
	}
	return named
}
