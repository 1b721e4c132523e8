package unruly

import (
	"errors"
	"io"
	"slices"
	"testing"
	"testing/iotest"
)

func TestReader(t *testing.T) {
	broke := errors.New("broke")
	ends := map[bool]int{}
	for length := range 30 {
		text := "what a reader of thirty has to say"[:length]
		for most := 1; most < 40; most++ {
			r := &Reader{Text: []byte(text), Most: most, Err: broke}
			all, last := "", 0
			var err error
			for err == nil {
				buf := make([]byte, 50)
				last, err = r.Read(buf)
				if all += string(buf[:last]); last > most {
					t.Fatalf("%d bytes at once, not %d", last, most)
				}
			}
			if all != text || err != broke {
				t.Fatalf("%d bytes by %d: %q, %v", length, most, all, err)
			}
			ends[last > 0]++
		}
	}
	if ends[true] == 0 || ends[false] == 0 {
		t.Errorf("the error came %d times with bytes, %d times without", ends[true], ends[false])
	}
}

func TestWriter(t *testing.T) {
	w := &Writer{Room: 5}
	for _, write := range []struct {
		p   string
		n   int
		err error
	}{{"abc", 3, nil}, {"", 0, nil}, {"def", 2, ErrFull}, {"g", 0, ErrFull}} {
		if n, err := w.Write([]byte(write.p)); n != write.n || err != write.err {
			t.Errorf("%q: %d, %v", write.p, n, err)
		}
	}
	if !slices.Equal(w.Writes, []string{"abc", "", "def", "g"}) {
		t.Errorf("%q", w.Writes)
	}
}

func TestReadAll(t *testing.T) {
	text := []byte("lane by lane")
	for n := 1; n < 20; n++ {
		all, err := ReadAll(&Reader{Text: text, Most: 5, Err: io.EOF}, n)
		if string(all) != string(text) || err != io.EOF {
			t.Errorf("by %d: %q, %v", n, all, err)
		}
	}
	if _, err := ReadAll(silent{}, 1); err == nil {
		t.Error("a reader that never ends has ended")
	}
	if _, err := ReadAll(iotest.ErrReader(io.ErrClosedPipe), 1); err != io.ErrClosedPipe {
		t.Error(err)
	}
}

// silent reads nothing, for ever.
type silent struct{}

func (silent) Read([]byte) (int, error) { return 0, nil }
