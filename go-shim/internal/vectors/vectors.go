// Package vectors reads the files of published vectors, for tests.
package vectors

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"testing"
)

// Lines returns the fields of each line of a file that has any and is no comment. Without the file, which is in the
// repository and not in the module, the test is skipped.
func Lines(t testing.TB, path string) (lines [][]string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the vectors are in the repository, not in the module")
	}
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 0 && !strings.HasPrefix(line, "#") {
			lines = append(lines, fields)
		}
	}
	return lines
}

// Bytes reads what stands for an input: hexadecimal, "-" for none, "xx*n" for n times some bytes.
func Bytes(t testing.TB, field string) []byte {
	t.Helper()
	digits, times, repeated := strings.Cut(strings.TrimPrefix(field, "-"), "*")
	p, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	if repeated {
		n, err := strconv.Atoi(times)
		if err != nil {
			t.Fatal(err)
		}
		p = bytes.Repeat(p, n)
	}
	return p
}

// Number reads a number of so many bits in that base.
func Number(t testing.TB, field string, base, bits int) uint64 {
	t.Helper()
	x, err := strconv.ParseUint(field, base, bits)
	if err != nil {
		t.Fatal(err)
	}
	return x
}
