package lesson11

// hints lead to each requirement in four steps: where to look, the concept, the shape, almost the code.
var hints = map[string][]string{
	"one-hop": {
		"Follow the hops in the evidence, and look at write in resize/store.go and at the event in the template.",
		"A bucket notifies of everything that fits its event: also of what the function itself has stored. A look at the key in the code stops the loop, and not the second invocation.",
		"Add a bucket that notifies nobody, tell the function its name by a variable, and store thumbnails there.",
		"ThumbnailsBucket: Type: AWS::S3::Bucket, THUMBNAILS_BUCKET: !Ref ThumbnailsBucket, and Bucket: aws.String(s.thumbnails) in write",
	},
	"thumbnail": {
		"Look at shrink in resize/image.go, and at the ContentType in write.",
		"The longer side decides for both, so that the proportions stay.",
		"Divide both sides by the longer one, times 128, and leave small photos as they are.",
		"width*maxSide/longest and height*maxSide/longest, and ContentType: aws.String(\"image/png\")",
	},
	"keys": {
		"Look at the key in the call of GetObject in the evidence, and at that of the upload.",
		"Keys in events of S3 are form-encoded, as in a query: plus signs are spaces.",
		"events.S3Event decodes the key when it is read: it has a second field for it.",
		"key := record.S3.Object.URLDecodedKey",
	},
	"records": {
		"Look at what handle does with event.Records.",
		"An event is a list of records. That there is one in it is a habit of S3, and no promise.",
		"One loop around everything.",
		"for _, record := range event.Records { … }",
	},
	"again": {
		"Look at the key that a thumbnail gets, and at what it is made of.",
		"What is done twice must come to the same as what is done once.",
		"Make the thumbnail's key of the photo's key alone: no time, no chance.",
		"Key: aws.String(key) in the other bucket",
	},
	"gone": {
		"Look at the error of GetObject in the evidence.",
		"S3 tells NoSuchKey only to those who may list the bucket; to others it says AccessDenied.",
		"Make an error of your own of *types.NoSuchKey, and have handle log it and go on.",
		"var missing *types.NoSuchKey; if errors.As(err, &missing) { return nil, errGone }",
	},
	"no-image": {
		"Look at what handle does with the error of image.Decode.",
		"There are errors that another attempt may mend, and errors that it cannot. Only the first are for Lambda.",
		"Wrap the decoder's error in one of your own, and compare with errors.Is where it is decided what to return.",
		"return nil, fmt.Errorf(\"%w: %w\", errNoImage, err), and case errors.Is(err, errNoImage): log it",
	},
	"failure": {
		"Look at what handle returns when write fails, and when the body of GetObject cannot be read to its end.",
		"For an asynchronous invocation the error is the only sign that something is to be done again. A body that is cut off is S3's failure, not the photo's.",
		"Return every error that you do not know to be final.",
		"case err != nil: h.log(…); return err",
	},
	"test-event": {
		"Look at what handle does when event.Records is empty.",
		"The first element of an empty list is a panic, and a panic ends the process.",
		"A loop over no records does nothing.",
		"for _, record := range event.Records { … }, then return nil",
	},
	"permissions": {
		"Look at the Policies of ResizeFunction in the template.",
		"!Ref PhotosBucket cannot be in them: the bucket waits for the function, and the function for its role. The bucket's name can be written down instead.",
		"S3ReadPolicy for the photos by name, and S3WritePolicy for the thumbnails by !Ref.",
		"BucketName: !Sub photos-${AWS::AccountId}-${AWS::Region} and BucketName: !Ref ThumbnailsBucket",
	},
}
