package torture

import (
	"os"
	"strings"
	"sync"
	"testing"
)

// pads are functions that differ in the size of their frames only, eight bytes from one to the next.
var pads = [...]func(depth int, f func()){
	pad[[0]uint64], pad[[1]uint64], pad[[2]uint64], pad[[3]uint64], pad[[4]uint64], pad[[5]uint64],
	pad[[6]uint64], pad[[7]uint64], pad[[8]uint64], pad[[9]uint64], pad[[10]uint64], pad[[11]uint64],
	pad[[12]uint64], pad[[13]uint64], pad[[14]uint64], pad[[15]uint64], pad[[16]uint64],
}

// step is the deepening of one more call of the smallest pad; the pads together cover more than that.
//
//go:noinline
func pad[A any](depth int, f func()) {
	var room A
	if depth > 0 {
		pad[[0]uint64](depth-1, f)
	} else {
		f()
	}
	keep(&room)
}

//go:noinline
func keep[A any](*A) {}

// depths is how many times the smallest pad is stacked: beyond the third doubling of a stack of 2 KiB.
const depths = 160

// here calls in the goroutine that it is called in.
func here(call func()) { call() }

// deepen has run call f at every depth of the stack in steps of a word, or at each step-th of them, in goroutines whose
// stacks are small. Between them stand goroutines that do nothing but see whether their own stacks stay as they are:
// stacks of one size lie side by side, so who writes below its own writes into another's. It returns how many did.
func deepen(run func(call func()), step int, f func()) (harmed int) {
	for i := 0; i < len(pads)*depths; i += step {
		pad, depth := pads[i%len(pads)], i/len(pads)
		var runner, neighbours sync.WaitGroup
		release := make(chan struct{})
		var mu sync.Mutex
		neighbour := func() {
			neighbours.Add(1)
			ready := make(chan struct{})
			go func() {
				defer neighbours.Done()
				if !unharmed(ready, release) {
					mu.Lock()
					harmed++
					mu.Unlock()
				}
			}()
			<-ready
		}
		neighbour()
		runner.Go(func() { run(func() { pad(depth, f) }) })
		neighbour()
		runner.Wait()
		close(release)
		neighbours.Wait()
	}
	return harmed
}

// unharmed fills most of a small stack, waits, and looks.
//
//go:noinline
func unharmed(ready, release chan struct{}) bool {
	var canary [150]uint64
	for i := range canary {
		canary[i] = uint64(i) * 0x9e3779b97f4a7c15
	}
	close(ready)
	<-release
	for i, x := range canary {
		if x != uint64(i)*0x9e3779b97f4a7c15 {
			return false
		}
	}
	return true
}

func TestStackDepths(t *testing.T) {
	each(t, func(t *testing.T, r row) {
		// Below and above the length from which on the stack is checked before the kernel is entered.
		for _, n := range []int{32, 250, 2000} {
			r.atDepths(t, here, 1, n, func(call func()) { call() })
		}
	})
}

// In goroutines of every kind, before the stack grows, when it has grown, and when it may have shrunk. Before a release
// at more depths.
func TestStackDepthsNested(t *testing.T) {
	step := 193 // no multiple of how many pads there are, as is 19
	if os.Getenv("WIDELANE_RELEASE_GATES") != "" {
		step = 19
	}
	each(t, func(t *testing.T, r row) {
		for _, run := range places {
			r.atDepths(t, run, step, 2000, func(call func()) {
				call()
				pads[0](depths, call)
				call()
			})
		}
	})
}

// atDepths has a kernel called with n bytes at depths of the stack, in the way that around says.
func (r row) atDepths(t *testing.T, run func(func()), step, n int, around func(call func())) {
	t.Helper()
	in := r.input(r.fit(n))
	out, wanted := r.output(len(in)), r.output(len(in))
	want := r.want(in, wanted)
	calls, wrong := 0, 0
	harmed := deepen(run, step, func() {
		around(func() {
			calls++
			if r.call(in, out) != want || string(out) != string(wanted) {
				wrong++
			}
		})
	})
	if calls == 0 || wrong != 0 || harmed != 0 {
		t.Errorf("%d calls with %d bytes: %d wrong results, %d stacks written into", calls, len(in), wrong, harmed)
	}
}

// A function that uses stack which it has not asked for writes into its neighbours, or ends the process.
func TestStackDepthsPlanted(t *testing.T) {
	if faults == nil {
		t.Skip("no machine code in this build")
	}
	if os.Getenv(planted) == "deep" {
		if harmed := deepen(here, 1, faults.deep); harmed != 0 {
			t.Errorf("%d stacks written into", harmed)
		}
		return
	}
	// What lies beside a stack is up to the runtime: with eight processors, one process in twenty has nobody there.
	output, failed := "", false
	for try := 0; try < 5 && !failed; try++ {
		output, failed = child(t, "TestStackDepthsPlanted", "deep")
	}
	if !failed {
		t.Error("stack use that was not declared was not found")
	}
	if !strings.Contains(output, "stacks written into") {
		t.Logf("it ended otherwise:\n%.300s", output)
	}
}
