package torture

import (
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// lengths are on both sides of those at which an entry checks the stack, and at which long input is cut.
var lengths = []int{16, 256, 257, 1000, 4096, 65_536, 65_537, 80_000}

// right calls the row at each length.
func (r row) right() bool {
	for _, n := range lengths {
		in := r.input(r.fit(n))
		if !r.check(in, r.output(len(in))) {
			return false
		}
	}
	return true
}

// early is what calls found before main: files are initialised in the order of their names, the table before this one.
var early = map[string]bool{}

func init() {
	for _, r := range table {
		early[r.kernel] = r.right()
	}
}

func TestInit(t *testing.T) {
	for _, r := range table {
		if !early[r.kernel] {
			t.Errorf("%s was wrong during init", r.kernel)
		}
	}
}

// places are goroutines of special kinds: each runs call and returns when that is done.
var places = map[string]func(call func()){
	"finalizer": func(call func()) {
		done := make(chan struct{})
		runtime.SetFinalizer(&struct{ _ [64]byte }{}, func(any) { call(); close(done) })
		collectUntil(done)
	},
	"cleanup": func(call func()) {
		done := make(chan struct{})
		runtime.AddCleanup(new([64]byte), func(int) { call(); close(done) }, 0)
		collectUntil(done)
	},
	"locked thread": func(call func()) {
		var done sync.WaitGroup
		done.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			call()
		})
		done.Wait()
	},
	"thread that ends": func(call func()) {
		done := make(chan struct{})
		go func() { // the thread of a goroutine that ends locked ends with it
			runtime.LockOSThread()
			defer close(done)
			call()
		}()
		<-done
	},
	"fresh stack": func(call func()) {
		var done sync.WaitGroup
		done.Go(call)
		done.Wait()
	},
	"deferred after a panic": func(call func()) {
		defer func() { _ = recover() }()
		defer call()
		panic("planned")
	},
}

// collectUntil collects garbage until a finalizer has run.
func collectUntil(done chan struct{}) {
	for {
		runtime.GC()
		select {
		case <-done:
			return
		case <-time.After(time.Millisecond):
		}
	}
}

func TestPlaces(t *testing.T) {
	each(t, func(t *testing.T, r row) {
		for place, run := range places {
			var calls, wrongs atomic.Int64
			run(func() {
				calls.Add(1)
				if !r.right() {
					wrongs.Add(1)
				}
			})
			if calls.Load() != 1 || wrongs.Load() != 0 {
				t.Errorf("%s: %d calls, %d wrong", place, calls.Load(), wrongs.Load())
			}
		}
	})
}

// A wrong result is noticed in each place.
func TestPlacesPlanted(t *testing.T) {
	r := table[0]
	correct := r.call
	r.call = func(in, out []byte) uint64 { return correct(in, out) + uint64(len(in)/80_000) }
	for place, run := range places {
		found := new(atomic.Bool)
		run(func() { found.Store(!r.right()) })
		if !found.Load() {
			t.Errorf("%s: a wrong result was not noticed", place)
		}
	}
}

// Calls of every length beside a collector that never rests, on goroutines that move from processor to processor.
func TestCollector(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	duration := 50 * time.Millisecond
	if testing.Short() {
		duration /= 2
	}
	each(t, func(t *testing.T, r row) {
		type call struct{ in, out, wanted []byte }
		var stop atomic.Bool
		var workers sync.WaitGroup
		var made, wrongs atomic.Int64
		for range 4 {
			workers.Go(func() {
				for i := 0; !stop.Load(); i++ {
					n := r.fit(lengths[i%len(lengths)])
					in := r.input(n)
					c := call{in, r.output(n), r.output(n)}
					if r.call(c.in, c.out) != r.want(c.in, c.wanted) || string(c.out) != string(c.wanted) {
						wrongs.Add(1)
					}
					made.Add(1)
					runtime.Gosched() // another processor may take it from here
				}
			})
		}
		for start, n := time.Now(), 0; time.Since(start) < duration || made.Load() < int64(len(lengths)); n++ {
			runtime.GC()
			runtime.GOMAXPROCS(1 + n%4)
		}
		stop.Store(true)
		workers.Wait()
		if wrongs.Load() != 0 {
			t.Errorf("%d of %d calls wrong", wrongs.Load(), made.Load())
		}
	})
}
