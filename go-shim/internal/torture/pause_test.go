package torture

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// long is how long the garbage collector may wait for a kernel: it stops the world, and machine code does not stop.
const long = 100 * time.Millisecond

// pauses runs work on every processor over and over, and the garbage collector beside it: how long the collections
// took, shortest first.
func pauses(collections int, work func()) []time.Duration {
	var stop atomic.Bool
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for !stop.Load() {
				work()
			}
		})
	}
	time.Sleep(10 * time.Millisecond) // the workers are at work
	var times []time.Duration
	for range collections {
		start := time.Now()
		runtime.GC()
		times = append(times, time.Since(start))
	}
	stop.Store(true)
	workers.Wait()
	slices.Sort(times)
	return times
}

// swift is the second fastest of some collections. A kernel that holds one up holds all up; other programs on this
// machine do not.
func swift(times []time.Duration) time.Duration { return times[1] }

// limit is what a collection may take: long, or twice what it takes beside plain Go on a machine that is busy.
func limit() time.Duration {
	plain := pauses(5, func() {
		x := uint64(0)
		for i := range uint64(1 << 20) {
			x += i * x
		}
		atomic.AddUint64(&sink, x)
	})
	return max(long, 2*swift(plain))
}

func TestPauses(t *testing.T) {
	size := 64 << 20
	if testing.Short() || len(emulator) > 0 {
		size = 4 << 20
	}
	each(t, func(t *testing.T, r row) {
		in := r.input(r.fit(size))
		outputs := sync.Pool{New: func() any { return r.output(len(in)) }}
		beside(t, len(in), func() {
			out := outputs.Get().([]byte)
			atomic.AddUint64(&sink, r.call(in, out))
			outputs.Put(out)
		})
		// Short calls have no preemption point of their own: the caller is stopped between two of them. So the loop
		// has nothing in it but calls.
		for _, n := range []int{16, 256} {
			in := in[:r.fit(n)]
			beside(t, len(in), func() {
				out, sum := r.output(len(in)), uint64(0)
				for range 10_000_000 {
					sum += r.call(in, out)
				}
				atomic.AddUint64(&sink, sum)
			})
		}
	})
}

// beside collects garbage beside work, which calls a kernel with n bytes at a time.
func beside(t *testing.T, n int, work func()) {
	t.Helper()
	if times := pauses(10, work); swift(times) > long && swift(times) > limit() {
		t.Errorf("collections took %v beside calls with %d bytes", times, n)
	}
}

// Machine code without a preemption point that runs for four times what is allowed makes the collector wait.
func TestPausesPlanted(t *testing.T) {
	if faults == nil {
		t.Skip("no machine code in this build")
	}
	const sample = 10_000_000
	start := time.Now()
	faults.spin(sample)
	turns := int(sample * 4 * float64(long) / float64(time.Since(start)))
	limit := limit()
	if times := pauses(3, func() { faults.spin(turns) }); swift(times) < limit {
		t.Errorf("collections took only %v beside calls of %v; %v is the limit", times, 4*long, limit)
	}
}
