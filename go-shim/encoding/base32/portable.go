package base32

import "encoding/binary"

// encodeGeneric does portably what encode does.
func encodeGeneric(dst, src []byte, table *[encodeTable]byte) (read, written int) {
	for len(src)-read >= 5 && len(dst)-written >= 8 {
		from, to := (*[5]byte)(src[read:]), (*[8]byte)(dst[written:])
		v := uint64(binary.BigEndian.Uint32(from[:]))<<8 | uint64(from[4])
		to[0] = table[v>>35&31]
		to[1] = table[v>>30&31]
		to[2] = table[v>>25&31]
		to[3] = table[v>>20&31]
		to[4] = table[v>>15&31]
		to[5] = table[v>>10&31]
		to[6] = table[v>>5&31]
		to[7] = table[v&31]
		read += 5
		written += 8
	}
	left := len(src) - read
	if left == 0 || left >= 5 {
		return read, written
	}
	group := encodeGroup(src[read:], table)
	want := 8
	if table[encodeFlags]&flagRaw != 0 {
		want = (8*left + 4) / 5
	}
	if len(dst)-written < want {
		return read, written
	}
	return len(src), written + copy(dst[written:], group[:want])
}

// encodeGroup returns the characters of the 1 to 4 bytes of src, padded.
func encodeGroup(src []byte, table *[encodeTable]byte) (group [8]byte) {
	var v uint64
	for i, b := range src {
		v |= uint64(b) << (32 - 8*i)
	}
	for i := range group {
		group[i] = table[encodePadding]
		if 5*i < 8*len(src) {
			group[i] = table[v>>(35-5*i)&31]
		}
	}
	return group
}

// encodeLong encodes a long src in pieces of whole groups, so that no call of a kernel lasts long.
func encodeLong(dst, src []byte, table *[encodeTable]byte) (read, written int) {
	const piece = 60 << 10
	for len(src)-read > piece {
		r, w := encode(dst[written:], src[read:read+piece], table)
		read, written = read+r, written+w
		if r != piece {
			return read, written
		}
	}
	r, w := encode(dst[written:], src[read:], table)
	return read + r, written + w
}

// decodeGeneric does portably what decode does.
func decodeGeneric(dst, src []byte, table *[decodeTable]byte) (read, written int) {
	for len(src)-read >= 8 && len(dst)-written >= 5 {
		from := (*[8]byte)(src[read:])
		a, b, c, d := table[from[0]], table[from[1]], table[from[2]], table[from[3]]
		e, f, g, h := table[from[4]], table[from[5]], table[from[6]], table[from[7]]
		if a|b|c|d|e|f|g|h >= digits {
			break
		}
		v := uint64(a)<<35 | uint64(b)<<30 | uint64(c)<<25 | uint64(d)<<20
		v |= uint64(e)<<15 | uint64(f)<<10 | uint64(g)<<5 | uint64(h)
		to := (*[5]byte)(dst[written:])
		binary.BigEndian.PutUint32(to[:], uint32(v>>8))
		to[4] = byte(v)
		read += 8
		written += 5
	}
	left := src[read:]
	have, v := 0, uint64(0)
	for have < len(left) && have < 8 && table[left[have]] < digits {
		v = v<<5 | uint64(table[left[have]])
		have++
	}
	if len(left)-have != -have&int(table[decodePads]) || have == 8 || table[decodeEnds]>>have&1 == 0 {
		return read, written
	}
	for _, c := range left[have:] {
		if c != table[decodePadding] {
			return read, written
		}
	}
	n := 5 * have / 8
	if len(dst)-written < n {
		return read, written
	}
	v <<= 5 * (8 - have)
	for i := range n {
		dst[written+i] = byte(v >> (32 - 8*i))
	}
	return len(src), written + n
}

// decodeLong decodes a long src in pieces of whole groups, so that no call of a kernel lasts long. A piece that ended in
// padding would pass for a text, so none does.
func decodeLong(dst, src []byte, table *[decodeTable]byte) (read, written int) {
	const piece = 64 << 10
	for len(src)-read > piece {
		n := piece
		for table[decodePads] != 0 && n > 0 && src[read+n-1] == table[decodePadding] {
			n -= 8
		}
		r, w := decode(dst[written:], src[read:read+n], table)
		read, written = read+r, written+w
		if r != n || n == 0 {
			return read, written
		}
	}
	r, w := decode(dst[written:], src[read:], table)
	return read + r, written + w
}
