// Goapi prints the exported names of a Go module, one declaration a line, sorted: the surface that users compile against.
//
// It reads source, and compiles nothing: the surface of every port is found on any machine. A line that only some of the
// ports have says which.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A port is a set of build constraints under which the module is read.
type port struct {
	name, os, arch string
	tags           []string
	cgo            bool
}

// One port for each combination of conditions that the module's files have: with machine code and without, the systems
// with files of their own, cgo, and the tag that leaves all assembly out.
var ports = []port{
	{name: "linux/amd64", os: "linux", arch: "amd64"},
	{name: "linux/amd64+cgo", os: "linux", arch: "amd64", cgo: true},
	{name: "linux/amd64+purego", os: "linux", arch: "amd64", tags: []string{"purego"}},
	{name: "linux/arm64", os: "linux", arch: "arm64"},
	{name: "linux/riscv64", os: "linux", arch: "riscv64"},
	{name: "darwin/arm64", os: "darwin", arch: "arm64"},
	{name: "windows/amd64", os: "windows", arch: "amd64"},
	{name: "openbsd/amd64", os: "openbsd", arch: "amd64"},
	{name: "js/wasm", os: "js", arch: "wasm"},
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: goapi DIR")
		os.Exit(2)
	}
	lines, err := surface(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, line := range lines {
		fmt.Println(line)
	}
}

// surface returns the lines of every importable package below dir.
func surface(dir string) ([]string, error) {
	packages, err := importable(dir)
	if err != nil {
		return nil, err
	}
	have := map[string][]string{}
	for _, p := range ports {
		for _, rel := range packages {
			lines, err := declarations(filepath.Join(dir, rel), p)
			if err != nil {
				return nil, fmt.Errorf("%s for %s: %w", rel, p.name, err)
			}
			for _, line := range lines {
				line = "pkg " + filepath.ToSlash(rel) + ", " + line
				have[line] = append(have[line], p.name)
			}
		}
	}
	var all []string
	for line, where := range have {
		if len(where) < len(ports) {
			line += " // " + strings.Join(where, " ")
		}
		all = append(all, line)
	}
	slices.Sort(all)
	return all, nil
}

// importable lists the folders that a user's program can import from, relative to dir.
func importable(dir string) ([]string, error) {
	var found []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		name := d.Name()
		if path != dir {
			_, err := os.Stat(filepath.Join(path, "go.mod"))
			if name == "internal" || name == "testdata" || strings.HasPrefix(name, ".") || err == nil {
				return filepath.SkipDir
			}
		}
		rel, err := filepath.Rel(dir, path)
		found = append(found, rel)
		return err
	})
	return found, err
}

// declarations returns the exported declarations of a package on a port. A folder without Go files there, or with a
// program, has none.
func declarations(dir string, p port) ([]string, error) {
	ctx := build.Default
	ctx.GOOS, ctx.GOARCH, ctx.BuildTags, ctx.CgoEnabled = p.os, p.arch, p.tags, p.cgo
	ctx.Compiler = "gc"
	pkg, err := ctx.ImportDir(dir, 0)
	var none *build.NoGoError
	if errors.As(err, &none) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if pkg.Name == "main" {
		return nil, nil
	}
	var lines []string
	fset := token.NewFileSet()
	for _, name := range append(pkg.GoFiles, pkg.CgoFiles...) {
		file, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, decl := range file.Decls {
			lines = append(lines, exported(fset, decl)...)
		}
	}
	return lines, nil
}

func exported(fset *token.FileSet, decl ast.Decl) []string {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Name.IsExported() && (decl.Recv == nil || exportedType(decl.Recv.List[0].Type)) {
			return []string{function(fset, decl)}
		}
	case *ast.GenDecl:
		switch decl.Tok {
		case token.TYPE:
			return types(fset, decl)
		case token.CONST, token.VAR:
			return values(fset, decl)
		}
	}
	return nil
}

// exportedType reports whether the type of a receiver is exported: T, *T, T[P].
func exportedType(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.StarExpr:
		return exportedType(e.X)
	case *ast.IndexExpr:
		return exportedType(e.X)
	case *ast.IndexListExpr:
		return exportedType(e.X)
	case *ast.Ident:
		return e.IsExported()
	}
	return false
}

// function prints a signature without the names of parameters and results: renaming one breaks nobody.
func function(fset *token.FileSet, f *ast.FuncDecl) string {
	kind := "func "
	if f.Recv != nil {
		kind = "method (" + text(fset, f.Recv.List[0].Type) + ") "
	}
	typ := *f.Type
	typ.Params, typ.Results = unnamed(typ.Params), unnamed(typ.Results)
	return kind + f.Name.Name + strings.TrimPrefix(text(fset, &typ), "func")
}

func unnamed(fields *ast.FieldList) *ast.FieldList {
	if fields == nil {
		return nil
	}
	list := &ast.FieldList{}
	for _, field := range fields.List {
		for range max(1, len(field.Names)) {
			list.List = append(list.List, &ast.Field{Type: field.Type})
		}
	}
	return list
}

func types(fset *token.FileSet, decl *ast.GenDecl) (lines []string) {
	for _, spec := range decl.Specs {
		spec := spec.(*ast.TypeSpec)
		if !spec.Name.IsExported() {
			continue
		}
		head := "type " + spec.Name.Name
		if spec.Assign.IsValid() {
			head += " ="
		}
		switch typ := spec.Type.(type) {
		case *ast.StructType:
			lines = append(lines, head+" struct")
			lines = append(lines, fields(fset, head+" struct, ", typ.Fields)...)
		case *ast.InterfaceType:
			lines = append(lines, head+" interface")
			// A hidden method is part of the surface: nobody outside can implement the interface.
			for _, m := range typ.Methods.List {
				lines = append(lines, head+" interface, "+member(fset, m))
			}
		default:
			lines = append(lines, head+" "+text(fset, spec.Type))
		}
	}
	return lines
}

func fields(fset *token.FileSet, prefix string, list *ast.FieldList) (lines []string) {
	for _, f := range list.List {
		if len(f.Names) == 0 {
			lines = append(lines, prefix+"embedded "+text(fset, f.Type))
		}
		for _, name := range f.Names {
			if name.IsExported() {
				lines = append(lines, prefix+name.Name+" "+text(fset, f.Type))
			}
		}
	}
	return lines
}

func member(fset *token.FileSet, m *ast.Field) string {
	if len(m.Names) == 0 {
		return "embedded " + text(fset, m.Type)
	}
	return m.Names[0].Name + strings.TrimPrefix(text(fset, m.Type), "func")
}

// values prints constants and variables with their types, constants with their values too. Of a group that counts with
// iota the values are positions, so each says which.
func values(fset *token.FileSet, decl *ast.GenDecl) (lines []string) {
	var last *ast.ValueSpec
	for i, spec := range decl.Specs {
		spec := spec.(*ast.ValueSpec)
		inherited := decl.Tok == token.CONST && spec.Type == nil && len(spec.Values) == 0 && last != nil
		source := spec
		if inherited {
			source = last
		} else {
			last = spec
		}
		for n, name := range spec.Names {
			if !name.IsExported() {
				continue
			}
			line := decl.Tok.String() + " " + name.Name
			if source.Type != nil {
				line += " " + text(fset, source.Type)
			}
			// A variable's initial value is no promise, but where it alone tells the type it says what users get.
			if n < len(source.Values) && (decl.Tok == token.CONST || source.Type == nil) {
				line += " = " + text(fset, source.Values[n])
				if strings.Contains(line, "iota") {
					line += fmt.Sprintf(" // iota %d", i)
				}
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// text prints a node on one line.
func text(fset *token.FileSet, node any) string {
	var buf bytes.Buffer
	if err := printer.Fprint(&buf, fset, node); err != nil {
		panic(err) // a node that was just parsed can be printed
	}
	return strings.Join(strings.Fields(buf.String()), " ")
}
