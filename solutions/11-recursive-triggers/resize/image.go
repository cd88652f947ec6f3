package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // photos are in one of these formats
	"image/png"
)

// maxSide is the longest side of a thumbnail, in pixels.
const maxSide = 128

// maxPixels is the largest photo that is decoded: up to eight bytes a pixel have to fit into the function's memory.
const maxPixels = 24_000_000

// errNoImage says that an object is no photo. Another attempt would find the same.
var errNoImage = errors.New("it is not an image that can be made smaller")

// resize makes a thumbnail of a photo, as a PNG.
func resize(photo []byte) ([]byte, error) {
	header, _, err := image.DecodeConfig(bytes.NewReader(photo))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoImage, err)
	}
	if header.Width*header.Height > maxPixels {
		return nil, fmt.Errorf("%w: %d x %d pixels are too many", errNoImage, header.Width, header.Height)
	}
	original, _, err := image.Decode(bytes.NewReader(photo))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoImage, err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, shrink(original)); err != nil {
		return nil, fmt.Errorf("encoding a thumbnail: %w", err)
	}
	return out.Bytes(), nil
}

// shrink makes an image small enough, in its proportions: each pixel is the mean of those that it stands for.
func shrink(original image.Image) image.Image {
	bounds := original.Bounds()
	width, height := bounds.Dx(), bounds.Dy()
	longest := max(width, height)
	if longest <= maxSide {
		return original
	}
	small := image.NewRGBA(image.Rect(0, 0, max(1, width*maxSide/longest), max(1, height*maxSide/longest)))
	for y := range small.Rect.Dy() {
		for x := range small.Rect.Dx() {
			small.Set(x, y, mean(original, image.Rect(
				x*width/small.Rect.Dx(), y*height/small.Rect.Dy(),
				(x+1)*width/small.Rect.Dx(), (y+1)*height/small.Rect.Dy(),
			).Add(bounds.Min)))
		}
	}
	return small
}

func mean(original image.Image, of image.Rectangle) color.Color {
	var r, g, b, a, n uint64
	for y := of.Min.Y; y < of.Max.Y; y++ {
		for x := of.Min.X; x < of.Max.X; x++ {
			pr, pg, pb, pa := original.At(x, y).RGBA()
			r, g, b, a, n = r+uint64(pr), g+uint64(pg), b+uint64(pb), a+uint64(pa), n+1
		}
	}
	if n == 0 {
		return color.Transparent
	}
	return color.RGBA64{R: uint16(r / n), G: uint16(g / n), B: uint16(b / n), A: uint16(a / n)}
}
