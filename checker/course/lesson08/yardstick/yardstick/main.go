// Yardstick reads an object as a stream of pixels of three bytes, and answers the sum of each color. It computes what cannot
// be left out of a thumbnail, so how long it does tells how fast this machine is.
package main

import (
	"bufio"
	"context"
	"errors"
	"io"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

type object struct{ Bucket, Key string }

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		panic(err)
	}
	client := s3.NewFromConfig(cfg)
	lambda.Start(func(ctx context.Context, o object) ([]int, error) {
		out, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &o.Bucket, Key: &o.Key})
		if err != nil {
			return nil, err
		}
		sums, err := add(out.Body)
		return sums, errors.Join(err, out.Body.Close())
	})
}

func add(pixels io.Reader) ([]int, error) {
	in := bufio.NewReaderSize(pixels, 64<<10)
	red, green, blue := 0, 0, 0
	row := make([]byte, 3*2000)
	for {
		n, err := io.ReadFull(in, row)
		for of := row[:n]; len(of) >= 3; of = of[3:] {
			red += int(of[0])
			green += int(of[1])
			blue += int(of[2])
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return []int{red, green, blue}, nil
		case err != nil:
			return nil, err
		}
	}
}
