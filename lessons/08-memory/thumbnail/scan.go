package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
)

// maxScan is how large the pixels of a scan may be, in bytes: 2000 × 2000 of them.
const maxScan = 2000 * 2000 * pixelSize

// pixelSize is a byte each for red, green and blue.
const pixelSize = 3

// badScanError is what is wrong with an upload, for good.
type badScanError struct{ text string }

func (e *badScanError) Error() string { return e.text }

// decode makes an image of a scan. What is none is a *badScanError.
func decode(data []byte) (image.Image, error) {
	in := bytes.NewReader(data)
	var width, height int
	if _, err := fmt.Fscanf(in, "P6\n%5d %5d\n255\n", &width, &height); err != nil {
		return nil, &badScanError{"it does not begin with the header of a scan"}
	}
	pixels := data[len(data)-in.Len():]
	switch wanted := width * height * pixelSize; {
	case width < 1 || height < 1 || wanted > maxScan:
		return nil, &badScanError{fmt.Sprintf("%d × %d pixels are not allowed", width, height)}
	case wanted != len(pixels):
		return nil, &badScanError{fmt.Sprintf("%d × %d pixels do not fit into %d bytes", width, height, len(data))}
	}
	large := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			at := pixels[(y*width+x)*pixelSize:]
			large.Set(x, y, color.RGBA{R: at[0], G: at[1], B: at[2], A: 0xff})
		}
	}
	return large, nil
}
