package check

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// pieceSize is how much of two files is compared at once, in bytes.
const pieceSize = 32 << 10

// sameContent tells whether two files have the same bytes. It reads no further than to the first difference: a binary has
// megabytes, and two that differ do so in the first pages, where the build id is.
func sameContent(a, b string) (bool, error) {
	fileA, err := os.Open(a)
	if err != nil {
		return false, err
	}
	defer fileA.Close()
	fileB, err := os.Open(b)
	if err != nil {
		return false, err
	}
	defer fileB.Close()
	pieceA, pieceB := make([]byte, pieceSize), make([]byte, pieceSize)
	for {
		nA, endA, err := piece(fileA, pieceA)
		if err != nil {
			return false, err
		}
		nB, _, err := piece(fileB, pieceB)
		switch {
		case err != nil:
			return false, err
		case !bytes.Equal(pieceA[:nA], pieceB[:nB]):
			return false, nil
		case endA: // and b: its piece is as short
			return true, nil
		}
	}
}

// piece reads the next piece of a file, and tells whether it is the last.
func piece(r io.Reader, into []byte) (n int, end bool, err error) {
	n, err = io.ReadFull(r, into)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return n, true, nil
	}
	return n, false, err
}
