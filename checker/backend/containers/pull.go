package containers

import (
	"context"
	"errors"
	"fmt"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/moby/moby/api/pkg/authconfig"
	"github.com/moby/moby/api/types/jsonstream"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
)

const (
	// pullStall is how long a pull may go without any news from Docker.
	pullStall = 60 * time.Second

	// pullNews is how often the learner is told how far it is.
	pullNews = 3 * time.Second
)

var errStalled = fmt.Errorf("no progress for %v", pullStall)

// fetch pulls the image of a service when it is not on this machine.
func (e *engine) fetch(ctx context.Context, s program) error {
	_, err := e.docker.ImageInspect(ctx, s.image)
	if err == nil {
		return nil
	}
	if !cerrdefs.IsNotFound(err) {
		return fmt.Errorf("the Docker engine does not say whether it has the image %s: %w", s.image, err)
	}
	e.progress(fmt.Sprintf("The image %s is not on this machine yet; pulling it, once", s.image))
	err = e.pull(ctx, s.image)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("the image %s of %s is not on this machine and cannot be pulled (%w); %s", s.image, s.title, err, s.hint)
	}
	return err
}

// pull asks Docker for the image and reports how far it is. It has no limit in time as long as
// there is progress: a classroom's network may need many minutes.
func (e *engine) pull(ctx context.Context, image string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stall := time.AfterFunc(pullStall, func() { cancel(errStalled) })
	defer stall.Stop()

	stream, err := e.docker.ImagePull(ctx, image, client.ImagePullOptions{RegistryAuth: credentials(ctx, image)})
	if err != nil {
		return because(ctx, err)
	}
	layers := map[string]jsonstream.Progress{}
	told := time.Now()
	for news, err := range stream.JSONMessages(ctx) {
		if err != nil {
			return because(ctx, err)
		}
		if news.Error != nil {
			return news.Error
		}
		stall.Reset(pullStall)
		if news.Status == "Downloading" && news.Progress != nil {
			layers[news.ID] = *news.Progress
		}
		if time.Since(told) >= pullNews && len(layers) > 0 {
			told = time.Now()
			e.progress(pulled(image, layers))
		}
	}
	if err := ctx.Err(); err != nil {
		return because(ctx, err)
	}
	return nil
}

// pulled says how much of the layers that Docker has begun is there.
func pulled(image string, layers map[string]jsonstream.Progress) string {
	var current, total int64
	for _, l := range layers {
		current, total = current+l.Current, total+l.Total
	}
	const mb = 1_000_000
	return fmt.Sprintf("Pulling %s: %d of %d MB", image, current/mb, total/mb)
}

// because returns why the context ended, when that is what an error comes from.
func because(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return cause
	}
	return err
}

// credentials are the user's for the image's registry, in the form of Docker's API. A public image
// needs none, and where some are needed Docker's refusal says so better than a guess here.
func credentials(ctx context.Context, image string) string {
	_, auth, err := testcontainers.DockerImageAuth(ctx, image)
	if err != nil {
		return ""
	}
	encoded, err := authconfig.Encode(auth)
	if err != nil {
		return ""
	}
	return encoded
}
