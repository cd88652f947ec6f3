package lesson08

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"net/url"
	"sync"

	"example.com/serverless-patterns/checker/check"
)

// side is how many pixels a thumbnail has at most, in both directions.
const side = 128

// scan is an upload, and what its thumbnail has to be.
type scan struct {
	width, height int
	content       []byte
}

// newScan makes a scan whose neighboring pixels are as different as can be, and whose averages tell each part of it from
// the others.
func newScan(width, height int) scan {
	header := fmt.Appendf(nil, "P6\n%d %d\n255\n", width, height)
	content := append(make([]byte, 0, len(header)+3*width*height), header...)
	across := make([]byte, width)
	for x := range across {
		across[x] = byte(255 * x / width)
	}
	for y := range height {
		down := byte(255 * y / height)
		for x, red := range across {
			content = append(content, red, down, byte(255*((x+y)&1)))
		}
	}
	return scan{width, height, content}
}

// largest is a scan of the most pixels that are allowed, and smallest one of a single pixel.
var (
	largest  = sync.OnceValue(func() scan { return newScan(2000, 2000) })
	smallest = newScan(1, 1)
)

// megabytes is how large the pixels of the largest scan are.
const megabytes = 12

func (s scan) String() string { return fmt.Sprintf("a scan of %d × %d pixels", s.width, s.height) }

// thumbnail is what the function has to make of the scan, computed in the plainest way.
func (s scan) thumbnail() *image.RGBA {
	square := (max(s.width, s.height) + side - 1) / side
	small := image.NewRGBA(image.Rect(0, 0, (s.width+square-1)/square, (s.height+square-1)/square))
	pixels := s.content[len(s.content)-3*s.width*s.height:]
	for y := range small.Rect.Dy() {
		for x := range small.Rect.Dx() {
			sums, count := [3]int{}, 0
			for v := y * square; v < min((y+1)*square, s.height); v++ {
				for u := x * square; u < min((x+1)*square, s.width); u++ {
					count++
					for c := range sums {
						sums[c] += int(pixels[3*(v*s.width+u)+c])
					}
				}
			}
			small.SetRGBA(x, y, color.RGBA{R: byte(sums[0] / count), G: byte(sums[1] / count), B: byte(sums[2] / count), A: 0xff})
		}
	}
	return small
}

// uploaded is what S3 sends for an object of the uploads bucket.
func uploaded(t *check.T, key string, s scan) check.Event {
	name := t.Bucket(uploads).Name()
	event := fmt.Sprintf(`{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"%s","eventTime":"2026-03-12T19:03:58.000Z",`+
		`"eventName":"ObjectCreated:Put","s3":{"s3SchemaVersion":"1.0","configurationId":"Upload","bucket":{"name":"%s","arn":"arn:aws:s3:::%s"},`+
		`"object":{"key":"%s","size":%d,"sequencer":"0065F0A8EE3B2A1C01"}}}]}`, t.Region(), name, name, url.QueryEscape(key), len(s.content))
	return check.Event{Words: "the event of S3 for " + s.String(), JSON: json.RawMessage(event)}
}
