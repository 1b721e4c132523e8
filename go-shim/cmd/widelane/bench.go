package main

import (
	"encoding/csv"
	"fmt"
	"runtime"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/widelane/widelane/go-shim/cpu"
)

const benchHelp = `Usage: widelane bench [OPTION]... [FAMILY]...
Measure each kernel against Go's standard library, or Go's own loop where that
has none, on this machine. FAMILY is adler32, base32, base64, bytealg, crc32,
crc64, hex, latin1, utf16, utf8, vec or xxh3; all if none is named.

  -q, --quick           fewer sizes and shorter measurements: about 10 seconds
      --csv             print comma-separated values
  -h, --help            print this help

Both sides run in turns, in bursts far below a millisecond, on the same hot
data; a ratio is the median of the ratios of neighbouring bursts, so that what
disturbs the machine disturbs both. Rates are medians, in bytes of binary data;
1 GB is 10^9 bytes. The bar shows the rates: first the standard library's, and
what the kernel adds to it.
`

// burst is how long one side runs before it is the other's turn: long enough that reading the clock does not count, short
// enough that most bursts fall between the interruptions of a busy machine.
const burst = 150 * time.Microsecond

var (
	allSizes   = []int{16, 64, 256, 1 << 10, 8 << 10, 64 << 10, 1 << 20, 16 << 20}
	quickSizes = []int{16, 256, 1 << 10, 64 << 10, 1 << 20}
)

// A contest is one row of the table of benchmarks.
type contest struct {
	family string
	name   string // unique
	kernel string // of the register of kernels, for the variant that serves
	rival  string
	// prepare returns the two sides for size bytes, or nils where the size makes no sense.
	prepare func(size int) (ours, theirs side)
}

// A side does its work n times. The loop is inside, since a call through a variable costs as much as a small kernel.
type side func(n int)

// A measurement is one line of the table.
type measurement struct {
	size         int
	ours, theirs float64 // bytes a second
	ratio        float64
}

// A benchmark is one run of `widelane bench`.
type benchmark struct {
	*call
	quick, csv bool
	paint      style
	done, all  int
	start      time.Time
}

func runBench(k *call) error {
	b := &benchmark{call: k, paint: styleFor(k.stdout.file), start: time.Now()}
	families, err := parse(k.args, on('q', "quick", &b.quick), on(0, "csv", &b.csv))
	if err != nil {
		return err
	}
	chosen, err := choose(families)
	if err != nil {
		return err
	}
	// The measured code runs on one thread, and collections between bursts would only shorten the time that counts.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	sizes, budget := allSizes, 400*time.Millisecond
	if b.quick {
		sizes, budget = quickSizes, 150*time.Millisecond
	}
	b.all = len(chosen) * len(sizes)
	b.printHead()
	for _, c := range chosen {
		var rows []measurement
		for _, size := range sizes {
			b.stderr.status(b.statusLine(c, size))
			if m, ok := c.measure(size, budget); ok {
				rows = append(rows, m)
			}
			b.done++
		}
		b.stderr.clearStatus()
		b.print(c, rows)
		if err := b.stdout.flush(); err != nil {
			return errFailed
		}
	}
	return nil
}

// choose returns the contests of the families, in the table's order.
func choose(families []string) ([]contest, error) {
	if len(families) == 0 {
		return contests, nil
	}
	for _, f := range families {
		if !slices.ContainsFunc(contests, func(c contest) bool { return c.family == f }) {
			return nil, usagef("unknown family %s", quoteArg(f))
		}
	}
	var chosen []contest
	for _, c := range contests {
		if slices.Contains(families, c.family) {
			chosen = append(chosen, c)
		}
	}
	return chosen, nil
}

// measure runs both sides in turns for about the budget.
func (c contest) measure(size int, budget time.Duration) (measurement, bool) {
	ours, theirs := c.prepare(size)
	if ours == nil {
		return measurement{}, false
	}
	oursTimes, theirsTimes := repetitions(ours), repetitions(theirs)
	var rates [2][]float64
	var ratios []float64
	for end := time.Now().Add(budget); len(ratios) < 5 || time.Now().Before(end); {
		// The order changes, so that neither side always finds the caches as the other left them.
		var a, b float64
		if len(ratios)%2 == 0 {
			a = rate(ours, oursTimes)
			b = rate(theirs, theirsTimes)
		} else {
			b = rate(theirs, theirsTimes)
			a = rate(ours, oursTimes)
		}
		rates[0], rates[1] = append(rates[0], a), append(rates[1], b)
		ratios = append(ratios, a/b)
	}
	return measurement{size, median(rates[0]) * float64(size), median(rates[1]) * float64(size), median(ratios)}, true
}

// repetitions returns how often f fits into a burst, at least once.
func repetitions(f side) int {
	for n := 1; ; n *= 2 {
		start := time.Now()
		f(n)
		if took := time.Since(start); took >= burst/4 {
			return max(1, int(float64(n)*float64(burst)/float64(took)))
		}
	}
}

// rate returns calls a second.
func rate(f side, times int) float64 {
	start := time.Now()
	f(times)
	return float64(times) / max(time.Since(start), 1).Seconds()
}

func median(x []float64) float64 {
	sort.Float64s(x)
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}

func (b *benchmark) statusLine(c contest, size int) string {
	line := fmt.Sprintf("%3d %%  %s %s", 100*b.done/b.all, c.name, sizeText(size))
	if elapsed := time.Since(b.start); b.done > 0 {
		line += "  ETA " + clock(elapsed/time.Duration(b.done)*time.Duration(b.all-b.done))
	}
	return line
}

func (b *benchmark) printHead() {
	if b.csv {
		b.record("benchmark", "kernel", "variant", "rival", "bytes", "widelane_bytes_per_second", "rival_bytes_per_second", "ratio")
		return
	}
	m := thisMachine()
	fmt.Fprintf(b.stdout, "%s, %s/%s, %s, widelane %s\n", orUnknown(m.CPU), m.OS, m.Arch, m.Go, m.Version)
	if len(m.Masks) > 0 {
		fmt.Fprintf(b.stdout, "GODEBUG=%s\n", printable(strings.Join(m.Masks, ",")))
	}
}

// record writes one line of comma-separated values.
func (b *benchmark) record(fields ...string) {
	w := csv.NewWriter(b.stdout)
	w.Write(fields)
	w.Flush()
}

func orUnknown(name string) string {
	if name == "" {
		return "CPU unknown"
	}
	return name
}

func (b *benchmark) print(c contest, rows []measurement) {
	variant := servingVariant(c.kernel)
	if b.csv {
		for _, m := range rows {
			b.record(c.name, c.kernel, variant, c.rival, strconv.Itoa(m.size),
				fmt.Sprintf("%.0f", m.ours), fmt.Sprintf("%.0f", m.theirs), fmt.Sprintf("%.3f", m.ratio))
		}
		return
	}
	fmt.Fprintf(b.stdout, "\n%s\n", b.paint.bold(fmt.Sprintf("%s: %s against %s", c.name, variant, c.rival)))
	fmt.Fprintf(b.stdout, "%8s %11s %11s %8s\n", "", "widelane", "Go", "ratio")
	top := 0.0
	for _, m := range rows {
		top = max(top, m.ours, m.theirs)
	}
	for _, m := range rows {
		ratio := fmt.Sprintf("%7.2fx", m.ratio)
		if m.ratio < 0.97 {
			ratio = b.paint.red(ratio)
		}
		fmt.Fprintf(b.stdout, "%8s %9s/s %9s/s %s  %s\n", sizeText(m.size), byteCount(m.ours), byteCount(m.theirs), ratio, b.bar(m, top))
	}
}

// barWidth is what is left of 80 columns.
const barWidth = 37

// bar draws both rates in one: the slower side's part solid, what the other has more lighter.
func (b *benchmark) bar(m measurement, top float64) string {
	solid, light := "#", "-"
	if showsUnicode() {
		solid, light = "█", "░"
	}
	columns := func(rate float64) int { return int(rate/top*barWidth + 0.5) }
	low, high := columns(min(m.ours, m.theirs)), columns(max(m.ours, m.theirs))
	more := strings.Repeat(light, high-low)
	if m.ours < m.theirs {
		more = b.paint.red(more)
	} else {
		more = b.paint.green(more)
	}
	return strings.Repeat(solid, low) + more
}

func servingVariant(kernel string) string {
	for _, k := range cpu.Kernels() {
		if k.Name == kernel {
			return k.Serving
		}
	}
	return ""
}

func sizeText(n int) string {
	switch {
	case n >= 1<<20:
		return strconv.Itoa(n>>20) + " MiB"
	case n >= 1<<10:
		return strconv.Itoa(n>>10) + " KiB"
	}
	return strconv.Itoa(n) + " B"
}
