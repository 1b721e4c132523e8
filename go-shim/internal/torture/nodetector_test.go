//go:build !race

package torture

// detector says that this is a build for the race detector.
const detector = false
