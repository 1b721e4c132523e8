package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCommitted: the files are what this command writes.
func TestCommitted(t *testing.T) {
	for name, want := range files() {
		got, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.ReplaceAll(string(got), "\r\n", "\n") != want {
			t.Errorf("%s is not what internal/gen writes", name)
		}
	}
}
