package backend_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/serverless-patterns/checker/backend"
)

// divisible is a backend that tells its parts from itself.
type divisible struct{ named }

func (d divisible) Part() backend.Backend {
	d.services = map[backend.Service]http.Handler{backend.DynamoDB: http.RedirectHandler("/part", http.StatusFound)}
	return d
}

func TestAPartOfABackendIsOneOfWhatItIsMadeOf(t *testing.T) {
	t.Parallel()
	whole := http.RedirectHandler("/whole", http.StatusFound)
	b := named{name: "one", services: map[backend.Service]http.Handler{backend.DynamoDB: whole, backend.SQS: whole}}
	part := http.RedirectHandler("/part", http.StatusFound)

	assert.Equal(t, whole, backend.Part(b).Handler(backend.DynamoDB), "a backend without parts is used whole")
	assert.Equal(t, part, backend.Part(divisible{b}).Handler(backend.DynamoDB))

	joined := backend.Part(backend.Join(divisible{b}, b))
	assert.Equal(t, part, joined.Handler(backend.DynamoDB))
	assert.Equal(t, whole, joined.Handler(backend.SQS), "of the second, what the first has not")

	with := backend.Part(backend.With(divisible{b}, backend.S3, whole))
	assert.Equal(t, part, with.Handler(backend.DynamoDB))
	assert.Equal(t, whole, with.Handler(backend.S3))
	assert.Equal(t, "one", with.Name())
}
