package anatomy_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/anatomy"
)

// This test's own binary is one that is there anyway.
func TestTheCodeOfABinaryByPackage(t *testing.T) {
	t.Parallel()
	path, err := os.Executable()
	require.NoError(t, err)
	code, err := anatomy.Code(path)
	require.NoError(t, err)
	info, err := os.Stat(path)
	require.NoError(t, err)
	var sum int64
	for pkg, bytes := range code {
		assert.GreaterOrEqual(t, bytes, int64(0), pkg)
		assert.NotRegexp(t, `[ :{}]`, pkg)
		sum += bytes
	}
	assert.Greater(t, sum, info.Size()/10)
	assert.Less(t, sum, info.Size())
	for _, pkg := range []string{"runtime", "testing", "regexp", "example.com/serverless-patterns/checker/anatomy", "github.com/stretchr/testify/assert"} {
		assert.Positive(t, code[pkg], pkg)
	}
	assert.Zero(t, code["net/http/pprof"], "not in it")
}

func TestWhatIsNoBinaryOfGoIsSaidSo(t *testing.T) {
	t.Parallel()
	_, err := anatomy.Code("anatomy_test.go")
	require.ErrorContains(t, err, "cannot read the functions of anatomy_test.go")
	_, err = anatomy.Code("nobody")
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestWhatTheRuntimePrintsOfINIT(t *testing.T) {
	t.Parallel()
	assert.Equal(t, map[string]time.Duration{"internal/bytealg": 8 * time.Microsecond, "main": 61200 * time.Microsecond}, anatomy.Inits([]string{
		"init internal/bytealg @0.008 ms, 0.008 ms clock, 0 bytes, 0 allocs",
		"init main @5.1 ms, 61.2 ms clock, 2490469 bytes, 1823 allocs",
		`{"msg":"init of another kind"}`,
		"init main @x",
	}))
}

func TestPackagesAreGroupedByWhatTheyComeWith(t *testing.T) {
	t.Parallel()
	for pkg, want := range map[string]string{
		"main": anatomy.YourCode,
		"github.com/aws/aws-sdk-go-v2/service/s3":                    anatomy.SDKClient + "s3",
		"github.com/aws/aws-sdk-go-v2/service/s3/internal/endpoints": anatomy.SDKClient + "s3",
		"github.com/aws/aws-sdk-go-v2/service/internal/checksum":     anatomy.SDKCore,
		"github.com/aws/aws-sdk-go-v2/aws/retry":                     anatomy.SDKCore,
		"github.com/aws/smithy-go/middleware":                        anatomy.SDKCore,
		"github.com/aws/aws-lambda-go/lambda":                        "github.com/aws/aws-lambda-go",
		"gopkg.in/yaml.v3":                                           "gopkg.in/yaml.v3",
		"example.com/serverless-patterns/checker/x":                  "example.com/serverless-patterns/checker",
		"net/http":                     "net",
		"vendor/golang.org/x/net/idna": "net",
		"crypto/internal/fips140/aes":  "crypto",
		"text/template/parse":          "text/template/parse",
		"html/template":                "html/template",
		"runtime/debug":                anatomy.Runtime,
		"internal/poll":                anatomy.Runtime,
		"":                             anatomy.Runtime,
		"regexp/syntax":                "regexp",
	} {
		assert.Equal(t, want, anatomy.Group(pkg), pkg)
	}
}

func TestTheLargestPartComesFirst(t *testing.T) {
	t.Parallel()
	got := anatomy.Of(
		map[string]int64{"main": 20_000, "net": 1_000_000, "net/http": 1_200_000, "crypto/tls": 2_210_000, "fmt": 30_000},
		map[string]time.Duration{"main": time.Second, "net/http": time.Millisecond, "crypto/tls": time.Millisecond, "crypto/x509": time.Millisecond},
	)
	assert.Equal(t, []anatomy.Part{
		{Name: "crypto", Code: 2_210_000, Init: 2 * time.Millisecond},
		{Name: "net", Code: 2_200_000, Init: time.Millisecond},
		{Name: "fmt", Code: 30_000},
		{Name: anatomy.YourCode, Code: 20_000, Init: time.Second},
	}, got, "to a tenth of a megabyte, then by name")
}
