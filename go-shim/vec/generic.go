package vec

// sumGeneric keeps four sums: one chain of additions would wait for itself while two more could load.
func sumGeneric(p []uint64) uint64 {
	var s0, s1, s2, s3 uint64
	for len(p) >= 4 {
		s0 += p[0]
		s1 += p[1]
		s2 += p[2]
		s3 += p[3]
		p = p[4:]
	}
	for _, x := range p {
		s0 += x
	}
	return s0 + s1 + s2 + s3
}

// addGeneric adds as many elements as the shortest of the three has.
func addGeneric(dst, a, b []uint64) {
	n := min(len(dst), len(a), len(b))
	dst, a, b = dst[:n], a[:n], b[:n]
	for i, x := range a {
		dst[i] = x + b[i]
	}
}
