package adler32

const (
	// modulus is the largest prime below 2^16.
	modulus = 65521

	// block is the longest input that the sums of 32 bits hold between two remainders, whatever they begin with (RFC 1950).
	block = 5552

	// chunk is the longest input of one call of machine code: about a microsecond, and between two calls the runtime can
	// stop the goroutine.
	chunk = 64 << 10
)

// updateGeneric leaves a checksum alone to which nothing is added, even if its halves are not below the modulus.
func updateGeneric(adler uint32, p []byte) uint32 {
	a, b := adler&0xffff, adler>>16
	for len(p) > 0 {
		q := p[:min(block, len(p))]
		p = p[len(q):]
		for ; len(q) >= 4; q = q[4:] {
			a += uint32(q[0])
			b += a
			a += uint32(q[1])
			b += a
			a += uint32(q[2])
			b += a
			a += uint32(q[3])
			b += a
		}
		for _, x := range q {
			a += uint32(x)
			b += a
		}
		a %= modulus
		b %= modulus
	}
	return b<<16 | a
}

func updateLong(adler uint32, p []byte) uint32 {
	for ; len(p) > chunk; p = p[chunk:] {
		adler = update(adler, p[:chunk])
	}
	return update(adler, p)
}
