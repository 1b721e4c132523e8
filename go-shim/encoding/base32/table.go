package base32

// The layout of the tables that the kernels read; crates/kernels-generic/src/base32/table.rs argues for it.
const (
	encodeTable   = 34  // 32 characters, the padding character, a flag
	encodePadding = 32  // index of the padding character
	encodeFlags   = 33  // index of flagRaw
	decodeTable   = 292 // the values of 256 characters, then the fields below
	decodeRows    = 256 // index of 16 bytes: bit h of byte l is set if 16 h + l is a digit
	decodeRolls   = 272 // index of 16 bytes: what to add to a digit, by its upper four bits
	decodeEnds    = 288 // index of the lengths of the last group, a bit each
	decodePads    = 289 // index of 7 if that is padded, of 0 if not
	decodeHints   = 290 // index of the hints
	decodePadding = 291 // index of the padding character

	digits  = 32 // values below are digits
	invalid = 0xff

	flagRaw     = 1 // of encodeFlags
	hintRolling = 1 // of decodeHints: rows and rolls are right
	hintKernels = 2 // a kernel may read the table: no character is a digit and padding as well

	wholeEnds = 1<<0 | 1<<2 | 1<<4 | 1<<5 | 1<<7
)

// setRows derives from the alphabet what some kernels look at instead of the values: what makes a character of some row of
// 16 its value, if that is one number for each row.
func (enc *Encoding) setRows() {
	enc.dec[decodeHints] |= hintRolling
	var seen [16]bool
	for c, value := range enc.dec[:128] {
		if value >= digits {
			continue
		}
		row, roll := c/16, value-byte(c)
		if seen[row] && enc.dec[decodeRolls+row] != roll {
			enc.dec[decodeHints] &^= hintRolling
		}
		seen[row] = true
		enc.dec[decodeRolls+row] = roll
		enc.dec[decodeRows+c%16] |= 1 << row
	}
}

// setPadding sets the padding character or NoPadding, and how text may end. Every encoding but the zero value has come
// this way.
func (enc *Encoding) setPadding(padding rune) {
	enc.dec[decodeEnds] = wholeEnds
	// 0xff is taken for padding where there is none: see group.
	enc.dec[decodeHints] &^= hintKernels
	if enc.dec[byte(padding)] >= digits {
		enc.dec[decodeHints] |= hintKernels
	}
	if padding == NoPadding {
		enc.enc[encodeFlags] = flagRaw
		enc.dec[decodePads] = 0
		return
	}
	enc.enc[encodeFlags] = 0
	enc.dec[decodePads] = 7
	enc.enc[encodePadding], enc.dec[decodePadding] = byte(padding), byte(padding)
}

// padding returns the padding character or NoPadding.
func (enc *Encoding) padding() rune {
	if enc.enc[encodeFlags]&flagRaw != 0 {
		return NoPadding
	}
	return rune(enc.enc[encodePadding])
}
