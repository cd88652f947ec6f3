package sandbox

import (
	"bytes"
	"crypto/rand"
	"os"
	"strings"
	"sync"
)

// maxLog is how much of an invocation's output is kept, in bytes. A function that writes more is
// still read from, so that it does not block.
const maxLog = 1 << 20

// output captures what a process and its children write to stdout and stderr, which on Lambda are
// one stream.
//
// This side keeps the pipe's writing end too: [output.take] writes a marker after all that the
// process has written and reads up to it. That way nothing is missed, and nobody waits for children
// that hold the pipe open.
type output struct {
	write  *os.File
	done   chan struct{}
	marked chan string // what was written before each marker
	marker []byte
	rest   string // the beginning of a line that was left for the next take

	closeOnce sync.Once
}

func newOutput() (*output, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	o := &output{
		write:  write,
		done:   make(chan struct{}),
		marked: make(chan string),
		marker: []byte("\x00" + rand.Text() + "\x00"),
	}
	go o.collect(read)
	return o, nil
}

func (o *output) collect(read *os.File) {
	defer close(o.marked)
	defer read.Close()
	var kept []byte
	chunk := make([]byte, 32<<10)
	dropped := false
	for {
		n, err := read.Read(chunk)
		searched := max(0, len(kept)-len(o.marker)) // up to here, there is no marker
		kept = append(kept, chunk[:n]...)
		for {
			at := bytes.Index(kept[searched:], o.marker)
			if at < 0 {
				break
			}
			at += searched
			text, after := string(kept[:min(at, maxLog)]), kept[at+len(o.marker):]
			searched = 0
			if dropped || at > maxLog {
				text = strings.TrimSuffix(text, "\n") + "\n(more output followed; 1 MB is kept)"
			}
			kept, dropped = bytes.Clone(after), false
			select {
			case o.marked <- text:
			case <-o.done:
				return
			}
		}
		// Keep the beginning, and enough of the end for a marker that is still arriving.
		if tail := len(kept) - len(o.marker); tail > maxLog {
			kept = append(kept[:maxLog], kept[tail:]...)
			dropped = true
		}
		if err != nil {
			return
		}
	}
}

// take returns the lines written since the last call. Call it while the process cannot write: frozen,
// or dead.
func (o *output) take() []string {
	text := o.text()
	o.rest = ""
	return splitLines(text)
}

// takeWholeLines returns the lines that the process, which may be running, has ended so far.
func (o *output) takeWholeLines() []string {
	text := o.text()
	end := strings.LastIndexByte(text, '\n') + 1
	o.rest = text[end:]
	return splitLines(text[:end])
}

func (o *output) text() string {
	if _, err := o.write.Write(o.marker); err != nil {
		return o.rest // closed
	}
	return o.rest + <-o.marked // nothing when it is closed
}

func splitLines(text string) []string {
	text = strings.TrimRight(text, "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// close ends the collection, also while a process still holds the pipe.
func (o *output) close() {
	o.closeOnce.Do(func() {
		close(o.done)
		_, _ = o.write.Write(o.marker) // wakes a collector that waits for data
		_ = o.write.Close()
	})
}
