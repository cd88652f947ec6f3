package cli

import (
	"context"
	"fmt"

	"example.com/serverless-patterns/checker/backend/containers"
)

type setupCommand struct {
	images

	// Names is for tools/kit/pack.
	Names bool `hidden:"" help:"Print the images' names, and do nothing."`
}

// Run fetches what checks would fetch later, and tells what this machine has then. That an image cannot be had is no
// failure: lessons are checked without.
func (c *setupCommand) Run(ctx context.Context, p Process) error {
	o := containers.Options{
		DynamoDBImage: c.DynamoDBImage, ElasticMQImage: c.ElasticMQImage, Progress: func(sentence string) { fmt.Fprintln(p.Stderr, sentence) },
	}
	if c.Names {
		for _, name := range containers.ImageNames(o) {
			fmt.Fprintln(p.Stdout, name)
		}
		return nil
	}
	if err := containers.Available(ctx); err == nil {
		err := containers.Fetch(ctx, o)
		if ctx.Err() != nil {
			return errInterrupted
		}
		if err != nil {
			fmt.Fprintf(p.Stderr, "checker: %v\n", err)
		}
	}
	return (&doctorCommand{}).Run(ctx, p)
}
