package main

import (
	"fmt"
	"time"
)

const (
	progressAfter = time.Second
	progressEvery = 200 * time.Millisecond
)

// progress shows how far a stream has come, once the work turns out to be long.
type progress struct {
	to    *terminal
	name  string
	total int64 // -1 if not known
	done  int64
	start time.Time
	next  time.Time
}

func newProgress(to *terminal, name string, total int64) *progress {
	now := time.Now()
	return &progress{to: to, name: name, total: total, start: now, next: now.Add(progressAfter)}
}

func (p *progress) add(n int) {
	p.done += int64(n)
	if !p.to.tty {
		return
	}
	if now := time.Now(); now.After(p.next) {
		p.next = now.Add(progressEvery)
		p.to.status(p.line(now.Sub(p.start)))
	}
}

// line fits in 79 columns.
func (p *progress) line(elapsed time.Duration) string {
	rate := float64(p.done) / elapsed.Seconds()
	line := fmt.Sprintf("%-28s %9s  %8s/s", shorten(p.name, 28), byteCount(float64(p.done)), byteCount(rate))
	if p.total < p.done || p.total == 0 {
		return line
	}
	left := time.Duration(float64(p.total-p.done) / rate * float64(time.Second))
	return fmt.Sprintf("%s  %3.0f %%  ETA %s", line, 100*float64(p.done)/float64(p.total), clock(left))
}

// shorten keeps the end of a name, which tells more than its beginning.
func shorten(name string, width int) string {
	runes := []rune(printable(name))
	if len(runes) <= width {
		return string(runes)
	}
	return "..." + string(runes[len(runes)-width+3:])
}

// byteCount writes a number of bytes in decimal units, as rates are.
func byteCount(n float64) string {
	for _, unit := range []string{"B", "kB", "MB", "GB"} {
		if n < 999.5 {
			return threeDigits(n) + " " + unit
		}
		n /= 1000
	}
	return threeDigits(n) + " TB"
}

// threeDigits writes 1.23, 12.3 and 123, with zeros that keep columns in line.
func threeDigits(n float64) string {
	switch {
	case n >= 99.95 || n == 0:
		return fmt.Sprintf("%.0f", n)
	case n >= 9.995:
		return fmt.Sprintf("%.1f", n)
	}
	return fmt.Sprintf("%.2f", n)
}

func clock(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
