package stack

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/embedded/bucket"
	"example.com/serverless-patterns/checker/sam"
)

// Bucket is a deployed S3 bucket. It is in this process, whatever the backend, and in a service of the stack's own: the
// names that a template gives to buckets are taken as they are, and no other stack sees them.
type Bucket struct {
	LogicalID string
	Name      string // the physical one
	// Declared is what the template says of it.
	Declared *sam.Bucket

	stack *Stack
}

// Object is an object of a bucket.
type Object struct {
	Key         string
	Content     []byte // nil in a list
	ContentType string // "" in a list
	Metadata    map[string]string
	Size        int64 // bytes
	ETag        string
}

// minBucketName and maxBucketName are S3's limits, in characters.
const minBucketName, maxBucketName = 3, 63

// Bucket returns a bucket by its logical id. The error is a [*MissingError].
func (s *Stack) Bucket(logicalID string) (*Bucket, error) {
	b, ok := s.buckets[logicalID]
	if !ok {
		return nil, &MissingError{logicalID, "AWS::S3::Bucket", s.template.File}
	}
	return b, nil
}

// Buckets are all buckets of the stack, in the order of the template.
func (s *Stack) Buckets() []*Bucket {
	var all []*Bucket
	for _, b := range s.template.Buckets {
		all = append(all, s.buckets[b.LogicalID])
	}
	return all
}

// withBuckets is the stack's part of the backend, with an S3 of the stack's own in front if the template has buckets.
func withBuckets(o Options) backend.Backend {
	part := backend.Part(o.Backend)
	if len(o.Template.Buckets) == 0 {
		return part
	}
	return backend.With(part, backend.S3, bucket.New())
}

// bucketName is as CloudFormation makes one: in small letters, with an end that is different each time.
func bucketName(stack, logicalID string) string {
	const end = 13
	name := strings.ToLower(stack + "-" + logicalID)
	return name[:min(len(name), maxBucketName-end)] + "-" + strings.ToLower(rand.Text()[:end-1])
}

// bucketNames is what S3 takes for a name ("General purpose bucket naming rules").
var bucketNames = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*[a-z0-9]$`)

// A BucketError is what S3 says of a bucket that the template wants: a fault of the template.
type BucketError struct {
	File          string
	Line          int
	LogicalID     string
	Code, Message string
}

func (e *BucketError) Error() string {
	return fmt.Sprintf("%s:%d: %s: %s: %s", e.File, e.Line, e.LogicalID, e.Code, e.Message)
}

func (s *Stack) createBuckets(ctx context.Context) error {
	for _, b := range s.template.Buckets {
		name := s.names[b.LogicalID]
		if len(name) < minBucketName || len(name) > maxBucketName || !bucketNames.MatchString(name) {
			return &BucketError{s.template.File, b.Line, b.LogicalID, "InvalidBucketName", fmt.Sprintf(
				"The specified bucket is not valid: %q. A name has 3 to 63 small letters, digits, hyphens and dots.", name)}
		}
		s.buckets[b.LogicalID] = &Bucket{LogicalID: b.LogicalID, Name: name, Declared: b, stack: s}
		_, err := s.s3.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &name, CreateBucketConfiguration: &types.CreateBucketConfiguration{
			LocationConstraint: types.BucketLocationConstraint(s.Region)}})
		var taken *types.BucketAlreadyExists
		switch {
		case errors.As(err, &taken):
			return &BucketError{s.template.File, b.Line, b.LogicalID, "BucketAlreadyExists", fmt.Sprintf("The requested bucket name %q is not available.", name)}
		case err != nil:
			return fmt.Errorf("cannot create bucket %s: %w", b.LogicalID, err)
		}
	}
	return nil
}

// Put stores an object as somebody else would have done: it is not among the functions' calls, but notified as any
// other. "" is no content type.
func (b *Bucket) Put(ctx context.Context, key, contentType string, content []byte) error {
	// As a reader alone it is hashed piece by piece. All at once it would be in one call, which the Go runtime cannot interrupt:
	// on a busy machine everything else in this process would stand still for as long as that takes.
	in := &s3.PutObjectInput{Bucket: &b.Name, Key: &key, Body: struct{ io.ReadSeeker }{bytes.NewReader(content)}}
	if contentType != "" {
		in.ContentType = &contentType
	}
	if _, err := b.stack.s3.PutObject(ctx, in); err != nil {
		return fmt.Errorf("cannot store %q in bucket %s: %w", key, b.LogicalID, err)
	}
	return nil
}

// PutInParts does what Put does, as clients do with what is large: by an upload in parts, here of one.
func (b *Bucket) PutInParts(ctx context.Context, key, contentType string, content []byte) error {
	client, cannot := b.stack.s3, func(err error) error {
		return fmt.Errorf("cannot store %q in parts in bucket %s: %w", key, b.LogicalID, err)
	}
	upload, err := client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &b.Name, Key: &key, ContentType: &contentType})
	if err != nil {
		return cannot(err)
	}
	part, err := client.UploadPart(ctx, &s3.UploadPartInput{
		Bucket: &b.Name, Key: &key, UploadId: upload.UploadId, PartNumber: aws.Int32(1), Body: struct{ io.ReadSeeker }{bytes.NewReader(content)},
	})
	if err != nil {
		return cannot(err)
	}
	_, err = client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: &b.Name, Key: &key, UploadId: upload.UploadId,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{{ETag: part.ETag, PartNumber: aws.Int32(1)}}},
	})
	if err != nil {
		return cannot(err)
	}
	return nil
}

// Delete removes an object, as Put stores one.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	if _, err := b.stack.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.Name, Key: &key}); err != nil {
		return fmt.Errorf("cannot remove %q from bucket %s: %w", key, b.LogicalID, err)
	}
	return nil
}

// Get reads an object; ok is false if there is none.
func (b *Bucket) Get(ctx context.Context, key string) (o Object, ok bool, err error) {
	out, err := b.stack.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.Name, Key: &key})
	var missing *types.NoSuchKey
	switch {
	case errors.As(err, &missing):
		return Object{}, false, nil
	case err != nil:
		return Object{}, false, fmt.Errorf("cannot read %q of bucket %s: %w", key, b.LogicalID, err)
	}
	content, err := io.ReadAll(out.Body)
	err = errors.Join(err, out.Body.Close())
	if err != nil {
		return Object{}, false, fmt.Errorf("cannot read %q of bucket %s: %w", key, b.LogicalID, err)
	}
	return Object{
		Key: key, Content: content, ContentType: aws.ToString(out.ContentType), Metadata: out.Metadata, Size: int64(len(content)), ETag: aws.ToString(out.ETag),
	}, true, nil
}

// Objects are all objects of the bucket, in the order of their keys, without their content.
func (b *Bucket) Objects(ctx context.Context) ([]Object, error) {
	var all []Object
	pages := s3.NewListObjectsV2Paginator(b.stack.s3, &s3.ListObjectsV2Input{Bucket: &b.Name})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("cannot list bucket %s: %w", b.LogicalID, err)
		}
		for _, o := range page.Contents {
			all = append(all, Object{Key: aws.ToString(o.Key), Size: aws.ToInt64(o.Size), ETag: aws.ToString(o.ETag)})
		}
	}
	return all, nil
}

// Advance moves the clock of S3 ahead, for what was signed to expire.
func (s *Stack) Advance(d time.Duration) { s.wire.Advance(d) }

// bucketAttribute is what !GetAtt gives of a bucket.
func (r resolver) bucketAttribute(logicalID, attribute string) (string, bool) {
	name := r.names[logicalID]
	switch attribute {
	case "Arn":
		return r.resourceARN("s3", name), true
	case "DomainName":
		return name + ".s3.amazonaws.com", true
	case "RegionalDomainName":
		return name + ".s3." + r.Region + ".amazonaws.com", true
	case "DualStackDomainName":
		return name + ".s3.dualstack." + r.Region + ".amazonaws.com", true
	case "WebsiteURL":
		return "http://" + name + ".s3-website." + r.Region + ".amazonaws.com", true
	}
	return "", false
}

// newS3 is the stack's own client.
func newS3(region, endpoint string, operator aws.CredentialsProvider, client *http.Client) *s3.Client {
	return s3.New(s3.Options{Region: region, BaseEndpoint: aws.String(endpoint), Credentials: operator, HTTPClient: client})
}
