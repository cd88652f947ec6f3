package serve

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// uploadsProject is a copy of the lesson with buckets that package check has for its tests.
func uploadsProject(t *testing.T) Project {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "92-bucket")
	require.NoError(t, os.CopyFS(dir, os.DirFS("../check/testdata/lessons/92-bucket")))
	root, err := filepath.Abs(module)
	require.NoError(t, err)
	return Project{Name: "shop", Title: "Buckets", Template: filepath.Join(dir, "template.yaml"), Root: root, Place: "lessons/92-bucket"}
}

func TestUploadsAreNotifiedAsTheyHappen(t *testing.T) {
	t.Parallel()
	r := start(t, uploadsProject(t))
	r.await("Ctrl-C")
	assert.Contains(t, r.String(), "UploadsBucket  shop-uploads-123456789012  ")
	assert.Contains(t, r.String(), "  notifies CopyFunction of s3:ObjectCreated:*, s3:ObjectRemoved:*\n")
	assert.Contains(t, r.String(), "aws s3 cp FILE s3://shop-uploads-123456789012/FILE")
	found := regexp.MustCompile(`AWS_ACCESS_KEY_ID=(\S+) AWS_SECRET_ACCESS_KEY=(\S+)`).FindStringSubmatch(r.String())
	require.NotNil(t, found)
	cfg, err := config.LoadDefaultConfig(context.Background(), config.WithRegion("eu-north-1"), config.WithBaseEndpoint(r.client()),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(found[1], found[2], "")))
	require.NoError(t, err)
	client := s3.NewFromConfig(cfg)
	_, err = client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("shop-uploads-123456789012"), Key: aws.String("a b.txt"), Body: strings.NewReader("hello")})
	require.NoError(t, err)
	r.await("ObjectCreated:Put of a b.txt in UploadsBucket: answered  CopyFunction (cold start")
	r.await("| got ObjectCreated:Put a b.txt")
	_, err = client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String("shop-uploads-123456789012"), Key: aws.String("fail")})
	require.NoError(t, err)
	r.await("ObjectRemoved:Delete of fail in UploadsBucket: failed  CopyFunction")
	require.NoError(t, r.end())
	r.nothingLeft()
}

func TestABucketThatAWSWouldRefuseIsTheTemplatesFault(t *testing.T) {
	t.Parallel()
	p := uploadsProject(t)
	data, err := os.ReadFile(p.Template)
	require.NoError(t, err)
	changed := strings.Replace(string(data), "COPIES_BUCKET: !Ref CopiesBucket", "COPIES_BUCKET: !Ref UploadsBucket", 1)
	require.NoError(t, os.WriteFile(p.Template, []byte(changed), 0o600))
	r := start(t, p)
	require.ErrorIs(t, r.ending(), ErrFault)
	assert.Contains(t, r.String(), "Circular dependency between resources")
}
