package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const right = `{"image": "mcr.microsoft.com/devcontainers/go:1-1.26-bookworm", "features": {"ghcr.io/devcontainers/features/docker-in-docker:2": {}},
	"postCreateCommand": "make setup"}`

const (
	module   = "module example.com/x\n\ngo 1.26.0\n"
	makefile = "\nsetup: bin/checker\n"
)

func TestTheFileIsAsItIsMeant(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("../..", file))
	require.NoError(t, err)
	mod, err := os.ReadFile("../../go.mod")
	require.NoError(t, err)
	made, err := os.ReadFile("../../Makefile")
	require.NoError(t, err)
	assert.Empty(t, own(text, string(mod), string(made)))
}

func TestWhatNoSchemaKnowsIsFound(t *testing.T) {
	t.Parallel()
	assert.Empty(t, own([]byte(right), module, makefile))
	for want, text := range map[string]string{
		`the image "mcr.microsoft.com/devcontainers/go:1-1.25-bookworm" has Go 1.25, and go.mod is for 1.26`: `{"image": "mcr.microsoft.com/devcontainers/go:1-1.25-bookworm"}`,
		`the image "" is not one of Go with a version`:                                                       `{}`,
		`there is no Docker in it`:                                                 `{}`,
		`postCreateCommand is "make set-up", and make has no such target`:          `{"postCreateCommand": "make set-up"}`,
		`postCreateCommand is "go run ./x", not a target of make`:                  `{"postCreateCommand": "go run ./x"}`,
		`json: cannot unmarshal array into Go struct field container.image of typ`: `{"image": []}`,
	} {
		assert.ErrorContains(t, errors.Join(own([]byte(text), module, makefile)...), want)
	}
}

func TestASchemaIsHeldAgainstTheFile(t *testing.T) {
	t.Parallel()
	const schema = `{"$schema": "https://json-schema.org/draft/2019-09/schema", "definitions": {"image": {"type": "string"}}, "type": "object",
		"properties": {"image": {"$ref": "#/definitions/image"}}, "unevaluatedProperties": false}`
	require.NoError(t, against([]byte(schema), []byte(`{"image": "x"}`)))
	require.ErrorContains(t, against([]byte(schema), []byte(`{"image": 1}`)), "/image")
	require.ErrorContains(t, against([]byte(schema), []byte(`{"images": "x"}`)), "images")
	require.ErrorContains(t, against([]byte(schema), []byte(`{`)), "is no JSON")
	require.ErrorContains(t, against([]byte(`{`), []byte(`{}`)), "the schema is no JSON")
}
