package unwrap

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// byBytes is what [Copy] must do.
func byBytes(text []byte) (kept []byte) {
	for _, c := range text {
		if c != '\r' && c != '\n' {
			kept = append(kept, c)
		}
	}
	return kept
}

// text has so many bytes, of which about one in `each` belongs to a line break.
func text(random *rand.Rand, n, each int) []byte {
	text := make([]byte, n)
	for i := range text {
		text[i] = "\r\n"[random.IntN(2)]
		if random.IntN(each) > 0 {
			text[i] = byte(random.Uint32())
		}
	}
	return text
}

func TestCopy(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 300 {
		for _, each := range []int{1, 2, 5, 76, 1 << 20} {
			src := text(random, n, each)
			want := byBytes(src)
			// What lies behind the text must stay.
			dst := append(bytes.Repeat([]byte{0xa5}, n), "behind"...)
			if got := Copy(dst, src); !bytes.Equal(dst[:got], want) || string(dst[n:]) != "behind" {
				t.Fatalf("%q: %q, not %q", src, dst[:got], want)
			}
			if got := Copy(src, src); !bytes.Equal(src[:got], want) {
				t.Fatalf("in place: %q, not %q", src[:got], want)
			}
		}
	}
}

func TestCopyLines(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "\n": "", "\r\n": "", "\n\r": "", "\r\r\n\n": "",
		"ab\r\ncd\r\n": "abcd", "ab\ncd": "abcd", "\r\nab\rcd\r": "abcd", "a\n\n\nb\r\r\rc": "abc",
	} {
		dst := make([]byte, len(text))
		if n := Copy(dst, []byte(text)); string(dst[:n]) != want {
			t.Errorf("%q: %q, not %q", text, dst[:n], want)
		}
	}
	if n := Copy(nil, nil); n != 0 {
		t.Errorf("nothing: %d bytes", n)
	}
}

func BenchmarkCopy(b *testing.B) {
	for name, src := range map[string][]byte{
		"none": bytes.Repeat([]byte("x"), 1000),
		"76":   bytes.Repeat(append(bytes.Repeat([]byte("x"), 76), "\r\n"...), 13),
		"cut":  append([]byte("xxxx\n"), bytes.Repeat(append(bytes.Repeat([]byte("x"), 76), '\n'), 13)...),
		"each": bytes.Repeat([]byte("x\n"), 500),
	} {
		b.Run(name, func(b *testing.B) {
			dst := make([]byte, len(src))
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				Copy(dst, src)
			}
		})
	}
}
