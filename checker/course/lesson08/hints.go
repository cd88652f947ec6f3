package lesson08

// hints lead to each requirement in four steps: where to look, the concept, the shape, almost the code.
var hints = map[string][]string{
	"thumbnail": {
		"Look at what shrink makes of a scan, and at what thumbnail stores under which key and with which content type.",
		"Keys are encoded in events: a space is a plus. A pixel of the thumbnail stands for a square of pixels, and is their average.",
		"The key is URLDecodedKey, and the content type image/png. The last square of a row, or of a column, may have fewer pixels than the others: divide by " +
			"those that it has.",
		"count := min(square, width-x*square) * rows, and average each color: byte(sum / count)",
	},
	"bad-scan": {
		"Look at what handle does with a badScanError, and at when there is one.",
		"An error that the handler returns has Lambda try again, twice. That helps against what passes, and an upload stays what it is.",
		"The header says how many bytes have to follow it, and ContentLength of GetObject how many there are. What does not fit is a badScanError, which handle only " +
			"logs, with the key.",
		"if errors.As(err, &bad) { h.logger.WarnContext(ctx, \"not a scan\", \"key\", key, \"error\", err.Error()) }, and no error for this record",
	},
	"failure": {
		"Look at what becomes of the errors of GetObject, of reading its Body, and of PutObject.",
		"Lambda retries an event whose invocation failed. It knows of no failure that is only logged. A body that ends before its ContentLength is S3's failure, not the scan's.",
		"Collect the errors of all records, and return them joined from handle.",
		"failed = append(failed, fmt.Errorf(\"%s: %w\", key, err)), and at the end return errors.Join(failed...)",
	},
	"permissions": {
		"Look at the Policies of ThumbnailFunction in template.yaml.",
		"A function may do what its Policies allow: read one bucket, write to the other.",
		"SAM has a policy template for each: S3ReadPolicy and S3WritePolicy. UploadsBucket is named by the text that its BucketName has, because it is made after the function.",
		"- S3ReadPolicy: with BucketName: !Sub scans-${AWS::AccountId}-${AWS::Region} below it, and - S3WritePolicy: with BucketName: !Ref ThumbnailsBucket",
	},
	"stream": {
		"Look at what thumbnail does with scan.Body, and at what decode makes of it: how many bytes are there at once?",
		"The body of GetObject is an io.Reader: bytes come as they are asked for. A row of pixels is all that has to be there, and the sums for one row of the thumbnail.",
		"shrink takes the io.Reader, reads the header through a bufio.Reader, and then one row after the other with io.ReadFull, into the same slice. It adds each pixel to the sum of " +
			"its square, and when a row of squares is complete, it divides.",
		"row := make([]byte, width*pixelSize); for y := range height { if _, err := io.ReadFull(in, row); err != nil { return nil, err } … }",
	},
	"memory-size": {
		"Look at the table \"What the largest scan costs with other sizes\", and at MemorySize in template.yaml.",
		"MemorySize is the size of the CPU, too: 1,769 MB are a whole one, and more makes code in one goroutine no faster. If even that is too slow, the code has to compute less: " +
			"Set and At of package image make a color.Color of each pixel.",
		"Have the code right first, then take the smallest size of the table that computes within 2 s.",
		"MemorySize: 512",
	},
}
