package containers

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/moby/moby/client"
	"github.com/opencontainers/go-digest"
	specs "github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// registry has one image for two platforms, and is slow if it is told to be.
type registry struct {
	image string // its name, as Docker knows it
	bytes int64  // to fetch of the image for linux/amd64
	slow  atomic.Bool

	blobs map[digest.Digest][]byte
	kinds map[digest.Digest]string
	tag   digest.Digest
}

func newRegistry(t *testing.T) *registry {
	t.Helper()
	r := &registry{blobs: map[digest.Digest][]byte{}, kinds: map[digest.Digest]string{}}
	index := ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageIndex}
	for _, architecture := range []string{"arm64", "amd64"} {
		layer := make([]byte, 10240) // of zeros: an empty tar
		config, err := json.Marshal(ocispec.Image{
			Platform: ocispec.Platform{OS: "linux", Architecture: architecture}, Author: rand.Text(), // so that it is nobody else's image
			RootFS: ocispec.RootFS{Type: "layers", DiffIDs: []digest.Digest{digest.FromBytes(layer)}},
		})
		require.NoError(t, err)
		manifest := ocispec.Manifest{
			Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest,
			Config: r.keep(ocispec.MediaTypeImageConfig, config), Layers: []ocispec.Descriptor{r.keep(ocispec.MediaTypeImageLayer, layer)},
		}
		r.bytes = int64(len(layer) + len(config))
		data, err := json.Marshal(manifest)
		require.NoError(t, err)
		described := r.keep(ocispec.MediaTypeImageManifest, data)
		described.Platform = &ocispec.Platform{OS: "linux", Architecture: architecture}
		index.Manifests = append(index.Manifests, described)
	}
	data, err := json.Marshal(index)
	require.NoError(t, err)
	r.tag = r.keep(ocispec.MediaTypeImageIndex, data).Digest
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	r.image = strings.TrimPrefix(server.URL, "http://") + "/workshop/dynamodb-local:1"
	return r
}

func (r *registry) keep(kind string, data []byte) ocispec.Descriptor {
	d := digest.FromBytes(data)
	r.blobs[d], r.kinds[d] = data, kind
	return ocispec.Descriptor{MediaType: kind, Digest: d, Size: int64(len(data))}
}

func (r *registry) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if r.slow.Load() {
		select {
		case <-request.Context().Done():
		case <-time.After(patience):
		}
		return
	}
	d := digest.Digest(request.URL.Path[strings.LastIndexByte(request.URL.Path, '/')+1:])
	if d == "1" {
		d = r.tag
	}
	data, ok := r.blobs[d]
	if request.URL.Path == "/v2/" {
		return
	}
	if !ok {
		http.NotFound(w, request)
		return
	}
	w.Header().Set("Content-Type", r.kinds[d])
	w.Header().Set("Docker-Content-Digest", d.String())
	http.ServeContent(w, request, "", time.Time{}, bytes.NewReader(data))
}

func TestAMissingImageIsSaidWithWhatThereIsToFetch(t *testing.T) {
	f := newFleet(t)
	r := newRegistry(t)
	p := dynamoDBLocal(Options{DynamoDBImage: r.image})
	images, err := f.dial(t).images(t.Context(), p, dynamoDBLocal(Options{}), dynamoDBLocal(Options{DynamoDBImage: r.image + "23"}))
	require.NoError(t, err)
	require.Len(t, images, 3)
	assert.Equal(t, Image{Service: p.id, Name: r.image, Bytes: r.bytes}, images[0])
	assert.True(t, images[1].Here)
	assert.Greater(t, images[1].Bytes, int64(1_000_000))
	assert.False(t, images[2].Here)
	require.ErrorContains(t, images[2].Problem, "not found")

	size, err := remoteSize(t.Context(), r.image, "linux", "arm64")
	require.NoError(t, err)
	assert.Equal(t, r.bytes, size)
	_, err = remoteSize(t.Context(), r.image, "linux", "s390x")
	require.Error(t, err, "there is no image for this platform")
	_, err = remoteSize(t.Context(), "No Such Name", "linux", "amd64")
	require.ErrorContains(t, err, `"No Such Name" is no name of an image`)
}

func TestARegistryThatHangsIsNotWaitedForLong(t *testing.T) {
	f := newFleet(t)
	r := newRegistry(t)
	r.slow.Store(true)
	images, err := f.dial(t).images(t.Context(), dynamoDBLocal(Options{DynamoDBImage: r.image}))
	require.NoError(t, err)
	require.ErrorContains(t, images[0].Problem, "the registry did not answer within 5s")
}

func TestAMissingImageIsPulledOnce(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("not run, because Docker is in a virtual machine, which does not reach this one's loopback")
	}
	f := newFleet(t)
	r := newRegistry(t)
	e := f.dial(t)
	var told journal
	e.progress = told.note
	p := dynamoDBLocal(Options{DynamoDBImage: r.image})
	t.Cleanup(func() { _, _ = e.docker.ImageRemove(context.Background(), r.image, client.ImageRemoveOptions{}) })
	require.NoError(t, e.fetch(t.Context(), p))
	assert.Contains(t, told.String(), r.image+" is not on this machine yet")
	images, err := e.images(t.Context(), p)
	require.NoError(t, err)
	assert.True(t, images[0].Here)

	told.said = nil
	require.NoError(t, e.fetch(t.Context(), p))
	assert.Empty(t, told.String())
}

func TestRegistriesOfThisMachineDoWithoutTLS(t *testing.T) {
	t.Parallel()
	for domain, want := range map[string]bool{
		"127.0.0.1:5000": true, "localhost:5000": true, "localhost": true, "[::1]:5000": true, "127.0.0.2": true,
		"docker.io": false, "localhost.example:5000": false, "10.0.0.1:5000": false, "1": false,
	} {
		assert.Equal(t, want, isLoopback(domain), domain)
	}
}
