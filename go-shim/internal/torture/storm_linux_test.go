package torture

import (
	"bytes"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/widelane/widelane/go-shim/internal/impl"
)

// storm calls the rows on several threads for a while, with the profiler and the tracer on, the garbage collector at
// work and stacks growing, while each thread gets SIGPROF from a timer of its own, and SIGPROF and SIGURG, the
// scheduler's signal, from another thread. It returns how many results were wrong and how many SIGPROF were handled.
func storm(t *testing.T, rows []row, duration time.Duration) (wrong, handled int) {
	t.Helper()
	var profile bytes.Buffer
	if err := pprof.StartCPUProfile(&profile); err != nil {
		t.Fatal(err)
	}
	if err := trace.Start(io.Discard); err != nil {
		t.Fatal(err)
	}
	var (
		stop    atomic.Bool
		wrongs  atomic.Int64
		workers sync.WaitGroup
		threads = make(chan int, 4)
	)
	background := func(work func()) {
		workers.Go(func() {
			for !stop.Load() {
				work()
			}
		})
	}
	for n := range cap(threads) {
		workers.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			defer tick(t, syscall.Gettid())()
			threads <- syscall.Gettid()
			for i := n; !stop.Load(); i++ {
				r, most := rows[i%len(rows)], 9000
				if i%8 == 0 {
					most = 80_000 // longer than one call of machine code
				}
				if in := r.input(r.fit(i * 977 % most)); !r.check(in, r.output(len(in))) {
					wrongs.Add(1)
				}
			}
		})
	}
	tids := []int{<-threads, <-threads, <-threads, <-threads}
	background(func() {
		for _, tid := range tids {
			for _, signal := range []syscall.Signal{syscall.SIGPROF, syscall.SIGURG} {
				if err := syscall.Tgkill(os.Getpid(), tid, signal); err != nil {
					t.Error("tgkill:", err)
				}
			}
		}
		runtime.Gosched()
	})
	background(func() { runtime.GC(); time.Sleep(time.Millisecond) })
	background(func() {
		done := make(chan struct{})
		go func() { pads[1](depths, func() { close(done) }) }()
		<-done
	})
	time.Sleep(duration)
	stop.Store(true)
	workers.Wait()
	trace.Stop()
	pprof.StopCPUProfile()
	all, err := stacks(profile.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		handled += s.count
	}
	return int(wrongs.Load()), handled
}

// rate is how often a second a thread's timer fires.
func rate() int64 {
	if len(emulator) > 0 {
		return 200
	}
	return 10_000
}

// tick has SIGPROF sent to a thread by a timer, until the function that it returns is called.
func tick(t *testing.T, tid int) (stop func()) {
	const clockMonotonic, sigevThreadID = 1, 4
	event := struct {
		value          uintptr
		signal, notify int32
		tid            int32
		_              [44]byte
	}{signal: int32(syscall.SIGPROF), notify: sigevThreadID, tid: int32(tid)}
	var timer int32
	_, _, errno := syscall.RawSyscall(syscall.SYS_TIMER_CREATE, clockMonotonic,
		uintptr(unsafe.Pointer(&event)), uintptr(unsafe.Pointer(&timer)))
	if errno != 0 {
		t.Error("timer_create:", errno)
		return func() {}
	}
	every := syscall.NsecToTimespec(int64(time.Second) / rate())
	spec := [2]syscall.Timespec{every, every}
	_, _, errno = syscall.RawSyscall6(syscall.SYS_TIMER_SETTIME, uintptr(timer), 0, uintptr(unsafe.Pointer(&spec)), 0, 0, 0)
	if errno != 0 {
		t.Error("timer_settime:", errno)
	}
	return func() { syscall.RawSyscall(syscall.SYS_TIMER_DELETE, uintptr(timer), 0, 0) }
}

// sitting is how long one storm lasts.
func sitting() time.Duration {
	if testing.Short() {
		return time.Second
	}
	return 3 * time.Second
}

// enough is how many SIGPROF a storm of that length must have delivered on a machine that is busy with other things.
func enough(duration time.Duration) int {
	if len(emulator) > 0 {
		return int(20 * duration / time.Second)
	}
	return int(500 * duration / time.Second)
}

// demanded is how many signals a run must have handled in all: 0, or what this variable says before a release.
func demanded(t *testing.T) int {
	text, set := os.LookupEnv("WIDELANE_TORTURE_SIGNALS")
	if !set {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		t.Fatalf("WIDELANE_TORTURE_SIGNALS is %q, which is no number of signals", text)
	}
	return n
}

// Each round forces the next variant of every kernel; they start over until the demanded signals are handled.
func TestStorm(t *testing.T) {
	all, demanded := 0, demanded(t)
	rounds := 1
	for _, k := range impl.Kernels() {
		rounds = max(rounds, len(k.Available()))
		defer k.Force("")
	}
	for round := 0; round < rounds || all < demanded; round++ {
		for _, k := range impl.Kernels() {
			variants := k.Available()
			if err := k.Force(variants[min(round%rounds, len(variants)-1)]); err != nil {
				t.Log(err) // the build's level decides
			}
		}
		wrong, handled := storm(t, table, sitting())
		t.Logf("round %d: %d signals handled", round, handled)
		if wrong != 0 {
			t.Errorf("round %d: %d wrong results", round, wrong)
		}
		all += handled
		if handled < enough(sitting()) {
			t.Errorf("round %d: only %d signals handled", round, handled)
		}
	}
}

// A wrong result now and then is found, and so is a register of the runtime's that is not there when a signal comes.
func TestStormPlanted(t *testing.T) {
	calls := new(atomic.Int64)
	r := table[0]
	right := r.call
	r.call = func(in, out []byte) uint64 {
		if calls.Add(1)%100 == 0 {
			return right(in, out) + 1
		}
		return right(in, out)
	}
	if os.Getenv(planted) == "" {
		if wrong, _ := storm(t, []row{r}, time.Second/2); wrong == 0 {
			t.Error("wrong results were not found")
		}
	}
	if faults == nil {
		t.Skip("no machine code in this build")
	}
	if os.Getenv(planted) == "clobber" {
		clobber := table[0]
		clobber.call = func(in, out []byte) uint64 {
			faults.clobber(100_000)
			return right(in, out)
		}
		if wrong, _ := storm(t, []row{clobber}, sitting()); wrong != 0 {
			t.Errorf("%d wrong results", wrong)
		}
		return
	}
	if _, failed := child(t, "TestStormPlanted", "clobber"); !failed {
		t.Error("a register that the runtime needs was not missed")
	}
}
