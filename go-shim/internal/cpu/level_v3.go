//go:build amd64.v3 && !amd64.v4

package cpu

// Level is the GOAMD64 level of this build, 0 on other architectures.
const Level = 3
