package torture

import (
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// long is how long the garbage collector may wait for a kernel: it stops the world, and machine code does not stop.
const long = 100 * time.Millisecond

// processors is how many goroutines are at work beside the one that stops them.
var processors = runtime.GOMAXPROCS(0)

// wait runs work on every processor over and over, and stops the world beside it. It returns the second shortest of five
// waits: one that fell into a gap between two calls proves nothing, nor do three on a machine that was busy.
//
// It stops the world as a collection does, and does nothing else: the length of a whole collection depends on how soon
// the system lets its many goroutines run, which on a busy machine came to 110 ms beside calls of microseconds. Two
// more things keep other programs out of the figure. The clock is the processor time that the process uses, per
// processor: while nobody of ours runs it stands still. And the one that stops the world has a processor of its own, so
// that it does not wait for a call to end before it begins.
func wait(work func(stop *atomic.Bool)) time.Duration {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors + 1))
	var stop atomic.Bool
	var workers sync.WaitGroup
	for range processors {
		workers.Go(func() {
			for !stop.Load() {
				work(&stop)
			}
		})
	}
	var waits []time.Duration
	for range 5 {
		time.Sleep(time.Millisecond) // the workers are at work again
		start := spent()
		runtime.ReadMemStats(new(runtime.MemStats))
		waits = append(waits, (spent()-start)/time.Duration(processors))
	}
	stop.Store(true)
	workers.Wait()
	slices.Sort(waits)
	return waits[1]
}

// held is how long the planted fault keeps the world from stopping, and how long what could do so is given to do it.
const held = 3 * long

// turns is how often a loop must go round to last as long as held: loop is tried with more and more turns.
func turns(loop func(turns int)) int {
	for n := 64; ; n *= 4 {
		start := spent()
		loop(n)
		if took := spent() - start; took > long/20 {
			return int(float64(n) * float64(held) / float64(took))
		}
	}
}

func TestPauses(t *testing.T) {
	if faults == nil {
		t.Skip("no machine code in this build: Go code can be stopped")
	}
	size := 64 << 20
	if testing.Short() || len(emulator) > 0 {
		size = 1 << 20
	}
	each(t, func(t *testing.T, r row) {
		in := r.input(r.fit(size))
		outputs := sync.Pool{New: func() any { return r.output(len(in)) }}
		beside(t, len(in), func(*atomic.Bool) {
			out := outputs.Get().([]byte)
			atomic.AddUint64(&sink, r.call(in, out))
			outputs.Put(out)
		})
		// Short calls have no preemption point of their own: the caller is stopped between two of them. So the loop
		// has nothing in it but calls, and would last as long as the planted fault if that did not work.
		for _, n := range []int{16, 256} {
			in := in[:r.fit(n)]
			loop := func(stop *atomic.Bool, turns int) {
				atomic.AddUint64(&sink, r.loop(stop, turns, in, r.output(len(in))))
			}
			turns := turns(func(turns int) { loop(new(atomic.Bool), turns) })
			beside(t, len(in), func(stop *atomic.Bool) { loop(stop, turns) })
		}
	})
}

// beside stops the world beside work, which calls a kernel with n bytes at a time.
func beside(t *testing.T, n int, work func(stop *atomic.Bool)) {
	t.Helper()
	time := wait(work)
	t.Logf("the world took %v to stop beside calls with %d bytes", time, n)
	if time > long {
		t.Errorf("longer than %v", long)
	}
}

// Machine code without a preemption point that runs for three times what is allowed keeps the world from stopping.
func TestPausesPlanted(t *testing.T) {
	if faults == nil {
		t.Skip("no machine code in this build")
	}
	turns := turns(faults.spin)
	if time := wait(func(*atomic.Bool) { faults.spin(turns) }); time < long {
		t.Errorf("the world took only %v to stop beside calls of %v", time, held)
	}
}
