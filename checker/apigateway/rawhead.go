package apigateway

import (
	"bytes"
	"net"
	"strings"
	"sync"
)

// maxRecord is how much of a connection is held until a request has been found in it, in bytes: more than
// net/http reads of a head.
const maxRecord = 2 << 20

// recorder is a connection that keeps the heads of requests as they were sent. REST APIs pass header names
// on as the client wrote them, and net/http changes them.
type recorder struct {
	net.Conn

	mu   sync.Mutex
	read []byte
	skip int64 // of a body that is still to be read
	off  bool  // where the next head begins is not known any more
}

// Read implements net.Conn.
func (c *recorder) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.mu.Lock()
		c.keep(p[:n])
		c.mu.Unlock()
	}
	return n, err
}

func (c *recorder) keep(data []byte) {
	dropped := min(c.skip, int64(len(data)))
	c.skip -= dropped
	data = data[dropped:]
	switch {
	case c.off:
	case len(c.read)+len(data) > maxRecord:
		c.read, c.off = nil, true
	default:
		c.read = append(c.read, data...)
	}
}

// take returns the head that begins with a request line, and steps over its body; a negative length is that
// of a body whose end is not known, after which no head can be found. It returns nil if there is none.
func (c *recorder) take(line string, body int64) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.off {
		return nil
	}
	data := bytes.TrimLeft(c.read, "\r\n")
	end := headEnd(data)
	if end < 0 || !bytes.HasPrefix(data, []byte(line)) {
		c.read, c.off = nil, true
		return nil
	}
	head := bytes.Clone(data[:end])
	rest := bytes.Clone(data[end:])
	c.read = nil
	if body < 0 {
		c.off = true
		return head
	}
	c.skip = body
	c.keep(rest)
	return head
}

// headEnd is where the empty line after the headers ends, or -1.
func headEnd(data []byte) int {
	for n := 0; ; {
		newline := bytes.IndexByte(data[n:], '\n')
		if newline < 0 {
			return -1
		}
		n += newline + 1
		switch rest := data[n:]; {
		case bytes.HasPrefix(rest, []byte("\n")):
			return n + 1
		case bytes.HasPrefix(rest, []byte("\r\n")):
			return n + 2
		}
	}
}

// fields reads the header fields of a head that net/http has accepted.
func fields(head []byte) Header {
	var h Header
	_, lines, _ := strings.Cut(string(head), "\n")
	for line := range strings.Lines(lines) {
		line = strings.TrimRight(line, "\r\n")
		if folded := strings.TrimLeft(line, " \t"); folded != line && len(h) > 0 {
			h[len(h)-1].Value = strings.TrimSpace(h[len(h)-1].Value + " " + folded)
			continue
		}
		if name, value, ok := strings.Cut(line, ":"); ok {
			h.add(name, strings.Trim(value, " \t"))
		}
	}
	return h
}

// listener hands out connections that record.
type listener struct{ net.Listener }

// Accept implements net.Listener.
func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &recorder{Conn: c}, nil
}
