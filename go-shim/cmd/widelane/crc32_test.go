package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestCRC32(t *testing.T) {
	dir := write(t, map[string]string{
		"check": "123456789", "empty": "", "-C": "option", "with space": "x",
		"good":  "cbf43926  check\n00000000 *empty\n",
		"wrong": "cbf43926  check\n00000001  empty\n",
		"tags":  "CRC32 (check) = CBF43926\r\nCRC32C (check) = e3069283\n",
		"lost":  "cbf43926  check\n00000000  lost file\n",
	})
	if err := os.Mkdir(filepath.Join(dir, "dir"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args  string // separated by single spaces
		stdin string
		want  result
	}{
		{"check", "", result{"cbf43926  check\n", "", 0}},
		{"-C check empty", "", result{"e3069283  check\n00000000  empty\n", "", 0}},
		{"check -C", "", result{"e3069283  check\n", "", 0}},
		{"-- -C", "", result{"5a8600b0  -C\n", "", 0}},
		{"--cast --tag check", "", result{"CRC32C (check) = e3069283\n", "", 0}},
		{"", "123456789", result{"cbf43926  -\n", "", 0}},
		{"- empty", "123456789", result{"cbf43926  -\n00000000  empty\n", "", 0}},
		{"-z check empty", "", result{"cbf43926  check\x0000000000  empty\x00", "", 0}},
		{"dir check none", "", result{
			"cbf43926  check\n",
			"widelane crc32: dir: Is a directory\nwidelane crc32: none: No such file or directory\n", 1}},
		{"-c good", "", result{"check: OK\nempty: OK\n", "", 0}},
		{"-c", "cbf43926  check\n", result{"check: OK\n", "", 0}},
		{"-c good --quiet", "", result{"", "", 0}},
		{"-c good --status", "", result{"", "", 0}},
		{"-c tags", "", result{"check: OK\ncheck: OK\n", "", 0}},
		{"-cC", "e3069283 check\n", result{"check: OK\n", "", 0}},
		{"-c wrong", "", result{
			"check: OK\nempty: FAILED\n",
			"widelane crc32: WARNING: 1 computed checksum did NOT match\n", 1}},
		{"-c --status wrong", "", result{"", "", 1}},
		{"-c lost", "", result{
			"check: OK\nlost file: FAILED open or read\n",
			"widelane crc32: lost file: No such file or directory\n" +
				"widelane crc32: WARNING: 1 listed file could not be read\n", 1}},
		{"-c --ignore-missing lost", "", result{"check: OK\n", "", 0}},
		{"-c check", "", result{"", "widelane crc32: check: no properly formatted checksum lines found\n", 1}},
		{"-c none", "", result{"", "widelane crc32: none: No such file or directory\n", 1}},
		{"-c dir", "", result{"", "widelane crc32: dir: Is a directory\n", 1}},
		// A line as long as memory is not a line of a list, and takes no memory.
		{"-c", strings.Repeat("0", 200<<10) + "\ncbf43926  check\n", result{
			"check: OK\n", "widelane crc32: WARNING: 1 line is improperly formatted\n", 0}},
		{"-c --strict", "x\ncbf43926  check\n", result{
			"check: OK\n", "widelane crc32: WARNING: 1 line is improperly formatted\n", 1}},
	} {
		cmd := program(t, append([]string{"crc32"}, strings.Fields(c.args)...)...)
		cmd.Dir = dir
		got := capture(t, cmd, strings.NewReader(c.stdin))
		if runtime.GOOS == "windows" {
			got.err, c.want.err = "", ""
		}
		if got != c.want {
			t.Errorf("crc32 %s:\ngot  %+v\nwant %+v", c.args, got, c.want)
		}
	}
}
