package serve

import (
	"bytes"
	"debug/buildinfo"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/sam"
)

// outdated names functions whose AWS SDK takes no endpoint from the environment: their calls do not come here, but go
// out to AWS, with credentials that AWS refuses. The SDKs for Go have read AWS_ENDPOINT_URL since the end of 2023, version
// 1 never has ("Service-specific endpoints" in the AWS SDKs and Tools Reference Guide).
func outdated(t *sam.Template, binaries map[string]string) (notes []string, err error) {
	by := map[string][]string{} // functions by SDK
	for _, f := range t.Functions {
		sdk, reads, err := sdkOf(binaries[f.CodeUri])
		if err != nil {
			return nil, err
		}
		if sdk != "" && !reads {
			by[sdk] = append(by[sdk], f.LogicalID)
		}
	}
	for _, sdk := range slices.Sorted(maps.Keys(by)) {
		notes = append(notes, fmt.Sprintf("the AWS calls of %s: their %s takes no AWS_ENDPOINT_URL, and calls AWS itself, which refuses the "+
			"credentials that functions have here; take aws-sdk-go-v2 of 2024 or later", strings.Join(by[sdk], ", "), sdk))
	}
	return notes, nil
}

// sdkOf tells which AWS SDK a binary has, "" for none, and whether it reads AWS_ENDPOINT_URL.
func sdkOf(binary string) (sdk string, reads bool, err error) {
	data, err := os.ReadFile(binary)
	if err != nil {
		return "", false, fmt.Errorf("cannot read what was built: %w", err)
	}
	info, err := buildinfo.Read(bytes.NewReader(data))
	if err != nil {
		return "", false, fmt.Errorf("cannot tell what %s was built of: %w", binary, err)
	}
	for _, m := range info.Deps {
		if m.Path == "github.com/aws/aws-sdk-go" || m.Path == "github.com/aws/aws-sdk-go-v2" {
			sdk = strings.TrimPrefix(m.Path, "github.com/aws/") + " " + m.Version
		}
	}
	return sdk, bytes.Contains(data, []byte("AWS_ENDPOINT_URL")), nil
}
