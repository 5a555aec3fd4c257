package wire

// Visit calls visit for each member of a JSON object in order, names decoded and values as they were written, parts of the
// text. It says whether the text was an object to its end: what was visited of another one means nothing.
func Visit(object []byte, visit func(name string, raw []byte)) bool {
	w := walkOf(object)
	for {
		name, from, to, ok := w.next()
		if !ok {
			return !w.bad
		}
		if !isPlainName(name) {
			name = decodedName(name)
		}
		visit(name, object[from:to:to])
	}
}
