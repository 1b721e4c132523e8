package main

import (
	"math/rand/v2"
	"slices"
	"time"
)

// What a burst should take, and how many rounds of bursts each size gets: as on the Rust side, whose harness.rs gives the
// reasons.
var (
	burstTime = 30 * time.Microsecond
	rounds    = 301
)

// passes is how often all short lengths are gone through; the fastest pass of a length counts.
const passes = 9

// beShort has each of many lengths measured for a shorter time.
func beShort() {
	burstTime, rounds = 15*time.Microsecond, 15
}

// A contender is one implementation at one size. run holds the loop itself, so that a call costs what it costs in a loop
// of the user's; its result goes to sink.
type contender struct {
	name string
	run  func(n int)
}

// sink keeps the compiler from dropping a call whose result nobody reads.
var sink uint64

type row struct {
	name  string
	ns    float64 // median nanoseconds per call
	ratio float64 // how many times as long as the first contender
}

// measure times all contenders at one size in interleaved bursts of random order. The first is ours.
func measure(size int, contenders []contender) []row {
	counts := make([]int, len(contenders))
	for i, c := range contenders {
		counts[i] = calibrate(c)
	}
	n := rounds
	if size > 1<<20 {
		n = 31
	}
	ns := make([][]float64, len(contenders))
	for range n {
		for _, i := range rand.Perm(len(contenders)) {
			ns[i] = append(ns[i], float64(burst(contenders[i], counts[i]))/float64(counts[i]))
		}
	}
	rows := make([]row, len(contenders))
	for i, c := range contenders {
		ratios := make([]float64, n)
		for r := range ratios {
			ratios[r] = ns[i][r] / ns[0][r]
		}
		rows[i] = row{c.name, 0, median(ratios)}
	}
	for i := range rows {
		rows[i].ns = median(ns[i])
	}
	return rows
}

// calibrate says how many calls make a burst. The first call is not counted: it faults pages in and decides dispatch. The
// shortest of five bursts counts: one that was disturbed would end this too early, and all that follow, of a few calls
// each, would time the clock.
func calibrate(c contender) int {
	burst(c, 1)
	for n := 1; ; n *= 2 {
		took := burst(c, n)
		for range 4 {
			took = min(took, burst(c, n))
		}
		if took >= burstTime/2 || n >= 1<<20 {
			return max(1, int(float64(n)*float64(burstTime)/float64(max(1, took))))
		}
	}
}

func burst(c contender, n int) time.Duration {
	start := cpuTime()
	c.run(n)
	return cpuTime() - start
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// lengths measures every length up to longest: the fastest pass of each, for each contender by itself. A pass goes through
// all of the benches, so that those of one length are far apart; nothing is freed meanwhile, so what a pass allocates lies
// elsewhere than in the one before. A length without contenders has no rows.
func lengths(benches []bench, longest int) [][][]row {
	fastest := make([][][]row, len(benches))
	for range passes {
		for i, b := range benches {
			if fastest[i] == nil {
				fastest[i] = make([][]row, longest+1)
			}
			for size := range fastest[i] {
				keepFaster(&fastest[i][size], measure(size, b.contenders(size)))
			}
		}
	}
	for _, rows := range slices.Concat(fastest...) {
		for i := range rows {
			rows[i].ratio = rows[i].ns / rows[0].ns
		}
	}
	return fastest
}

func keepFaster(seen *[]row, rows []row) {
	if *seen == nil {
		*seen = rows
		return
	}
	for i, r := range rows {
		(*seen)[i].ns = min((*seen)[i].ns, r.ns)
	}
}
