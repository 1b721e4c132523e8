package utf8

// chunk is how many bytes one entry into machine code handles at most: machine code cannot be preempted, and at 64 KiB a
// call takes a few microseconds, or a tenth of a millisecond where RuneCount meets little but invalid text.
const chunk = 64 << 10

// validUpToLong is validUpTo for more than a chunk.
func validUpToLong(p []byte) int {
	for at := 0; at < len(p); {
		end := at + cut(p[at:])
		if n := validUpTo(p[at:end]); n < end-at {
			return at + n
		}
		at = end
	}
	return len(p)
}

// runeCountLong is runeCount for more than a chunk.
func runeCountLong(p []byte) (count int) {
	for len(p) > 0 {
		n := cut(p)
		count += runeCount(p[:n])
		p = p[n:]
	}
	return count
}

// cut returns where the first chunk of p ends, not within a valid sequence: such a one begins no more than three bytes
// before, and whoever decodes comes by every byte that could begin one, valid or not.
func cut(p []byte) int {
	if len(p) <= chunk {
		return len(p)
	}
	for k := 1; k < UTFMax; k++ {
		switch c := p[chunk-k]; {
		case c < RuneSelf:
			return chunk
		case RuneStart(c):
			return chunk - k
		}
	}
	return chunk
}
