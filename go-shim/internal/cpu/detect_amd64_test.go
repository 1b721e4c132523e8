//go:build gc && !purego && !noasm && !race && !msan && !asan && !openbsd

package cpu

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// machine is what CPUID and XGETBV say, as bits by name of the manuals.
type machine struct {
	ecx1, ebx7, ecx7, ecxExt []int
	xcr0                     uint32
}

func word(bits []int) (w uint32) {
	for _, b := range bits {
		w |= 1 << b
	}
	return w
}

var (
	v2     = []int{0, 1, 9, 19, 20, 23, 25}
	avx    = slices.Concat(v2, []int{12, 27, 28})
	v3     = []int{3, 5, 8}
	avx512 = slices.Concat(v3, []int{16, 17, 30, 31})
)

func TestDecode(t *testing.T) {
	saved := save()
	defer saved()
	old := "sse3 ssse3 sse41 sse42 popcnt"
	haswell := old + " avx avx2 bmi1 bmi2 lzcnt fma aes pclmulqdq"
	for name, c := range map[string]struct {
		machine
		want string
	}{
		"Nehalem":                     {machine{ecx1: []int{0, 9, 19, 20, 23}}, old},
		"Haswell":                     {machine{avx, v3, nil, []int{5}, 7}, haswell},
		"Haswell, no XSAVE of YMM":    {machine{avx, v3, nil, []int{5}, 3}, old + " bmi1 bmi2 lzcnt aes pclmulqdq"},
		"Alder Lake":                  {machine{avx, v3, []int{9, 10}, []int{5}, 7}, haswell + " vpclmulqdq"},
		"Skylake-X":                   {machine{avx, avx512, nil, []int{5}, 0xe7}, haswell + " avx512f avx512bw avx512dq avx512vl"},
		"Skylake-X, no XSAVE of ZMM":  {machine{avx, avx512, nil, []int{5}, 7}, haswell},
		"Skylake-X, opmasks not kept": {machine{avx, avx512, nil, []int{5}, 0xc7}, haswell},
		"Ice Lake": {machine{avx, avx512, []int{1, 6, 10}, []int{5}, 0xe7},
			haswell + " vpclmulqdq avx512f avx512bw avx512dq avx512vl avx512vbmi avx512vbmi2"},
		"an 80486": {machine{}, ""},
	} {
		decode(leaf{ecx: word(c.ecx1)}, leaf{ebx: word(c.ebx7), ecx: word(c.ecx7)}, leaf{ecx: word(c.ecxExt)}, c.xcr0)
		settle(known, "")
		var got []string
		for _, f := range known {
			if f.found {
				got = append(got, f.name)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// save returns a function that puts every feature back.
func save() func() {
	old := slices.Clone(known)
	has := make([]bool, len(known))
	for i, f := range known {
		has[i] = *f.has
	}
	return func() {
		for i, f := range known {
			*f.has = has[i]
		}
		copy(known, old)
	}
}

// Linux lists what it found in the same instructions, by names of its own.
func TestProcCpuinfo(t *testing.T) {
	if os.Getenv("WIDELANE_TEST_EMULATOR") != "" {
		t.Skip("an emulator shows the file of the machine that it runs on")
	}
	text, err := os.ReadFile("/proc/cpuinfo")
	flags := regexp.MustCompile(`(?m)^flags\s*:(.*)$`).FindSubmatch(text)
	if err != nil || flags == nil {
		t.Skip("no flags in /proc/cpuinfo")
	}
	linux := strings.Fields(string(flags[1]))
	names := map[string]string{"sse3": "pni", "sse41": "sse4_1", "sse42": "sse4_2", "lzcnt": "abm", "avx512vbmi2": "avx512_vbmi2"}
	for _, f := range known {
		name := f.name
		if other, ok := names[name]; ok {
			name = other
		}
		if got, want := f.found, slices.Contains(linux, name); got != want {
			t.Errorf("%s: found %v, /proc/cpuinfo %v", f.name, got, want)
		}
	}
}
