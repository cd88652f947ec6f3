package containers

import (
	"context"
	"errors"
	"fmt"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"

	"example.com/serverless-patterns/checker/backend"
)

// registryLimit is how long registries may take to say how large images are.
const registryLimit = 5 * time.Second

// Image is what a service runs.
type Image struct {
	Service backend.Service
	Name    string
	Here    bool // on this machine
	// Bytes is the size: on this machine, or what has to be fetched. 0 is not known, and Problem says why.
	Bytes   int64
	Problem error
}

// Images are those of all services. What is not on this machine is asked of its registry, which may take some seconds.
func Images(ctx context.Context, opt Options) ([]Image, error) {
	e, err := course.connect(ctx, func(string) {})
	if err != nil {
		return nil, err
	}
	defer e.close()
	return e.images(ctx, dynamoDBLocal(opt), elasticMQ(opt))
}

// ImageNames are the names of the images of all services.
func ImageNames(opt Options) []string {
	return []string{dynamoDBLocal(opt).image, elasticMQ(opt).image}
}

func (e *engine) images(ctx context.Context, programs ...program) ([]Image, error) {
	all := make([]Image, len(programs))
	limited, cancel := context.WithTimeoutCause(ctx, registryLimit, fmt.Errorf("the registry did not answer within %v", registryLimit))
	defer cancel()
	var group errgroup.Group
	for n, p := range programs {
		group.Go(func() error {
			all[n] = Image{Service: p.id, Name: p.image}
			found, err := e.docker.ImageInspect(ctx, p.image)
			switch {
			case err == nil:
				all[n].Here, all[n].Bytes = true, found.Size
				return nil
			case !cerrdefs.IsNotFound(err):
				return fmt.Errorf("the Docker engine does not say whether it has the image %s: %w", p.image, err)
			}
			if all[n].Bytes, err = e.toFetch(limited, p.image); err != nil {
				all[n].Problem = because(limited, err)
			}
			return nil
		})
	}
	return all, group.Wait()
}

// toFetch is how much has to be fetched of an image, for the engine's platform.
func (e *engine) toFetch(ctx context.Context, image string) (int64, error) {
	version, err := e.docker.ServerVersion(ctx, client.ServerVersionOptions{})
	if err != nil {
		return 0, err
	}
	return remoteSize(ctx, image, version.Os, version.Arch)
}

// Fetch pulls the images of services that are not on this machine, one after the other, and tells Progress how far it
// is. What cannot be fetched does not keep it from the others.
func Fetch(ctx context.Context, opt Options) error {
	e, err := course.connect(ctx, opt.progress())
	if err != nil {
		return err
	}
	defer e.close()
	var failed []error
	for _, p := range []program{dynamoDBLocal(opt), elasticMQ(opt)} {
		failed = append(failed, e.fetch(ctx, p))
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return errors.Join(failed...)
}
