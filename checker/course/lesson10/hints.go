package lesson10

// hints lead to each requirement in four steps: where to look, the concept, the shape, almost the code.
var hints = map[string][]string{
	"large-file": {
		"Look at the sizes in the evidence, and at what create-upload/upload.go does with the content.",
		"An invocation takes 6 MB. A presigned URL lets somebody without credentials make one request to S3, so the bytes need not come to you at all.",
		"Read contentType and size from the request's JSON, sign a PutObject for them, and answer key, method, url and headers.",
		"signed, err := s3.NewPresignClient(client).PresignPutObject(ctx, &s3.PutObjectInput{Bucket: …, Key: …, ContentType: …, ContentLength: …}, s3.WithPresignExpires(5*time.Minute))",
	},
	"past-function": {
		"Look for calls of PutObject in create-upload/upload.go.",
		"To sign is to compute: no call is made, and no object is there until the client has stored it.",
		"The only client that the function needs is the PresignClient.",
		"Take PutObject out, and keep signer *s3.PresignClient in uploads.",
	},
	"own-key": {
		"Look at where the key comes from, and whether any of it is the client's.",
		"S3 has no folders and no owners: a key is all that keeps two files apart. Clocks and counters are the same in several execution environments.",
		"Make the key of a prefix and enough chance, and take nothing of it from the client.",
		"key := \"uploads/\" + rand.Text() with crypto/rand",
	},
	"type-signed": {
		"Look at the signed headers in the evidence.",
		"S3 compares what was signed, and nothing else. What is in PutObjectInput is signed, and the client has to send it in the same words.",
		"Give the PutObjectInput a ContentType, and the answer the header Content-Type with the same value.",
		"ContentType: aws.String(f.ContentType) and Headers: map[string]string{\"Content-Type\": f.ContentType}",
	},
	"length-signed": {
		"Look at the signed headers in the evidence: is content-length among them?",
		"Every client sends Content-Length of its own accord. When it is signed, another length is another signature.",
		"Give the PutObjectInput the size that was asked for. In a POST policy it is a range.",
		"ContentLength: aws.Int64(f.Size), or []any{\"content-length-range\", 1, f.Size} in Conditions",
	},
	"nothing-else": {
		"Look at the conditions in the evidence.",
		"A presigned PUT is for one key. A POST policy is as narrow as its conditions, and starts-with allows every end.",
		"Let the policy name the whole key, which the function has made up.",
		"Key: aws.String(key) in the PutObjectInput of PresignPostObject, without ${filename}, makes a condition that is exact.",
	},
	"expiry": {
		"Look at the seconds in the evidence.",
		"A signature has a time of its own, apart from the credentials that it was made with. Short is safe, and the upload only has to begin in that time.",
		"Say how long, as a time.Duration.",
		"s3.WithPresignExpires(5*time.Minute)",
	},
	"bad-request": {
		"Look at fileIn in create-upload/request.go.",
		"What is signed is what was asked for, so this is where it is decided what a client may store. JSON that lacks a field decodes to zero.",
		"Refuse a contentType that is not on a list of three, and a size that is not between 1 and 200 MB, with a badRequestError. Decode base64 first.",
		"case !slices.Contains(contentTypes, f.ContentType): return file{}, &badRequestError{…}",
	},
	"permissions": {
		"Look at the Policies of CreateUploadFunction in the template.",
		"S3 asks whether the signer may do it when the upload comes, so the function needs s3:PutObject, although it never calls it.",
		"One statement with one action, for the keys below uploads/.",
		"Action: s3:PutObject and Resource: !Sub ${UploadsBucket.Arn}/uploads/*",
	},
	"secrets": {
		"Look at what create-upload logs.",
		"The signature is in the URL. A log is read by many, and kept for long.",
		"Log the key, the type and the size.",
		"logger.Info(\"signed an upload\", \"key\", key)",
	},
}
