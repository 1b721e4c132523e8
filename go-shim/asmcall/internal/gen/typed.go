package main

import (
	"fmt"
	"go/format"
	"strings"
)

// typed are C functions with their types, for every number of arguments that has a stub of its own. Both packages have
// them, over the call that each has.
func typed(pkg, where string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\npackage %s\n\nimport (\n\t\"reflect\"\n\t\"runtime\"\n\t\"unsafe\"\n\n"+
		"\t\"github.com/widelane/widelane/go-shim/internal/cabi\"\n)\n", header, pkg)
	for n := range 7 {
		funcOf(&b, n, where)
	}
	for n := range 7 {
		bindOf(&b, n, pkg, where)
	}
	text, err := format.Source([]byte(b.String()))
	if err != nil {
		panic(err) // of what this file writes
	}
	return string(text)
}

// each is text for every argument, whose number and letters stand for themselves in it: {i}, {a} and {A}.
func each(n int, text, separator string) string {
	var all []string
	for i := range n {
		letter := string(rune('a' + i))
		fill := strings.NewReplacer("{i}", fmt.Sprint(i), "{a}", letter, "{A}", strings.ToUpper(letter))
		all = append(all, fill.Replace(text))
	}
	return strings.Join(all, separator)
}

func funcOf(b *strings.Builder, n int, where string) {
	list := "R" + each(n, ", {A}", "")
	fmt.Fprintf(b, "\n// Func%[1]d is a C function with %[2]s that returns an R: any number, if it returns nothing.\n"+
		"type Func%[1]d[%[3]s Number] struct{ Fn unsafe.Pointer }\n", n, count(n), list)
	fmt.Fprintf(b, "\n// Call calls the function%s.\nfunc (fn Func%d[%s]) Call(%s) R {\n", where, n, list, each(n, "{a} {A}", ", "))
	fmt.Fprintf(b, "\tfloats := %scabi.FloatBit[R](cabi.ResultBit)\n", each(n, "cabi.FloatBit[{A}]({i}) | ", ""))
	fmt.Fprintf(b, "\tif floats == 0 {\n\t\treturn cabi.From[R](Call%d(fn.Fn%s), 0)\n\t}\n", n, each(n, ", cabi.Bits({a})", ""))
	fmt.Fprintf(b, "\tslots := [...]uintptr{%s}\n\tvar res result\n", each(n, "cabi.Bits({a})", ", "))
	fmt.Fprintf(b, "\tcall(fn.Fn, unsafe.Pointer(&slots), %d, floats, &res)\n\treturn cabi.From[R](res.word, res.float)\n}\n", n)
}

func bindOf(b *strings.Builder, n int, pkg, where string) {
	fmt.Fprintf(b, "\n// Bind%d is the C function at fn with %s, to be called%s.\n//\n"+
		"// It looks at the types, and panics if one does not pass through a register. Those of [Number] do, bool, unsafe.Pointer,\n"+
		"// and pointers to memory without Go's own types in it; a result of struct{} is none.\n", n, count(n), where)
	fmt.Fprintf(b, "func Bind%d[R%s any](fn unsafe.Pointer) func(%s) R {\n", n, each(n, ", {A}", ""), each(n, "{A}", ", "))
	fmt.Fprintf(b, "\ts := cabi.Sign(%q, reflect.TypeFor[R]()%s)\n", fmt.Sprintf("%s.Bind%d", pkg, n), each(n, ", reflect.TypeFor[{A}]()", ""))
	words := each(n, ", cabi.Extend({a}, s.Spare[{i}])", "")
	hold, keep := each(n, "\t\tcabi.Hold({a})\n", ""), each(n, "\t\truntime.KeepAlive({a})\n", "")
	// Where no floating-point number is among them, words go the short way.
	fmt.Fprintf(b, "\tif s.Floats != 0 {\n\t\treturn func(%s) R {\n%s", each(n, "{a} {A}", ", "), hold)
	fmt.Fprintf(b, "\t\tslots := [...]uintptr{%s}\n\t\tvar res result\n", strings.TrimPrefix(words, ", "))
	fmt.Fprintf(b, "\t\tcall(fn, unsafe.Pointer(&slots), %d, s.Floats, &res)\n\t\tr := cabi.Result[R](s.Result, res.word, res.float)\n", n)
	fmt.Fprintf(b, "%s\t\treturn r\n\t\t}\n\t}\n", keep)
	fmt.Fprintf(b, "\treturn func(%s) R {\n%s", each(n, "{a} {A}", ", "), hold)
	fmt.Fprintf(b, "\t\tr := cabi.Result[R](s.Result, Call%d(fn%s), 0)\n%s\t\treturn r\n\t}\n}\n", n, words, keep)
}
