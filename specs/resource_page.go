package specs

import (
	"fmt"
	"slices"
)

// usualPage is how a list is asked for in parts when x-resource does not say: by parameters of the query that have the names
// that most documents give them, both of a pair. nil when there are none.
func (b *builder) usualPage(op *Operation) *Page {
	find := func(names ...string) (found *Parameter) {
		for _, name := range names {
			i := slices.IndexFunc(op.Parameters, func(p Parameter) bool { return p.In == "query" && p.Name == name })
			if i >= 0 {
				return &op.Parameters[i]
			}
		}
		return nil
	}
	if offset, limit := find("offset", "skip", "start"), find("limit", "take", "count"); offset != nil && limit != nil {
		return &Page{Offset: offset.Name, Limit: limit.Name}
	}
	page := find("page", "pageNum", "pageNo", "pageNumber", "pageIndex", "page_num", "page_no", "page_number", "page_index", "current")
	size := find("size", "pageSize", "page_size", "perPage", "per_page", "limit")
	if page == nil || size == nil {
		return nil
	}
	p := &Page{Page: page.Name, Size: size.Name}
	for _, keyword := range []string{"default", "minimum"} { // of a page, both are the first one's number
		if v, ok := b.contract.Value(page.Schema + "/" + keyword); ok {
			if fmt.Sprint(v) == "0" {
				p.First = new(int)
			}
			break
		}
	}
	return p
}
