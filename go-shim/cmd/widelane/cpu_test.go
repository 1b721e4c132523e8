package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/widelane/widelane/go-shim/cpu"
)

// The table shows what the package cpu says, each variant in one line, the serving one marked.
func TestCPU(t *testing.T) {
	got := widelane(t, "", "cpu")
	if got.status != 0 || got.err != "" || strings.Contains(got.out, "\x1b") {
		t.Fatalf("%+v", got)
	}
	_, table, _ := strings.Cut(got.out, "\nKERNEL")
	lines := strings.Split(table, "\n")[1:]
	for _, k := range cpu.Kernels() {
		if strings.HasPrefix(k.Name, "probe_") {
			continue
		}
		for i, v := range k.Variants {
			state := "-"
			switch {
			case v.Name == k.Serving:
				state = "SERVES"
			case v.Available:
				state = "available"
			}
			words := strings.Fields(lines[0])
			if i > 0 {
				words = append([]string{""}, words...)
			} else if words[0] != k.Name {
				t.Errorf("%q is not of %s", lines[0], k.Name)
			}
			if words[1] != v.Name || words[2] != state {
				t.Errorf("%q does not say that %s of %s is %s", lines[0], v.Name, k.Name, state)
			}
			lines = lines[1:]
		}
	}
	if len(lines) != 1 || lines[0] != "" {
		t.Errorf("more lines than variants: %q", lines)
	}
}

func TestCPUJSON(t *testing.T) {
	read := func(env ...string) (m machine) {
		cmd := program(t, "cpu", "--json")
		cmd.Env = append(cmd.Env, env...)
		got := capture(t, cmd, nil)
		if err := json.Unmarshal([]byte(got.out), &m); err != nil || got.status != 0 {
			t.Fatalf("%v: %+v", err, got)
		}
		return m
	}
	same := read()
	for i, f := range cpu.Features() {
		if same.Features[i] != feature(f) {
			t.Errorf("%+v, want %+v", same.Features[i], f)
		}
	}
	all, none := read("GODEBUG="), read("GODEBUG=http2client=1,cpu.all=off")
	if !slices.Equal(none.Masks, []string{"cpu.all=off"}) {
		t.Errorf("masks: %q", none.Masks)
	}
	for i, f := range none.Features {
		if f.Found != all.Features[i].Found {
			t.Errorf("GODEBUG changes what is found: %+v", f)
		}
	}
	if cpu.Level > 1 {
		return // what a level guarantees stays on
	}
	for _, f := range none.Features {
		if f.Used {
			t.Errorf("used in spite of GODEBUG: %+v", f)
		}
	}
	for _, k := range none.Kernels {
		for _, v := range k.Variants {
			if v.Available != (len(v.Needs) == 0) {
				t.Errorf("%s %+v with everything off", k.Name, v)
			}
		}
	}
}

func TestBench(t *testing.T) {
	got := widelane(t, "", "bench", "--quick", "bytealg")
	if got.status != 0 || got.err != "" || strings.Contains(got.out, "\x1b") {
		t.Fatalf("%+v", got)
	}
	row := regexp.MustCompile(`^ +\d+ (B|[KM]iB) +[\d.]+ [kMG]B/s +[\d.]+ [kMG]B/s +[\d.]+x  [#-]*$`)
	rows := 0
	for line := range strings.Lines(got.out) {
		line = strings.TrimSuffix(line, "\n")
		if utf8.RuneCountInString(line) > 80 {
			t.Errorf("wider than 80 columns: %q", line)
		}
		if row.MatchString(line) {
			rows++
		}
	}
	if rows != len(quickSizes) {
		t.Errorf("%d rows:\n%s", rows, got.out)
	}
}

func TestBenchCSV(t *testing.T) {
	got := widelane(t, "", "bench", "-q", "--csv", "bytealg")
	table, err := csv.NewReader(strings.NewReader(got.out)).ReadAll()
	if err != nil || got.status != 0 || got.err != "" {
		t.Fatalf("%v: %+v", err, got)
	}
	if len(table) != 1+len(quickSizes) || strings.Join(table[0][:3], " ") != "benchmark kernel variant" {
		t.Fatalf("%q", table)
	}
	for i, row := range table[1:] {
		ours, err1 := strconv.ParseFloat(row[5], 64)
		theirs, err2 := strconv.ParseFloat(row[6], 64)
		ratio, err3 := strconv.ParseFloat(row[7], 64)
		if err1 != nil || err2 != nil || err3 != nil || ours <= 0 || theirs <= 0 || ratio <= 0 {
			t.Errorf("%q", row)
		}
		if row[4] != fmt.Sprint(quickSizes[i]) || row[1] != "bytealg_index_byte" || row[2] != servingVariant(row[1]) {
			t.Errorf("%q", row)
		}
	}
}

// Each contest names a kernel that exists.
func TestContests(t *testing.T) {
	names := map[string]bool{}
	for _, c := range contests {
		if names[c.name] {
			t.Errorf("two contests named %s", c.name)
		}
		names[c.name] = true
		if servingVariant(c.kernel) == "" {
			t.Errorf("%s: no kernel %s", c.name, c.kernel)
		}
	}
	if got := widelane(t, "", "bench", "crc65"); got.status != 2 || !strings.Contains(got.err, "unknown family 'crc65'") {
		t.Errorf("%+v", got)
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		in   []float64
		want float64
	}{{[]float64{3}, 3}, {[]float64{3, 1}, 2}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 2, 9}, 3}} {
		if got := median(c.in); got != c.want {
			t.Errorf("%v: %v", c.in, got)
		}
	}
}
