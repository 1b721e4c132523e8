package xxh3

// chunk is the longest input of one call of machine code: a microsecond or two, and between two calls the runtime can
// stop the goroutine. It is whole stripes.
const chunk = 64 << 10

const (
	stripe = 64 // bytes that the accumulators take at once
	lanes  = 8
)

// state is eight accumulators and how many stripes of the block they have taken, in words for the kernels.
type state [lanes + 1]uint64

// start is the state of nothing.
var start = state{
	prime32x3, prime64x1, prime64x2, prime64x3, prime64x4, prime32x2, prime64x5, prime32x1,
}

// accumulateGeneric adds the whole stripes of p.
func accumulateGeneric(words []uint64, p, secret []byte) {
	if len(words) < len(state{}) || len(secret) < minSecret {
		return
	}
	acc, at := (*[lanes]uint64)(words), &words[lanes]
	block := uint64(len(secret)-stripe) / 8
	if *at >= block {
		*at = 0
	}
	for ; len(p) >= stripe; p = p[stripe:] {
		step(acc, (*[stripe]byte)(p), (*[stripe]byte)(secret[8**at:]))
		*at++
		if *at == block {
			*at = 0
			scramble(acc, (*[stripe]byte)(secret[len(secret)-stripe:]))
		}
	}
}

// step adds a stripe.
func step(acc *[lanes]uint64, p, key *[stripe]byte) {
	acc[0], acc[1] = stepTwo(acc[0], acc[1], p[0:], key[0:])
	acc[2], acc[3] = stepTwo(acc[2], acc[3], p[16:], key[16:])
	acc[4], acc[5] = stepTwo(acc[4], acc[5], p[32:], key[32:])
	acc[6], acc[7] = stepTwo(acc[6], acc[7], p[48:], key[48:])
}

// stepTwo adds to each of two lanes its product, and its neighbour's data.
func stepTwo(a, b uint64, p, key []byte) (uint64, uint64) {
	x, y := word(p), word(p[8:])
	return a + y + product(x^word(key)), b + x + product(y^word(key[8:]))
}

// product is that of the halves.
func product(x uint64) uint64 { return uint64(uint32(x)) * (x >> 32) }

// scramble ends a block.
func scramble(acc *[lanes]uint64, key *[stripe]byte) {
	for i, x := range acc {
		acc[i] = (x ^ x>>47 ^ word(key[8*i:])) * prime32x1
	}
}

// merge makes half of the result of accumulators and their part of the secret.
func merge(acc *[lanes]uint64, key *[stripe]byte, sum uint64) uint64 {
	sum += fold(acc[0]^word(key[0:]), acc[1]^word(key[8:]))
	sum += fold(acc[2]^word(key[16:]), acc[3]^word(key[24:]))
	sum += fold(acc[4]^word(key[32:]), acc[5]^word(key[40:]))
	sum += fold(acc[6]^word(key[48:]), acc[7]^word(key[56:]))
	return avalanche(sum)
}

// finish sets as many of two words as out has, low half first, for input of so many bytes of which only the last stripe
// was not yet taken. It changes the state.
func finish(out []uint64, s *state, last *[stripe]byte, secret []byte, total uint64) {
	acc, n := (*[lanes]uint64)(s[:]), len(secret)
	step(acc, last, (*[stripe]byte)(secret[n-71:]))
	if len(out) > 0 {
		out[0] = merge(acc, (*[stripe]byte)(secret[11:]), total*prime64x1)
	}
	if len(out) > 1 {
		out[1] = merge(acc, (*[stripe]byte)(secret[n-75:]), ^(total * prime64x2))
	}
}

// digestGeneric hashes p as long input.
func digestGeneric(out []uint64, p, secret []byte) {
	if len(p) < stripe || len(secret) < minSecret {
		return
	}
	s := start
	accumulateGeneric(s[:], p[:(len(p)-1)/stripe*stripe], secret)
	finish(out, &s, (*[stripe]byte)(p[len(p)-stripe:]), secret, uint64(len(p)))
}

// digestLong is digest for more than a chunk.
func digestLong(out []uint64, p, secret []byte) {
	if len(secret) < minSecret {
		return
	}
	s := start
	accumulate(s[:], p[:(len(p)-1)/stripe*stripe], secret)
	finish(out, &s, (*[stripe]byte)(p[len(p)-stripe:]), secret, uint64(len(p)))
}

// accumulateLong is accumulate for more than a chunk.
func accumulateLong(state []uint64, p, secret []byte) {
	for ; len(p) > chunk; p = p[chunk:] {
		accumulate(state, p[:chunk], secret)
	}
	accumulate(state, p, secret)
}
