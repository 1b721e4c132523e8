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

var processors = runtime.GOMAXPROCS(0)

// wait runs work on every processor over and over and collects garbage beside it. It returns how long the second
// quickest collection took: a kernel that holds one up holds all up. The clock is the processor time that the process
// uses, per processor, which is the same on a machine that is busy with other things.
func wait(collections int, work func()) time.Duration {
	var stop atomic.Bool
	var workers sync.WaitGroup
	for range processors {
		workers.Go(func() {
			for !stop.Load() {
				work()
			}
		})
	}
	time.Sleep(10 * time.Millisecond) // the workers are at work
	var times []time.Duration
	for range collections {
		start := spent()
		runtime.GC()
		times = append(times, (spent()-start)/time.Duration(processors))
	}
	stop.Store(true)
	workers.Wait()
	slices.Sort(times)
	return times[1]
}

func TestPauses(t *testing.T) {
	size, turns := 64<<20, 200_000
	if testing.Short() || len(emulator) > 0 {
		size, turns = 1<<20, 5_000
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
				for range turns {
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
	if time := wait(5, work); time > long {
		t.Errorf("a collection took %v beside calls with %d bytes", time, n)
	}
}

// Machine code without a preemption point that runs for three times what is allowed makes the collector wait.
func TestPausesPlanted(t *testing.T) {
	if faults == nil {
		t.Skip("no machine code in this build")
	}
	const sample = 20_000_000
	start := spent()
	faults.spin(sample)
	turns := int(sample * 3 * float64(long) / float64(spent()-start))
	if time := wait(2, func() { faults.spin(turns) }); time < long {
		t.Errorf("a collection took only %v beside calls of %v", time, 3*long)
	}
}
