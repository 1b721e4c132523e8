package base64

import "encoding/binary"

// encodeGeneric does portably what encode does.
func encodeGeneric(dst, src []byte, table *[encodeTable]byte) (read, written int) {
	for len(src)-read >= 8 && len(dst)-written >= 8 {
		v := binary.BigEndian.Uint64(src[read:])
		to := (*[8]byte)(dst[written:])
		to[0] = table[v>>58]
		to[1] = table[v>>52&63]
		to[2] = table[v>>46&63]
		to[3] = table[v>>40&63]
		to[4] = table[v>>34&63]
		to[5] = table[v>>28&63]
		to[6] = table[v>>22&63]
		to[7] = table[v>>16&63]
		read += 6
		written += 8
	}
	for read < len(src) {
		group := encodeGroup(src[read:], table)
		want := encodedGroup(len(src)-read, table)
		n := copy(dst[written:], group[:want])
		written += n
		if n < want {
			return read, written
		}
		read = min(read+3, len(src))
	}
	return read, written
}

// encodeGroup returns the characters of the first three bytes of src, of which there is one at least, padded.
func encodeGroup(src []byte, table *[encodeTable]byte) (group [4]byte) {
	v := uint(src[0]) << 16
	group[2], group[3] = table[encodePad], table[encodePad]
	if len(src) > 1 {
		v |= uint(src[1]) << 8
	}
	if len(src) > 2 {
		v |= uint(src[2])
		group[3] = table[v&63]
	}
	group[0], group[1] = table[v>>18], table[v>>12&63]
	if len(src) > 1 {
		group[2] = table[v>>6&63]
	}
	return group
}

// encodedGroup returns the number of characters of the next group if n bytes are left, one at least.
func encodedGroup(n int, table *[encodeTable]byte) int {
	if n < 3 && table[encodeFlags]&flagRaw != 0 {
		return n + 1
	}
	return 4
}

// encodeLong encodes a long src in pieces of whole groups, so that no call of a kernel lasts long.
func encodeLong(dst, src []byte, table *[encodeTable]byte) (read, written int) {
	const piece = 63 << 10
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
	for more := true; more; {
		for len(src)-read >= 8 && len(dst)-written >= 6 {
			from := (*[8]byte)(src[read:])
			a, b, c, d := table[from[0]], table[from[1]], table[from[2]], table[from[3]]
			e, f, g, h := table[from[4]], table[from[5]], table[from[6]], table[from[7]]
			if a|b|c|d|e|f|g|h >= digits {
				break
			}
			left := uint32(a)<<18 | uint32(b)<<12 | uint32(c)<<6 | uint32(d)
			right := uint32(e)<<18 | uint32(f)<<12 | uint32(g)<<6 | uint32(h)
			to := (*[6]byte)(dst[written:])
			binary.BigEndian.PutUint32(to[:], left<<8|right>>16)
			binary.BigEndian.PutUint16(to[4:], uint16(right))
			read += 8
			written += 6
		}
		read, written, more = decodeGroup(dst, src, table, read, written)
	}
	return read, written
}

// decodeGroup decodes one group, whatever line breaks are in it, and says whether there may be more after it. When the
// group is not valid or has no room, it stops at the group's first character. Bytes to skip are consumed before a group,
// and after a short group, which is the last.
func decodeGroup(dst, src []byte, table *[decodeTable]byte, read, written int) (int, int, bool) {
	i, have, pads, bits := read, 0, 0, uint32(0)
loop:
	for i < len(src) && have < 4 {
		class := table[src[i]]
		switch {
		case class < digits && pads == 0:
			bits = bits<<6 | uint32(class)
			have++
		case class == classSkip:
			if have+pads == 0 {
				read = i + 1
			}
		case class == classPad && pads < min(4-have, 2):
			pads++
		case pads > 0:
			break loop
		default:
			return read, written, false
		}
		i++
	}
	ends := (uint(table[decodeEnds]) | uint(table[decodeEnds+1])<<8) ^ paddedEnds
	if have == 0 || have < 4 && ends>>(have|pads<<2)&1 == 0 {
		return read, written, false
	}
	bits <<= 6 * (4 - have)
	n := have - 1
	if table[decodeFlags]&flagStrict != 0 && bits<<(8*n+8) != 0 || len(dst)-written < n {
		return read, written, false
	}
	for k := range n {
		dst[written+k] = byte(bits >> (16 - 8*k))
	}
	return i, written + n, have == 4
}

// decodeLong decodes a long src in pieces, so that no call of a kernel lasts long. A piece ends in the middle of a group
// as often as not, so each leaves that to the portable code.
func decodeLong(dst, src []byte, table *[decodeTable]byte) (read, written int) {
	const piece = 64 << 10
	inner := *table
	inner[decodeEnds], inner[decodeEnds+1] = (pieceEnds^paddedEnds)&0xff, (pieceEnds^paddedEnds)>>8
	for more := true; len(src)-read > piece; {
		r, w := decode(dst[written:], src[read:read+piece], &inner)
		read, written, more = decodeGroup(dst, src, table, read+r, written+w)
		if !more {
			return read, written
		}
	}
	r, w := decode(dst[written:], src[read:], table)
	return read + r, written + w
}
