package containers

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"strings"

	"github.com/distribution/reference"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/testcontainers/testcontainers-go"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
)

// remoteSize asks an image's registry how many bytes it is to fetch.
func remoteSize(ctx context.Context, image, os, architecture string) (int64, error) {
	named, err := reference.ParseDockerRef(image)
	if err != nil {
		return 0, fmt.Errorf("%q is no name of an image: %w", image, err)
	}
	repository, err := remote.NewRepository(named.String())
	if err != nil {
		return 0, err
	}
	repository.PlainHTTP = isLoopback(reference.Domain(named)) // as Docker does
	repository.Client = &auth.Client{Credential: func(context.Context, string) (auth.Credential, error) {
		_, known, err := testcontainers.DockerImageAuth(ctx, image)
		if err != nil {
			return auth.EmptyCredential, nil // a public image needs none
		}
		return auth.Credential{Username: known.Username, Password: known.Password, RefreshToken: known.IdentityToken, AccessToken: known.RegistryToken}, nil
	}}
	_, data, err := oras.FetchBytes(ctx, repository, repository.Reference.Reference, oras.FetchBytesOptions{
		FetchOptions: oras.FetchOptions{ResolveOptions: oras.ResolveOptions{TargetPlatform: &ocispec.Platform{OS: os, Architecture: architecture}}},
	})
	if err != nil {
		return 0, err
	}
	var manifest ocispec.Manifest // Docker's own has the same fields
	if err := json.Unmarshal(data, &manifest); err != nil {
		return 0, err
	}
	bytes := manifest.Config.Size
	for _, layer := range manifest.Layers {
		bytes += layer.Size
	}
	return bytes, nil
}

// isLoopback tells whether a registry is on this machine, where it may do without TLS.
func isLoopback(domain string) bool {
	host, _, err := net.SplitHostPort(domain)
	if err != nil {
		host = domain
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
