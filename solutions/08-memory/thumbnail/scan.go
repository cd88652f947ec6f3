package main

import (
	"bufio"
	"fmt"
)

// maxScan is how large the pixels of a scan may be, in bytes: 2000 × 2000 of them.
const maxScan = 2000 * 2000 * pixelSize

// maxHeader is how long a header can be, in bytes.
const maxHeader = int64(len("P6\n99999 99999\n255\n"))

// pixelSize is a byte each for red, green and blue.
const pixelSize = 3

// badScanError is what is wrong with an upload, for good.
type badScanError struct{ text string }

func (e *badScanError) Error() string { return e.text }

// readHeader reads the header of a scan, and compares it with what the object holds: what it says of itself may be
// anything, and memory is only made for what is there.
func readHeader(in *bufio.Reader, length int64) (width, height int, err error) {
	// What cannot be read now is not the scan's fault.
	if _, err := in.Peek(int(min(length, maxHeader))); err != nil {
		return 0, 0, err
	}
	if _, err := fmt.Fscanf(in, "P6\n%5d %5d\n255\n", &width, &height); err != nil {
		return 0, 0, &badScanError{"it does not begin with the header of a scan"}
	}
	pixels := int64(width) * int64(height) * pixelSize
	header := int64(len(fmt.Sprintf("P6\n%d %d\n255\n", width, height)))
	switch {
	case width < 1 || height < 1 || pixels > maxScan:
		return 0, 0, &badScanError{fmt.Sprintf("%d × %d pixels are not allowed", width, height)}
	case header+pixels != length:
		return 0, 0, &badScanError{fmt.Sprintf("%d × %d pixels do not fit into %d bytes", width, height, length)}
	}
	return width, height, nil
}
