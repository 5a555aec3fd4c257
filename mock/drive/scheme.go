package drive

import (
	"encoding/base64"
	"net/url"

	"understudy/mock/internal/wire"
	"understudy/specs"
)

// placeSchemes puts the credentials of the security schemes that x-wire.auth does not speak of where they belong: those of
// the first alternative that there are values for, with all its schemes. A value that the caller gives under the name of the
// header, parameter or cookie counts, and nil leaves the place empty. Without any credential the call goes without.
func (c *Client) placeSchemes(d *draft) {
	done := map[string]bool{}
	for _, alternative := range d.Requirements {
		for i := range alternative {
			scheme := &alternative[i]
			v, given := d.given[scheme.Key]
			if !given || d.spoken(scheme) || d.parameter(scheme.Key) != nil || scheme.Key == "" {
				continue
			}
			delete(d.given, scheme.Key)
			done[scheme.In+":"+scheme.Key] = true
			if v != nil {
				d.credential(scheme, textOf(v))
			}
		}
	}
	for _, scheme := range c.chosen(d) {
		if at := scheme.In + ":" + scheme.Key; !done[at] && !d.absent[scheme.Key] {
			done[at] = true
			d.credential(scheme, carriedBy(scheme, c.config.Credentials[scheme.Name].Text))
		}
	}
}

// chosen are the schemes of the first alternative whose credentials are all there.
func (c *Client) chosen(d *draft) []*specs.SecurityScheme {
	for _, alternative := range d.Requirements {
		var schemes []*specs.SecurityScheme
		complete := len(alternative) > 0
		for i := range alternative {
			scheme := &alternative[i]
			switch {
			case d.spoken(scheme), scheme.Type == "mutualTLS":
			case c.config.Credentials[scheme.Name].Text == "":
				complete = false
			case !d.has(scheme):
				schemes = append(schemes, scheme)
			}
		}
		if complete {
			return schemes
		}
	}
	return nil
}

// spoken says whether x-wire.auth speaks of a scheme.
func (p *plan) spoken(scheme *specs.SecurityScheme) bool {
	return p.Wire.Auth != nil && p.Wire.Auth.Security == scheme.Name
}

// authorizes says whether a declared parameter is the place of a credential: the scheme fills it in.
func (p *plan) authorizes(one *parameter) bool {
	for _, alternative := range p.Requirements {
		for _, scheme := range alternative {
			if scheme.In == one.In && scheme.Key == one.Name {
				return true
			}
		}
	}
	return false
}

// carriesCredential says whether a header, parameter or cookie of that name holds a credential.
func (p *plan) carriesCredential(name string) bool {
	if p.Security != nil && name == p.Security.Key {
		return true
	}
	for _, alternative := range p.Requirements {
		for _, scheme := range alternative {
			if scheme.Key == name && name != "" {
				return true
			}
		}
	}
	return false
}

// has says whether something stands in the place of a credential already: some documents declare the place as a parameter
// as well.
func (d *draft) has(scheme *specs.SecurityScheme) bool {
	switch scheme.In {
	case "header":
		return d.request.Header.Get(scheme.Key) != ""
	case "query":
		_, n := d.pairs.Get(scheme.Key)
		return n > 0
	}
	return false
}

// carriedBy is a credential as its scheme carries it (RFC 9110, section 11.4; RFC 7617; RFC 6750).
func carriedBy(scheme *specs.SecurityScheme, text string) string {
	switch {
	case scheme.Bearer:
		return "Bearer " + text
	case scheme.Scheme == "basic":
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(text))
	case scheme.Type == "http" && scheme.Scheme != "":
		return scheme.Scheme + " " + text
	}
	return text
}

// credential puts a credential in its place.
func (d *draft) credential(scheme *specs.SecurityScheme, text string) {
	switch scheme.In {
	case "header":
		d.request.Header.Set(scheme.Key, text)
	case "query":
		d.pairs = append(d.pairs, wire.Pair{Name: scheme.Key, Value: text, In: wire.InQuery})
	case "cookie":
		d.cookie(scheme.Key + "=" + url.PathEscape(text))
	}
}
