package main

import (
	"image"
	"image/color"
)

// side is how many pixels a thumbnail has at most, in both directions.
const side = 128

// shrink makes a thumbnail: each of its pixels is the average of a square of the image's, the smallest with which the
// thumbnail is not larger than it may be.
func shrink(large image.Image) *image.RGBA {
	width, height := large.Bounds().Dx(), large.Bounds().Dy()
	square := (max(width, height) + side - 1) / side
	small := image.NewRGBA(image.Rect(0, 0, (width+square-1)/square, (height+square-1)/square))
	for y := range small.Rect.Dy() {
		for x := range small.Rect.Dx() {
			small.Set(x, y, average(large, image.Rect(x*square, y*square, (x+1)*square, (y+1)*square)))
		}
	}
	return small
}

// average is that of a part of an image. The last part of a row, or of a column, may be smaller than the others.
func average(large image.Image, part image.Rectangle) color.Color {
	part = part.Intersect(large.Bounds())
	var red, green, blue uint32
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			r, g, b, _ := large.At(x, y).RGBA()
			red, green, blue = red+r>>8, green+g>>8, blue+b>>8
		}
	}
	count := uint32(part.Dx() * part.Dy())
	return color.RGBA{R: byte(red / count), G: byte(green / count), B: byte(blue / count), A: 0xff}
}
