// Command page takes the pictures of the grading page that are in the docs, in Chromium:
//
//	go run ./page             in tools/: writes docs/grade.png and docs/grade-dark.png
//
// The page is checker/grade/testdata/page.html: that of a room that was really graded, which the tests of package grade
// keep equal to what `checker grade` writes. The tests here open the same page, and look at what only a browser can tell:
// that nothing is asked of the network, that the console is quiet, that it sorts by keyboard, and that it can be read in
// light, in dark, on a projector and on paper. chromedp is a dependency of tools/, and of nothing that a learner builds.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"slices"
	"time"

	"github.com/chromedp/chromedp"
)

// kept is the page, from tools/.
const kept = "../checker/grade/testdata/page.html"

// taken are the pictures, by the colours of the system.
var taken = map[string]string{"light": "../docs/grade.png", "dark": "../docs/grade-dark.png"}

// A picture has the size of a projector's, in CSS pixels.
const width, height = 1280, 800

func main() {
	if err := pictures(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func pictures() error {
	program, err := find()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	tab, _, end, err := open(ctx, program, kept)
	defer end()
	if err != nil {
		return err
	}
	if err := chromedp.Do(tab, chromedp.EmulateViewport(width, height)); err != nil {
		return err
	}
	for name, file := range taken {
		if err := scheme(tab, name, ""); err != nil {
			return err
		}
		picture, err := chromedp.Run(tab, chromedp.CaptureScreenshot())
		if err != nil {
			return fmt.Errorf("the page cannot be taken in %s: %w", name, err)
		}
		page, err := os.ReadFile(kept)
		if err != nil {
			return err
		}
		if err := os.WriteFile(file, stamped(picture, page), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// stamp is what a picture says of the page that it was taken of, as text in the PNG. The pixels depend on the fonts of the
// machine; by this a test knows that a picture is of the page that is there now.
func stamp(page []byte) []byte { return fmt.Appendf(nil, "Source\x00SHA-256 %x", sha256.Sum256(page)) }

// stamped is a PNG with its stamp, behind the first chunk, which is always the header.
func stamped(picture, page []byte) []byte {
	const header = 8 + 4 + 4 + 13 + 4 // signature, length, type, data, checksum
	text := append([]byte("tEXt"), stamp(page)...)
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(text)-4))
	chunk = append(chunk, text...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(text))
	return slices.Concat(picture[:header], chunk, picture[header:])
}
