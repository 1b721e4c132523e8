//go:build amd64 || arm64

package torture

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/widelane/widelane/go-shim/internal/impl"
)

// One call that lasts as long as the planted fault of TestPausesPlanted does not keep the world from stopping, since
// it is cut into many. TestPauses cannot say that of kernels that are done with its input within what is allowed. How
// input is cut does not depend on the variant.
func TestPausesLong(t *testing.T) {
	if faults == nil {
		t.Skip("no machine code in this build: Go code can be stopped")
	}
	if testing.Short() || len(emulator) > 0 {
		t.Skip("takes seconds natively, minutes with an emulator")
	}
	for _, r := range table {
		if r.wild || r.most != 0 {
			continue // does nothing, or takes no long input
		}
		t.Run(r.kernel, func(t *testing.T) {
			k := impl.Lookup(r.kernel)
			defer k.Force("")
			if variants := k.Available(); len(variants) > 1 {
				if err := k.Force(variants[len(variants)-2]); err != nil {
					t.Log(err) // the build's level decides
				}
			}
			in, out := lasting(t, r)
			beside(t, len(in), func(*atomic.Bool) {
				atomic.AddUint64(&sink, r.loop(new(atomic.Bool), 1, in, out))
			})
		})
	}
}

// lasting returns an input for which one call lasts as long as what is planted, and room for its output.
func lasting(t *testing.T, r row) (in, out []byte) {
	t.Helper()
	const (
		period  = 32 << 20
		longest = 64 << 30
	)
	content := r.input(period)
	for n := 1 << 27; ; {
		in = repeated(t, n, period)
		for _, part := range ends(in, period) {
			copy(part, content)
		}
		if r.room != nil {
			out = repeated(t, r.room(n), period)
		}
		var took time.Duration
		for range 2 { // the first time, the system has yet to find the pages
			start := spent()
			sink += r.loop(new(atomic.Bool), 1, in, out)
			took = max(spent()-start, time.Millisecond)
		}
		if took >= held {
			t.Logf("a call with %d MiB takes %v", n>>20, took)
			return in, out
		}
		if n >= longest {
			t.Fatalf("a call with %d GiB takes only %v", n>>30, took)
		}
		n = min(longest, (int(float64(n)*1.2*float64(held)/float64(took))>>20+1)<<20)
	}
}
