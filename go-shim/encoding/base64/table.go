package base64

// The layout of the tables that the kernels read; crates/kernels-generic/src/base64/table.rs argues for it. The zero
// value of Encoding has tables of zeros, which mean what they do in the standard library: every byte is a digit 0.
const (
	encodeTable = 66  // 64 characters, the padding character, flags
	encodePad   = 64  // index of the padding character
	encodeFlags = 65  // index of flagRaw and flagCommon
	decodeTable = 288 // 256 classes, then the fields below
	decodeFlags = 256 // index of flagStrict and flagCommon
	decodeEnds  = 258 // index of 16 bits: the states in which text may end, exclusive-or paddedEnds
	decodeLast  = 260 // index of the digits 62 and 63, and of what makes each its value after roll
	decodeRows  = 272 // index of 16 bytes: bit h of byte l is set if 16 h + l is not a digit

	digits       = 64 // classes below are values
	classInvalid = 0xff
	classSkip    = 0xfe
	classPad     = 0xfd

	flagRaw    = 1 // of encodeFlags
	flagStrict = 1 // of decodeFlags
	flagCommon = 2 // of both: the first 62 digits are A to Z, a to z, 0 to 9

	// A state is a bit: the digits after the last whole group, and four times the padding characters.
	paddedEnds = 1<<0 | 1<<(2+2*4) | 1<<(3+1*4)
	rawEnds    = 1<<0 | 1<<2 | 1<<3
	pieceEnds  = 1 << 0

	alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

// setHints derives from the alphabet what only some kernels look at.
func (enc *Encoding) setHints() {
	c, d := enc.enc[62], enc.enc[63]
	if string(enc.enc[:62]) == alphanumeric && c < 128 && d < 128 {
		enc.enc[encodeFlags] |= flagCommon
		enc.dec[decodeFlags] |= flagCommon
		last := enc.dec[decodeLast : decodeLast+4]
		last[0], last[1], last[2], last[3] = c, d, 62-c-roll(c), 63-d-roll(d)
	}
	for c := range 128 {
		if enc.dec[c] >= digits {
			enc.dec[decodeRows+c%16] |= 1 << (c / 16)
		}
	}
}

// roll is what makes a letter or a digit its value in the usual alphabet, by the upper half of the character.
func roll(c byte) byte {
	const digit, upper, lower = 52 - '0', 256 - 'A', 26 + 256 - 'a'
	return [16]byte{3: digit, 4: upper, 5: upper, 6: lower, 7: lower}[c>>4]
}

// setPadding sets the padding character or NoPadding, and in which states text may end.
func (enc *Encoding) setPadding(padding rune) {
	if old := enc.padding(); old != NoPadding && enc.dec[old] == classPad {
		enc.dec[old] = classInvalid
	}
	ends := 0
	if padding == NoPadding {
		enc.enc[encodeFlags] |= flagRaw
		ends = rawEnds ^ paddedEnds
	} else {
		enc.enc[encodeFlags] &^= flagRaw
		enc.enc[encodePad] = byte(padding)
		if enc.dec[padding] == classInvalid {
			enc.dec[padding] = classPad
		}
	}
	enc.dec[decodeEnds], enc.dec[decodeEnds+1] = byte(ends), byte(ends>>8)
}

// padding returns the padding character or NoPadding.
func (enc *Encoding) padding() rune {
	if enc.enc[encodeFlags]&flagRaw != 0 {
		return NoPadding
	}
	return rune(enc.enc[encodePad])
}
