package cli

import (
	"context"
	"fmt"

	"example.com/serverless-patterns/checker/backend/containers"
)

type downCommand struct{}

// Run removes the containers.
func (*downCommand) Run(ctx context.Context, p Process) error {
	if err := containers.Available(ctx); err != nil {
		fmt.Fprintf(p.Stdout, "No containers to remove: %v\n", err)
		return nil // without an engine nothing of ours runs
	}
	removed, err := containers.Down(ctx)
	fmt.Fprintf(p.Stdout, "Containers removed: %d\n", removed)
	return err
}
