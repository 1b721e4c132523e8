package hex

const digits = "0123456789abcdef"

// invalid is the value of what is no digit.
const invalid = 0xff

// values has the value of every character.
var values = func() (values [256]byte) {
	for c := range values {
		values[c] = invalid
	}
	for i := range byte(16) {
		values[digits[i]] = i
	}
	for i := range byte(6) {
		values['A'+i] = 10 + i
	}
	return values
}()

// encodeGeneric does portably what encode does.
func encodeGeneric(dst, src []byte) int {
	n := min(len(src), len(dst)/2)
	for i, b := range src[:n] {
		to := (*[2]byte)(dst[2*i:])
		to[0], to[1] = digits[b>>4], digits[b&15]
	}
	return n
}

// decodeGeneric does portably what decode does.
func decodeGeneric(dst, src []byte) int {
	pairs := min(len(src)/2, len(dst))
	for i := range dst[:pairs] {
		from := (*[2]byte)(src[2*i:])
		upper, lower := values[from[0]], values[from[1]]
		if upper == invalid {
			return 2 * i
		}
		if lower == invalid {
			return 2*i + 1
		}
		dst[i] = upper<<4 | lower
	}
	return 2 * pairs
}

// piece is how much of a long src goes into one call of a kernel, so that none lasts long.
const piece = 64 << 10

// encodeLong encodes a long src in pieces.
func encodeLong(dst, src []byte) (n int) {
	for len(src)-n > piece {
		k := encode(dst[2*n:], src[n:n+piece])
		n += k
		if k != piece {
			return n
		}
	}
	return n + encode(dst[2*n:], src[n:])
}

// decodeLong decodes a long src in pieces.
func decodeLong(dst, src []byte) (n int) {
	for len(src)-n > piece {
		k := decode(dst[n/2:], src[n:n+piece])
		n += k
		if k != piece {
			return n
		}
	}
	return n + decode(dst[n/2:], src[n:])
}
