package main

import (
	"strings"
	"testing"
)

// What is not the same as for crc32, which has the other tests of lists. The checksums are zlib's.
func TestAdler32(t *testing.T) {
	dir := write(t, map[string]string{
		"hello": "hello", "empty": "",
		"good":  "062c0215  hello\n00000001 *empty\n",
		"wrong": "062c0216  hello\nADLER32 (empty) = 00000001\nCRC32 (empty) = 00000000\n",
	})
	for _, c := range []struct {
		args  string // separated by single spaces
		stdin string
		want  result
	}{
		{"hello empty", "", result{"062c0215  hello\n00000001  empty\n", "", 0}},
		{"--tag hello", "", result{"ADLER32 (hello) = 062c0215\n", "", 0}},
		{"", strings.Repeat("\xff", 3*bufferSize), result{"", "", 0}},
		{"-c good", "", result{"hello: OK\nempty: OK\n", "", 0}},
		{"-c wrong", "", result{"hello: FAILED\nempty: OK\n", "widelane adler32: WARNING: 1 line is improperly formatted\n" +
			"widelane adler32: WARNING: 1 computed checksum did NOT match\n", 1}},
	} {
		if c.args == "" {
			sum := adler.start()
			sum.add([]byte(c.stdin))
			c.want.out = sum.value().hex(8) + "  -\n"
		}
		cmd := program(t, append([]string{"adler32"}, strings.Fields(c.args)...)...)
		cmd.Dir = dir
		if got := capture(t, cmd, strings.NewReader(c.stdin)); got != c.want {
			t.Errorf("adler32 %s:\ngot  %+v\nwant %+v", c.args, got, c.want)
		}
	}
}
