package main

import (
	"os"
	"os/signal"
	"strings"
	"sync"
)

// terminal is standard error: messages, and on a real terminal one line of status that the next one replaces.
type terminal struct {
	file  *os.File
	tty   bool
	mu    sync.Mutex
	shown bool
	watch sync.Once
}

func newTerminal(f *os.File) *terminal { return &terminal{file: f, tty: isTerminal(f)} }

// status replaces the status line. Off a terminal it does nothing.
func (t *terminal) status(line string) {
	if !t.tty {
		return
	}
	t.watch.Do(t.clearOnInterrupt)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.shown = true
	t.file.WriteString("\r\x1b[K" + line)
}

// clearStatus takes the status line away, so that other text may follow.
func (t *terminal) clearStatus() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.shown {
		t.file.WriteString("\r\x1b[K")
		t.shown = false
	}
}

// clearOnInterrupt lets Ctrl-C take the status line with it and then kill the process the ordinary way, by the
// signal, so that a shell's loop over files ends too.
func (t *terminal) clearOnInterrupt() {
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	go func() {
		<-interrupted
		t.clearStatus()
		// Held for good: nothing may be drawn between the cleaning and the end.
		t.mu.Lock()
		signal.Reset(os.Interrupt)
		self, err := os.FindProcess(os.Getpid())
		if err != nil || self.Signal(os.Interrupt) != nil {
			os.Exit(128 + 2)
		}
	}()
}

// style paints text on terminals that want colours.
type style bool

// styleFor follows https://no-color.org: NO_COLOR present and not empty means no colours.
func styleFor(f *os.File) style {
	if os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	return style(isTerminal(f) && understandsColors(f))
}

func (s style) paint(code, text string) string {
	if !s || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s style) bold(text string) string  { return s.paint("1", text) }
func (s style) dim(text string) string   { return s.paint("2", text) }
func (s style) red(text string) string   { return s.paint("31", text) }
func (s style) green(text string) string { return s.paint("32", text) }

// showsUnicode reports whether the locale can show block characters; Windows consoles and macOS can without saying so.
func showsUnicode() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := os.Getenv(name); v != "" {
			v = strings.ToLower(v)
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return unicodeByDefault
}
