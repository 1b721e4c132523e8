package cpu

import (
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// table is a small family of features with every kind of dependence.
func table(found ...string) (known []feature, used func() string) {
	has := make([]bool, 5)
	known = []feature{
		{name: "sse3", has: &has[0], level: Level}, // guaranteed where builds have levels
		{name: "aes", has: &has[1]},
		{name: "avx2", has: &has[2], needs: []*bool{&has[0]}},
		{name: "avx512f", has: &has[3], needs: []*bool{&has[2]}},
		{name: "avx512bw", has: &has[4], needs: []*bool{&has[3]}},
	}
	for i, f := range known {
		for _, name := range found {
			has[i] = has[i] || f.name == name
		}
	}
	return known, func() string {
		var names []string
		for i, f := range known {
			if has[i] {
				names = append(names, f.name)
			}
		}
		return strings.Join(names, " ")
	}
}

func TestGodebug(t *testing.T) {
	all := "sse3 aes avx2 avx512f avx512bw"
	floor := ""
	if Level > 0 {
		floor = "sse3"
	}
	for _, c := range []struct{ found, godebug, used string }{
		{all, "", all},
		{all, "cpu.aes=off", "sse3 avx2 avx512f avx512bw"},
		{all, "cpu.avx512=off", "sse3 aes avx2"},
		{all, "cpu.avx512bw=off", "sse3 aes avx2 avx512f"},
		{all, "cpu.avx2=off", "sse3 aes"}, // and what builds upon it
		{all, "cpu.all=off", floor},       // but for what the build's level guarantees
		{all, "cpu.all=off,cpu.aes=on", strings.TrimSpace(floor + " aes")},
		{all, "cpu.aes=on,cpu.all=off", floor}, // the last word counts
		{all, "cpu.aes=off,cpu.aes=on", all},
		{all, "cpu.avx512=off,cpu.avx512f=on", "sse3 aes avx2 avx512f"},
		{all, "gctrace=1,cpu.aes=off,x=y", "sse3 avx2 avx512f avx512bw"},
		{all, "cpu.AES=off,cpu.aes,cpu.aes=,cpu.aes=no,aes=off,cpu.=off,cpu.aes2=off,,", all},
		{"sse3 avx2", "cpu.all=on,cpu.aes=on", "sse3 avx2"}, // on adds nothing
		{"sse3 avx512f avx512bw aes", "", "sse3 aes"},       // a CPU that says AVX-512 but not AVX2
	} {
		known, used := table(strings.Fields(c.found)...)
		settle(known, c.godebug)
		if got := used(); got != c.used {
			t.Errorf("found %q, GODEBUG=%q: used %q, want %q", c.found, c.godebug, got, c.used)
		}
	}
}

// Found is what the hardware has, whatever GODEBUG says.
func TestFoundIsNotSwitchedOff(t *testing.T) {
	known, _ := table("sse3", "aes", "avx512f")
	settle(known, "cpu.all=off")
	for _, f := range known {
		if want := f.name == "sse3" || f.name == "aes"; f.found != want {
			t.Errorf("%s: found %v, want %v", f.name, f.found, want)
		}
	}
}

// The environment reaches the package, in a process of its own, since init runs once.
func TestEnvironment(t *testing.T) {
	if os.Getenv("WIDELANE_CPU_TEST") != "" {
		for _, f := range Features() {
			os.Stdout.WriteString(f.Name + map[bool]string{true: " used\n", false: " not\n"}[f.Used])
		}
		return
	}
	if len(known) == 0 {
		t.Skip("no features in this build")
	}
	if runtime.GOOS == "js" || runtime.GOOS == "wasip1" || runtime.GOOS == "ios" {
		t.Skip("no processes on " + runtime.GOOS)
	}
	for _, f := range known {
		if f.level != 0 && f.level <= Level {
			continue
		}
		child := exec.Command(os.Args[0], "-test.run=^TestEnvironment$")
		child.Env = append(os.Environ(), "WIDELANE_CPU_TEST=1", "GODEBUG=cpu."+f.name+"=off")
		out, err := child.Output()
		if err != nil {
			t.Skip("cannot start a process:", err)
		}
		if !strings.Contains(string(out), f.name+" not\n") {
			t.Errorf("GODEBUG=cpu.%s=off was not heeded:\n%s", f.name, out)
		}
	}
}

// The table of kernels names the features; here they stand a second time. In the repository the two are compared.
func TestManifest(t *testing.T) {
	text, err := os.ReadFile("../../../crates/kernels-manifest/src/feature.rs")
	if err != nil {
		t.Skip("not in the repository:", err)
	}
	row := regexp.MustCompile(`(?m)^    (\w+) (X86_64|Aarch64) (None|Some\(Level::V(\d)\)), "[^"]+" "(\w+)" "(\w+)";$`)
	arch := map[string]string{"amd64": "X86_64", "arm64": "Aarch64"}[runtime.GOARCH]
	var want []string
	rows := row.FindAllStringSubmatch(string(text), -1)
	for _, r := range rows {
		if r[2] == arch && len(known) > 0 {
			want = append(want, r[6]+" "+r[4])
		}
	}
	if len(rows) < 20 {
		t.Fatalf("only %d rows found", len(rows))
	}
	var got []string
	for _, f := range known {
		got = append(got, f.name+" "+strings.TrimLeft(string(rune('0'+f.level)), "0"))
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("known %q\ntable %q", got, want)
	}
}

// What a feature needs stands before it, and is a feature itself: settle goes through the table once.
func TestOrder(t *testing.T) {
	earlier := map[*bool]bool{}
	for _, f := range known {
		for _, need := range f.needs {
			if !earlier[need] {
				t.Errorf("%s stands before what it needs", f.name)
			}
		}
		earlier[f.has] = true
	}
}
