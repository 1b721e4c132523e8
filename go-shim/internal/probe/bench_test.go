//go:build (amd64 || arm64) && gc && !purego && !noasm && !race && !msan && !asan && !openbsd

package probe

import (
	"slices"
	"testing"
	"time"
)

var sink uint64

// burst times n calls, in nanoseconds a call.
func burst(n int, call func(n int)) float64 {
	start := time.Now()
	call(n)
	return float64(time.Since(start).Nanoseconds()) / float64(n)
}

// calls are loops over what is compared: direct calls, as a program makes them.
var calls = []struct {
	name string
	loop func(n int)
}{
	{"empty", func(n int) {
		for range n {
			empty(buffer, 1)
		}
	}},
	{"bare", func(n int) {
		for range n {
			sink += bare(buffer, 1)
		}
	}},
	{"nothing", func(n int) {
		for range n {
			sink += Nothing(buffer, 1)
		}
	}},
}

var buffer = make([]byte, 64)

func BenchmarkCall(b *testing.B) {
	for _, c := range calls {
		b.Run(c.name, func(b *testing.B) { c.loop(b.N) })
	}
}

// A call of a kernel costs what a call of assembly costs. Bursts take turns, so that what disturbs one disturbs all,
// and the medians are compared.
func BenchmarkCallRatio(b *testing.B) {
	times := make([][]float64, len(calls))
	for range 301 {
		for i, c := range calls {
			times[i] = append(times[i], burst(20_000, c.loop))
		}
	}
	for i := range times {
		slices.Sort(times[i])
	}
	median := func(i int) float64 { return times[i][len(times[i])/2] }
	b.ReportMetric(median(0), "empty-ns")
	b.ReportMetric(median(1), "bare-ns")
	b.ReportMetric(median(2), "nothing-ns")
	b.ReportMetric(median(2)/median(0), "nothing/empty")
	b.ReportMetric(median(2)/median(1), "nothing/bare")
	b.ReportMetric(0, "ns/op")
}
