// Copy stores what it is told of once more: a key that begins with loop in the same bucket again, any other in the second
// bucket. It fails on a key that begins with fail, and has for one that begins with buffer a body that can be read only once.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

type copier struct{ client *s3.Client }

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		panic(err)
	}
	lambda.Start(copier{s3.NewFromConfig(cfg)}.handle)
}

func (c copier) handle(ctx context.Context, event events.S3Event) error {
	for _, r := range event.Records {
		key, target := r.S3.Object.URLDecodedKey, os.Getenv("COPIES_BUCKET")
		fmt.Println("got", r.EventName, key)
		switch {
		case strings.HasPrefix(key, "fail"):
			return errors.New("out of tea")
		case strings.HasPrefix(key, "loop"):
			target = r.S3.Bucket.Name
		}
		if !strings.HasPrefix(r.EventName, "ObjectCreated:") {
			continue
		}
		out, err := c.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &r.S3.Bucket.Name, Key: &key})
		if err != nil {
			return err
		}
		content, err := io.ReadAll(out.Body)
		if err != nil {
			return err
		}
		var body io.Reader = bytes.NewReader(content)
		if strings.HasPrefix(key, "buffer") {
			body = bytes.NewBuffer(content)
		}
		_, err = c.client.PutObject(ctx, &s3.PutObjectInput{
			Bucket: &target, Key: aws.String(key + "-copy"), Body: body, ContentType: out.ContentType,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
