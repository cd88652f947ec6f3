package cli

import (
	"errors"
	"io"
	"os"
	"sync"
)

// output is standard output, with what became of it. After the first error nothing more is written: half a
// line would be worse than none. It is safe for concurrent use.
type output struct {
	to io.Writer
	// lost is called when writing has failed.
	lost func()

	mu    sync.Mutex
	first error
}

// Write writes, unless an earlier write has failed. It tells nobody here: see err.
func (o *output) Write(data []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.first == nil {
		if _, o.first = o.to.Write(data); o.first != nil {
			o.lost()
		}
	}
	return len(data), nil
}

// err is why the first write failed, less the name of the file.
func (o *output) err() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	var path *os.PathError
	if errors.As(o.first, &path) {
		return path.Err
	}
	return o.first
}

// terminal is output that is a file, so that whoever chooses colours can see what it is.
type terminal struct {
	*output
	file *os.File
}

func (t terminal) Read(data []byte) (int, error) { return t.file.Read(data) }
func (t terminal) Close() error                  { return t.file.Close() }
func (t terminal) Fd() uintptr                   { return t.file.Fd() }

func (o *output) writer() io.Writer {
	if file, ok := o.to.(*os.File); ok {
		return terminal{o, file}
	}
	return o
}
