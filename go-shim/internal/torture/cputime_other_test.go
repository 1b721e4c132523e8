//go:build !unix

package torture

import "time"

var start = time.Now()

// spent is the time since the start: close enough on a machine that does nothing else.
func spent() time.Duration { return time.Since(start) * time.Duration(processors) }
