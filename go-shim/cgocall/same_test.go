//go:build !wasip1 && !js

package cgocall

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"testing"
)

// TestSameNames: what one package exports, the other does, with the same types, on every build. A program changes from one to
// the other by an import.
func TestSameNames(t *testing.T) {
	for _, context := range []build.Context{
		{GOOS: "linux", GOARCH: "amd64", Compiler: "gc", CgoEnabled: true},
		{GOOS: "linux", GOARCH: "amd64", Compiler: "gc", BuildTags: []string{"purego"}},
		{GOOS: "windows", GOARCH: "arm64", Compiler: "gc"},
		{GOOS: "freebsd", GOARCH: "386", Compiler: "gc", CgoEnabled: true},
	} {
		ours, theirs := exported(t, context, "."), exported(t, context, "../asmcall")
		if len(ours) < 60 {
			t.Fatalf("%s/%s: only %d exported names were found", context.GOOS, context.GOARCH, len(ours))
		}
		for _, name := range slices.Sorted(maps.Keys(theirs)) {
			if ours[name] != theirs[name] {
				t.Errorf("%s/%s: %s is %q here, %q in asmcall", context.GOOS, context.GOARCH, name, ours[name], theirs[name])
			}
		}
		for _, name := range slices.Sorted(maps.Keys(ours)) {
			if theirs[name] == "" {
				t.Errorf("%s/%s: asmcall has no %s", context.GOOS, context.GOARCH, name)
			}
		}
	}
}

// none is where every other package is looked for: types that are exported mention none but unsafe.
type none struct{}

func (none) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	return types.NewPackage(path, filepath.Base(path)), nil
}

// exported are the exported names of the package in dir, methods and fields with the types that have them.
func exported(t *testing.T, context build.Context, dir string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, path := range paths {
		name := filepath.Base(path)
		if matches, err := context.MatchFile(dir, name); err != nil {
			t.Fatal(err)
		} else if !matches || len(name) > 8 && name[len(name)-8:] == "_test.go" {
			continue
		}
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	config := types.Config{Importer: none{}, IgnoreFuncBodies: true, FakeImportC: true, Error: func(error) {}}
	pkg, _ := config.Check(dir, set, files, nil) // what other packages would have is missing, in no exported type
	return described(pkg)
}

func described(pkg *types.Package) map[string]string {
	all := map[string]string{}
	bare := func(*types.Package) string { return "" }
	for _, name := range pkg.Scope().Names() {
		object := pkg.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		all[name] = types.ObjectString(object, bare)
		if constant, is := object.(*types.Const); is {
			all[name] += " = " + constant.Val().String()
		}
		named, is := object.Type().(*types.Named)
		if _, declared := object.(*types.TypeName); !is || !declared {
			continue
		}
		for method := range named.Methods() {
			all[name+"."+method.Name()] = types.TypeString(method.Type(), bare)
		}
	}
	return all
}
