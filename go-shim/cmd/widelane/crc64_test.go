package main

import (
	"strings"
	"testing"
)

// What is not the same as for crc32, which has the other tests of lists.
func TestCRC64(t *testing.T) {
	dir := write(t, map[string]string{
		"check": "123456789", "empty": "",
		"good":  "995dc9bbdf1939fa  check\n0000000000000000 *empty\n",
		"wrong": "995dc9bbdf1939fb  check\n0000000000000000  empty\n",
		"tags":  "CRC64 (check) = 995DC9BBDF1939FA\r\nCRC64ISO (check) = b90956c775a41001\nCRC64NVME (check) = ae8b14860a799888\n",
		"short": "cbf43926  check\nCRC32 (check) = cbf43926\n",
	})
	for _, c := range []struct {
		args  string // separated by single spaces
		stdin string
		want  result
	}{
		{"check empty", "", result{"995dc9bbdf1939fa  check\n0000000000000000  empty\n", "", 0}},
		{"--iso check", "", result{"b90956c775a41001  check\n", "", 0}},
		{"--nv check", "", result{"ae8b14860a799888  check\n", "", 0}},
		{"--tag check", "", result{"CRC64 (check) = 995dc9bbdf1939fa\n", "", 0}},
		{"--tag --iso check", "", result{"CRC64ISO (check) = b90956c775a41001\n", "", 0}},
		{"--tag --nvme check", "", result{"CRC64NVME (check) = ae8b14860a799888\n", "", 0}},
		{"", "123456789", result{"995dc9bbdf1939fa  -\n", "", 0}},
		{"-z check", "", result{"995dc9bbdf1939fa  check\x00", "", 0}},
		{"-c good", "", result{"check: OK\nempty: OK\n", "", 0}},
		{"-c tags", "", result{"check: OK\ncheck: OK\ncheck: OK\n", "", 0}},
		{"-c --nvme", "ae8b14860a799888 check\n", result{"check: OK\n", "", 0}},
		{"-c wrong", "", result{
			"check: FAILED\nempty: OK\n", "widelane crc64: WARNING: 1 computed checksum did NOT match\n", 1}},
		{"-c --iso good", "", result{
			"check: FAILED\nempty: OK\n", "widelane crc64: WARNING: 1 computed checksum did NOT match\n", 1}},
		{"-c short", "", result{"", "widelane crc64: short: no properly formatted checksum lines found\n", 1}},
	} {
		cmd := program(t, append([]string{"crc64"}, strings.Fields(c.args)...)...)
		cmd.Dir = dir
		if got := capture(t, cmd, strings.NewReader(c.stdin)); got != c.want {
			t.Errorf("crc64 %s:\ngot  %+v\nwant %+v", c.args, got, c.want)
		}
	}
}
