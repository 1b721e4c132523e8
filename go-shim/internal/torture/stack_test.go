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

// deepen calls f in fresh goroutines, whose stacks are small, at every depth of the stack in steps of a word. Between
// them stand goroutines that do nothing but see whether their own stacks stay as they are: stacks of one size lie side
// by side, so who writes below its own writes into another's. It returns how many did.
func deepen(f func()) (harmed int) {
	for _, pad := range pads {
		for depth := range depths {
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
			runner.Go(func() { pad(depth, f) })
			neighbour()
			runner.Wait()
			close(release)
			neighbours.Wait()
		}
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
			in := r.input(r.fit(n))
			out, wanted := r.output(len(in)), r.output(len(in))
			want := r.want(in, wanted)
			wrong := 0
			harmed := deepen(func() {
				if r.call(in, out) != want || string(out) != string(wanted) {
					wrong++
				}
			})
			if wrong != 0 || harmed != 0 {
				t.Errorf("%d bytes: %d wrong results, %d stacks written into", len(in), wrong, harmed)
			}
		}
	})
}

// A function that uses stack which it has not asked for writes into its neighbours, or ends the process.
func TestStackDepthsPlanted(t *testing.T) {
	if faults == nil {
		t.Skip("no machine code in this build")
	}
	if os.Getenv(planted) == "deep" {
		if harmed := deepen(faults.deep); harmed != 0 {
			t.Errorf("%d stacks written into", harmed)
		}
		return
	}
	output, failed := child(t, "TestStackDepthsPlanted", "deep")
	if !failed {
		t.Error("stack use that was not declared was not found")
	}
	if !strings.Contains(output, "stacks written into") {
		t.Logf("it ended otherwise:\n%.300s", output)
	}
}
