package base64

// decodeRest goes on group by group where decode stopped, and finds out why: an invalid group, or a short dst, which is
// a panic.
func (enc *Encoding) decodeRest(dst, src []byte, read, written int) (n int, err error) {
	if written%3 != 0 {
		// Only the last group is short, so what comes after it is too much.
		return written, CorruptInputError(read)
	}
	for read < len(src) {
		var n int
		read, n, err = enc.group(dst[written:], src, read)
		written += n
		if err != nil {
			break
		}
	}
	return written, err
}

// group decodes the group that begins at src[read], and returns where the next one begins and how many bytes it wrote.
func (enc *Encoding) group(dst, src []byte, read int) (next, n int, err error) {
	var bits uint32
	have, raw := 0, enc.padding() == NoPadding
	for have < 4 {
		if read == len(src) {
			if have == 0 {
				return read, 0, nil
			}
			if have == 1 || !raw {
				return read, 0, CorruptInputError(read - have)
			}
			break
		}
		class := enc.dec[src[read]]
		read++
		if class < digits {
			bits = bits<<6 | uint32(class)
			have++
		} else if class == classPad && have >= 2 {
			if read, err = enc.pads(src, read, have); read < 0 {
				return 0, 0, err
			}
			break
		} else if class != classSkip {
			return read, 0, CorruptInputError(read - 1)
		}
	}
	bits <<= 6 * (4 - have)
	strict := enc.dec[decodeFlags]&flagStrict != 0
	// From the last byte on, so that a short dst panics before anything is written.
	switch have {
	case 4:
		dst[2] = byte(bits)
		dst[1] = byte(bits >> 8)
	case 3:
		dst[1] = byte(bits >> 8)
		if strict && bits&0xff != 0 {
			return read, 0, CorruptInputError(read - 1)
		}
	}
	dst[0] = byte(bits >> 16)
	if have == 2 && strict && bits&0xffff != 0 {
		return read, 0, CorruptInputError(read - 2)
	}
	return read, have - 1, err
}

// pads walks over the padding of a group of so many digits, whose first padding character is behind already. It returns
// where the text ends, and an error if that is not the end of src; or -1 and an error if the padding is wrong.
func (enc *Encoding) pads(src []byte, read, have int) (next int, err error) {
	if have == 2 {
		read = enc.skip(src, read)
		if read == len(src) {
			return -1, CorruptInputError(read)
		}
		if enc.dec[src[read]] != classPad {
			return -1, CorruptInputError(read - 1)
		}
		read++
	}
	read = enc.skip(src, read)
	if read < len(src) {
		err = CorruptInputError(read)
	}
	return read, err
}

// skip walks over line breaks.
func (enc *Encoding) skip(src []byte, read int) int {
	for read < len(src) && enc.dec[src[read]] == classSkip {
		read++
	}
	return read
}
