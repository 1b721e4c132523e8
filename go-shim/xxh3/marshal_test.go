package xxh3

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// A state that was marshalled after any number of bytes goes on as the one that it was made from.
func TestMarshal(t *testing.T) {
	p := reference()[:3000]
	secret := reference()[9:][:200]
	for n := range 2500 {
		for _, fresh := range []func() *Hasher{
			New,
			func() *Hasher { return NewSeed(uint64(n)) },
			func() *Hasher { return NewSecret(secret) },
		} {
			h, again := fresh(), fresh()
			again.WriteString("what was there before is gone")
			if n%3 == 0 && h.secret == nil {
				again = New() // the seed comes with the state
			}
			h.Write(p[:n/2])
			h.Write(p[n/2 : n])
			b, err := h.MarshalBinary()
			if err != nil || len(b) != stateSize {
				t.Fatalf("%d bytes: a state of %d, %v", n, len(b), err)
			}
			if err := again.UnmarshalBinary(b); err != nil {
				t.Fatalf("%d bytes: %v", n, err)
			}
			clone, err := again.Clone()
			if err != nil {
				t.Fatal(err)
			}
			again.Write(p[n:])
			want := fresh()
			want.Write(p)
			if again.Sum128() != want.Sum128() || again.Sum64() != want.Sum64() {
				t.Fatalf("%d bytes: another hash after the rest", n)
			}
			if clone.(*Hasher).Sum128() != h.Sum128() {
				t.Fatalf("%d bytes: what was written later is in the clone", n)
			}
		}
	}
	wide, other := NewSeed128(3), New128()
	wide.Write(p)
	b, _ := wide.AppendBinary([]byte("x"))
	if err := other.UnmarshalBinary(b[1:]); err != nil || other.Sum128() != wide.Sum128() {
		t.Errorf("128 bits: %v", err)
	}
	clone, _ := other.Clone()
	if m, _ := clone.(*Hasher128).MarshalBinary(); !bytes.Equal(m, b[1:]) {
		t.Error("128 bits: a clone has another state")
	}
}

// What was written before a reset is not in a state, nor what was taken long ago.
func TestMarshalForgets(t *testing.T) {
	for _, n := range []int{1, 700, room, room + 1, 3000} {
		h, fresh := New(), New()
		h.WriteString(strings.Repeat("secret", 500)[:n])
		h.Reset()
		was, _ := h.MarshalBinary()
		is, _ := fresh.MarshalBinary()
		if !bytes.Equal(was, is) {
			t.Errorf("after %d bytes and a reset the state is not that of a new Hasher", n)
		}
		h.WriteString("public")
		fresh.WriteString("public")
		was, _ = h.MarshalBinary()
		if is, _ = fresh.MarshalBinary(); !bytes.Equal(was, is) {
			t.Errorf("after %d bytes, a reset and others the state is not that of the others", n)
		}
	}
}

func TestUnmarshalErrors(t *testing.T) {
	secret := reference()[9:][:200]
	plain, secretive := New(), NewSecret(secret)
	plain.WriteString("plain")
	secretive.WriteString("secretive")
	good, _ := plain.MarshalBinary()
	hidden, _ := secretive.MarshalBinary()
	word := func(i int, to uint64) []byte {
		b := bytes.Clone(good)
		binary.BigEndian.PutUint64(b[len(magic)+8*i:], to)
		return b
	}
	for _, c := range []struct {
		name  string
		into  *Hasher
		state []byte
		want  error
	}{
		{"nothing", New(), nil, errIdentifier},
		{"magic", New(), append([]byte("xxh\x04"), good[4:]...), errIdentifier},
		{"too short", New(), good[:stateSize-1], errSize},
		{"too long", New(), append(bytes.Clone(good), 0), errSize},
		{"buffer too long", New(), word(3, room+1), errState},
		{"buffer far too long", New(), word(3, 1<<63), errState},
		{"buffer shorter than all", New(), word(3, 4), errState},
		{"empty buffer", New(), func() []byte {
			b := word(2, room+1)
			binary.BigEndian.PutUint64(b[len(magic)+8*3:], 0)
			return b
		}(), errState},
		{"more than was written", New(), func() []byte {
			b := bytes.Clone(good)
			b[len(b)-1] = 1
			return b
		}(), errState},
		{"a secret where none was", NewSecret(secret), good, errSecret},
		{"no secret", New(), hidden, errSecret},
		{"another secret", NewSecret(secret[1:]), hidden, errSecret},
		{"seed and secret", NewSecret(secret), func() []byte {
			b := bytes.Clone(hidden)
			b[len(magic)] = 1
			return b
		}(), errState},
	} {
		c.into.WriteString("before")
		before := *c.into
		if err := c.into.UnmarshalBinary(c.state); err != c.want {
			t.Errorf("%s: %v, not %v", c.name, err, c.want)
		}
		if c.into.Sum128() != before.Sum128() || c.into.seed != before.seed {
			t.Errorf("%s: an error changed the state", c.name)
		}
	}
}
