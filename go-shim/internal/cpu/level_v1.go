//go:build amd64 && !amd64.v2

package cpu

// Level is the GOAMD64 level of this build, 0 on other architectures.
const Level = 1
