package xxh3

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash"
	"io/fs"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/widelane/widelane/go-shim/internal/variants"
)

// reference is the bytes that the vectors are of.
func reference() []byte {
	p := make([]byte, 1<<19)
	g := uint64(2654435761)
	for i := range p {
		p[i] = byte(g >> 56)
		g *= 11400714785074694797
	}
	return p
}

var kernels = variants.Set{"xxh3_digest", "xxh3_accumulate"}

func number(t *testing.T, s string, base int) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(s, base, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// vector is a line of the file.
type vector struct {
	p      []byte
	seed   uint64
	secret []byte // nil if there is a seed
	short  uint64
	long   Uint128
}

func vectors(t *testing.T) (all []vector) {
	t.Helper()
	f, err := os.Open("../../testdata/xxh3.txt")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the vectors are in the repository, not in the module")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, lines := reference(), bufio.NewScanner(f)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		fields := strings.Fields(lines.Text())
		kind, key, ok := strings.Cut(fields[1], ":")
		if !ok || len(fields) != 4 {
			t.Fatalf("%q: not a vector", lines.Text())
		}
		v := vector{
			p:     data[:number(t, fields[0], 10)],
			short: number(t, fields[2], 16),
			long:  Uint128{Hi: number(t, fields[3][:16], 16), Lo: number(t, fields[3][16:], 16)},
		}
		switch kind {
		case "seed":
			v.seed = number(t, key, 16)
		case "secret":
			v.secret = data[7:][:number(t, key, 10)]
		default:
			t.Fatalf("%q: no such key", lines.Text())
		}
		all = append(all, v)
	}
	if lines.Err() != nil || len(all) < 1500 {
		t.Fatalf("%d vectors, %v", len(all), lines.Err())
	}
	return all
}

func TestVectors(t *testing.T) {
	all := vectors(t)
	kernels.Run(t, func(t *testing.T) {
		for _, v := range all {
			short, long := HashSeed(v.p, v.seed), Hash128Seed(v.p, v.seed)
			if v.secret != nil {
				short, long = HashSecret(v.p, v.secret), Hash128Secret(v.p, v.secret)
			}
			if short != v.short || long != v.long {
				t.Fatalf("%d bytes, seed %x, secret of %d: %x, %x", len(v.p), v.seed, len(v.secret), short, long)
			}
			if v.secret != nil {
				continue
			}
			s := string(v.p)
			if HashStringSeed(s, v.seed) != v.short || HashString128Seed(s, v.seed) != v.long {
				t.Fatalf("%d bytes as a string, seed %x", len(s), v.seed)
			}
			if v.seed == 0 && (Hash(v.p) != v.short || HashString(s) != v.short || Hash128(v.p) != v.long || HashString128(s) != v.long) {
				t.Fatalf("%d bytes without a seed", len(s))
			}
		}
	})
}

func TestPieces(t *testing.T) {
	all := vectors(t)
	kernels.Run(t, func(t *testing.T) {
		for _, v := range all {
			for _, lengths := range [][]int{{1 << 20}, {64}, {63, 193}, {1, 0, 255, 300}, {7}, {1024, 256}, {70000}} {
				h := NewSeed(v.seed)
				if v.secret != nil {
					h = NewSecret(v.secret)
				}
				for p, i := v.p, 0; len(p) > 0; i++ {
					n := min(lengths[i%len(lengths)], len(p))
					h.Write(p[:n])
					p = p[n:]
				}
				if h.Sum64() != v.short || h.Sum128() != v.long {
					t.Fatalf("%d bytes in %v, seed %x, secret of %d", len(v.p), lengths, v.seed, len(v.secret))
				}
			}
		}
	})
}

// The kernels against the portable functions: contents, seeds, starts and cuts at random.
func TestGeneric(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	data := make([]byte, 300<<10)
	rand.NewChaCha8([32]byte{1}).Read(data)
	kernels.Run(t, func(t *testing.T) {
		for range 3000 {
			n := random.IntN(3000)
			if random.IntN(50) == 0 {
				n = random.IntN(len(data) - 100)
			}
			p, secret := data[random.IntN(64):][:n], data[random.IntN(999):][:minSecret+random.IntN(300)]
			out, want := [2]uint64{7, 7}, [2]uint64{7, 7}
			digest(out[:], p, secret)
			digestGeneric(want[:], p, secret)
			if out != want {
				t.Fatalf("digest: %d bytes, secret of %d: %x, not %x", n, len(secret), out, want)
			}
			var s, w state
			for i := range s {
				s[i] = random.Uint64()
			}
			s[lanes] %= 40
			w = s
			accumulate(s[:], p, secret)
			accumulateGeneric(w[:], p, secret)
			if s != w {
				t.Fatalf("accumulate: %d bytes, secret of %d: %x, not %x", n, len(secret), s, w)
			}
		}
	})
}

// Every state of the buffer, then a piece that may fit, fill it or go beyond it.
func TestTwoPieces(t *testing.T) {
	data := reference()[:3000]
	kernels.Run(t, func(t *testing.T) {
		for cut := range room + 77 {
			first := New()
			first.Write(data[:cut])
			for n := cut % 7; n <= 521; n += 7 {
				h := *first
				h.Write(data[cut:][:n])
				if h.Sum64() != Hash(data[:cut+n]) || h.Sum128() != Hash128(data[:cut+n]) {
					t.Fatalf("%d bytes, then %d", cut, n)
				}
			}
			for _, n := range []int{1, 63, 64, 65, room - 1, room, room + 1} {
				h := *first
				h.Write(data[cut:][:n])
				if h.Sum64() != Hash(data[:cut+n]) || h.Sum128() != Hash128(data[:cut+n]) {
					t.Fatalf("%d bytes, then %d", cut, n)
				}
			}
		}
	})
}

// The default secret is written down twice: as bytes, and as the numbers that Hash meets.
func TestKeys(t *testing.T) {
	for i, key := range []uint64{
		key0, key8, key16, key24, key32, key40, key48, key56, key64, key72, key80, key88, key96, key104, key112, key120,
	} {
		if want := word(defaultSecret[8*i:]); key != want {
			t.Errorf("key%d is %#x, not %#x", 8*i, key, want)
		}
	}
}

func TestHasher(t *testing.T) {
	p := reference()[:1000]
	h := NewSeed(5)
	h.Write(p)
	h.Reset()
	h.WriteString(string(p[:300]))
	checkpoint := *h
	h.Write(p[300:])
	if h.Sum64() != HashSeed(p, 5) || checkpoint.Sum64() != HashSeed(p[:300], 5) {
		t.Error("a copy is no checkpoint")
	}
	h.ResetSeed(0)
	h.Write(p)
	if h.Sum64() != Hash(p) {
		t.Error("ResetSeed(0) is not New")
	}
	var zero Hasher
	if zero.Sum64() != Hash(nil) || zero.BlockSize() != 64 || zero.Size() != 8 {
		t.Error("the zero Hasher")
	}
	wide := NewSeed128(9)
	wide.Write(p[:1])
	wide.WriteString(string(p[1:]))
	sum := Hash128Seed(p, 9)
	bytes := sum.Bytes()
	if got := wide.Sum([]byte("x")); string(got) != "x"+string(bytes[:]) || wide.Size() != len(bytes) {
		t.Errorf("Sum of 128 bits: %x", got)
	}
	if binary.BigEndian.Uint64(bytes[:]) != sum.Hi || binary.BigEndian.Uint64(h.Sum(nil)) != Hash(p) {
		t.Error("sums are not big-endian")
	}
	wide.Reset()
	if wide.Sum128() != Hash128Seed(nil, 9) {
		t.Error("Reset of 128 bits")
	}
	var _ hash.Hash64 = h
}

func TestShortSecret(t *testing.T) {
	for name, call := range map[string]func(secret []byte){
		"HashSecret":    func(s []byte) { HashSecret(nil, s) },
		"Hash128Secret": func(s []byte) { Hash128Secret(nil, s) },
		"NewSecret":     func(s []byte) { NewSecret(s) },
	} {
		func() {
			defer func() {
				if r := recover(); r != "xxh3: secret shorter than 136 bytes" {
					t.Errorf("%s: %v", name, r)
				}
			}()
			call(make([]byte, MinSecret-1))
		}()
	}
}

func TestAllocations(t *testing.T) {
	p := reference()[:5000]
	h := NewSeed(1)
	if n := testing.AllocsPerRun(100, func() {
		HashSeed(p, 3)
		Hash128Seed(p, 3)
		Hash(p[:100])
		h.Write(p)
		h.Sum64()
		h.Sum128()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
