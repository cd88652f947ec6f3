package main

import (
	"bufio"
	"image"
	"io"
)

// side is how many pixels a thumbnail has at most, in both directions.
const side = 128

// shrink makes a thumbnail of a scan of this length while it reads it: each of its pixels is the average of a square of
// the scan's, the smallest with which the thumbnail is not larger than it may be. An upload that is no scan is a
// *badScanError.
func shrink(scan io.Reader, length int64) (*image.RGBA, error) {
	in := bufio.NewReaderSize(scan, 64<<10)
	width, height, err := readHeader(in, length)
	if err != nil {
		return nil, err
	}
	square := (max(width, height) + side - 1) / side
	small := image.NewRGBA(image.Rect(0, 0, (width+square-1)/square, (height+square-1)/square))
	row := make([]byte, width*pixelSize)
	sums := make([]int, small.Rect.Dx()*pixelSize)
	for y := range height {
		if _, err := io.ReadFull(in, row); err != nil {
			return nil, err
		}
		add(sums, row, square)
		if rows := y%square + 1; rows == square || y == height-1 {
			average(small.Pix[y/square*small.Stride:], sums, width, square, rows)
			clear(sums)
		}
	}
	return small, nil
}

// add adds a row of the scan to the sums for a row of the thumbnail.
func add(sums []int, row []byte, square int) {
	for n := 0; len(row) > 0; n += pixelSize {
		of := row[:min(square*pixelSize, len(row))]
		row = row[len(of):]
		red, green, blue := 0, 0, 0
		for ; len(of) >= pixelSize; of = of[pixelSize:] {
			red += int(of[0])
			green += int(of[1])
			blue += int(of[2])
		}
		sums[n] += red
		sums[n+1] += green
		sums[n+2] += blue
	}
}

// average writes a row of the thumbnail, four bytes for each pixel. The last square of a row may be narrower than the
// others, and those of the last row lower.
func average(pixels []byte, sums []int, width, square, rows int) {
	for x := 0; x*square < width; x++ {
		count := min(square, width-x*square) * rows
		for c := range pixelSize {
			pixels[4*x+c] = byte(sums[pixelSize*x+c] / count)
		}
		pixels[4*x+3] = 0xff
	}
}
