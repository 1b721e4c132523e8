package main

import (
	"strings"
	"testing"
)

// What is not the same as for crc32, which has the other tests of lists. The hashes are the reference implementation's.
func TestXXH3(t *testing.T) {
	const (
		hello, hello128 = "9555e8555c62dcfd", "b5e9c1ad071b3e7fc779cfaa5e523818"
		empty, empty128 = "2d06800538d394c2", "99aa06d3014798d86001c324468d497f"
		seven, seven128 = "1f683eda4e829e1b", "c8769d644becd6cd8d1d1dc6a128ff15" // hello with seed 7
		most, most128   = "241e5d5372565724", "f7209d113313b8877e4d66691b80364d" // and with the greatest
	)
	const hint = "Try 'widelane xxh3 --help' for more information.\n"
	dir := write(t, map[string]string{
		"hello": "hello", "empty": "",
		"good":  hello + "  hello\n" + empty + " *empty\n",
		"mixed": hello128 + "  hello\nXXH3_" + empty + "  empty\n" + strings.ToUpper(empty128) + "  empty\n",
		"wrong": hello[1:] + "0  hello\n" + hello128[1:] + "0  hello\n" + empty + "  empty\n",
		"tags":  "XXH3 (hello) = " + hello + "\nXXH128 (hello) = " + hello128 + "\r\n",
		"other": "cbf43926  hello\nCRC64 (hello) = " + hello + "\nXXH3_" + hello128 + "  hello\nXXH128 (hello) = " + hello + "\n",
	})
	for _, c := range []struct {
		args  string // separated by single spaces
		stdin string
		want  result
	}{
		{"hello empty", "", result{hello + "  hello\n" + empty + "  empty\n", "", 0}},
		{"--128 hello empty", "", result{hello128 + "  hello\n" + empty128 + "  empty\n", "", 0}},
		{"--tag hello", "", result{"XXH3 (hello) = " + hello + "\n", "", 0}},
		{"--tag --128 hello", "", result{"XXH128 (hello) = " + hello128 + "\n", "", 0}},
		{"", "hello", result{hello + "  -\n", "", 0}},
		{"-z --128", "hello", result{hello128 + "  -\x00", "", 0}},
		{"-c good", "", result{"hello: OK\nempty: OK\n", "", 0}},
		{"-c mixed", "", result{"hello: OK\nempty: OK\nempty: OK\n", "", 0}},
		{"-c tags", "", result{"hello: OK\nhello: OK\n", "", 0}},
		{"-c --128 tags", "", result{"hello: OK\nhello: OK\n", "", 0}},
		{"-c --128", hello128 + " hello\n", result{"hello: OK\n", "", 0}},
		{"--seed 7 hello", "", result{seven + "  hello\n", "", 0}},
		{"--128 --seed=0x7 hello", "", result{seven128 + "  hello\n", "", 0}},
		{"--seed 18446744073709551615", "hello", result{most + "  -\n", "", 0}},
		{"--seed 0xFFFFffffFFFFffff --128", "hello", result{most128 + "  -\n", "", 0}},
		{"--seed 0 hello", "", result{hello + "  hello\n", "", 0}},
		{"-c --seed 7", seven + "  hello\n" + seven128 + "  hello\nXXH3_" + seven + "  hello\n", result{"hello: OK\nhello: OK\nhello: OK\n", "", 0}},
		{"-c --seed 7 good", "", result{
			"hello: FAILED\nempty: FAILED\n", "widelane xxh3: WARNING: 2 computed checksums did NOT match\n", 1}},
		{"--seed", "", result{"", "widelane xxh3: option '--seed' requires an argument\n" + hint, 2}},
		{"--seed -1", "", result{"", "widelane xxh3: invalid seed: '-1'\n" + hint, 2}},
		{"--seed 1_0", "", result{"", "widelane xxh3: invalid seed: '1_0'\n" + hint, 2}},
		{"--seed 0x", "", result{"", "widelane xxh3: invalid seed: '0x'\n" + hint, 2}},
		{"--seed 18446744073709551616", "", result{"", "widelane xxh3: invalid seed: '18446744073709551616'\n" + hint, 2}},
		{"-c wrong", "", result{
			"hello: FAILED\nhello: FAILED\nempty: OK\n", "widelane xxh3: WARNING: 2 computed checksums did NOT match\n", 1}},
		{"-c --128 good", "", result{"", "widelane xxh3: good: no properly formatted checksum lines found\n", 1}},
		{"-c other", "", result{"", "widelane xxh3: other: no properly formatted checksum lines found\n", 1}},
	} {
		cmd := program(t, append([]string{"xxh3"}, strings.Fields(c.args)...)...)
		cmd.Dir = dir
		if got := capture(t, cmd, strings.NewReader(c.stdin)); got != c.want {
			t.Errorf("xxh3 %s:\ngot  %+v\nwant %+v", c.args, got, c.want)
		}
	}
}

// Longer than a buffer of the reader, and than what it reads before it reads ahead.
func TestXXH3Long(t *testing.T) {
	text := strings.Repeat("widelane", 7*bufferSize/8) + "!"
	for args, digits := range map[string]int{"xxh3": 16, "xxh3 --128": 32} {
		kind := xxh3Narrow
		if digits == 32 {
			kind = xxh3Wide
		}
		sum := kind.start()
		sum.add([]byte(text))
		want := result{sum.value().hex(digits) + "  -\n", "", 0}
		if got := widelane(t, text, strings.Fields(args)...); got != want {
			t.Errorf("%s: got %+v, want %+v", args, got, want)
		}
	}
}
