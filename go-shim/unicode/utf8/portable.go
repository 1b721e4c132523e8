package utf8

import "unicode/utf8"

// validUpToGeneric looks for the place only in what the standard library says is invalid.
func validUpToGeneric(p []byte) int {
	if utf8.Valid(p) {
		return len(p)
	}
	at := 0
	for {
		r, n := utf8.DecodeRune(p[at:])
		if r == utf8.RuneError && n <= 1 {
			return at
		}
		at += n
	}
}

func runeCountGeneric(p []byte) int { return utf8.RuneCount(p) }
