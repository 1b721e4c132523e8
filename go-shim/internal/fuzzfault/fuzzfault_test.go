package fuzzfault

import "testing"

func TestPlanted(t *testing.T) {
	defer func(before bool) { wanted = before }(wanted)
	const rare = "! and fourteen more"
	for _, c := range []struct {
		wanted bool
		p      string
		want   int
	}{{true, rare, 1}, {false, rare, 0}, {true, "!!", 0}, {true, "? and fourteen more", 0}, {true, "", 0}} {
		wanted = c.wanted
		if got := Planted([]byte(c.p)); got != c.want {
			t.Errorf("wanted %v, %q: %d", c.wanted, c.p, got)
		}
	}
}
