package check

import (
	"debug/buildinfo"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/sandbox"
)

// past changes what a finding says of why and what next, when the function's calls have gone past the checker to AWS itself: its
// requirement is then not what there is to look at.
func (r *Reply) past(f *Finding) {
	if r.function == nil || len(r.Calls()) > 0 || !r.mentionsAWS() {
		return
	}
	info, err := buildinfo.ReadFile(r.function.Binary())
	if err != nil || !withoutConfig(info.Deps) {
		return
	}
	f.Why = fmt.Sprintf("The AWS calls of %s do not come to the checker, but go to AWS itself, so nothing can be said of what they would do there. The checker's address is in AWS_ENDPOINT_URL. "+
		"config.LoadDefaultConfig reads that; an aws.Config that is made by hand does not know of it.", r.function.LogicalID)
	f.Next = "Take config.LoadDefaultConfig. Or keep your aws.Config, which works on AWS, and set its BaseEndpoint to AWS_ENDPOINT_URL when that is not empty; Lambda does not set it."
}

// mentionsAWS tells whether the log or the outcome says that a call to AWS has failed.
func (r *Reply) mentionsAWS() bool {
	return r.Outcome == sandbox.TimedOut || slices.ContainsFunc(r.Log, func(line string) bool {
		return strings.Contains(line, "operation error ") || strings.Contains(line, ".amazonaws.com")
	})
}

// withoutConfig tells whether a program has a client of the AWS SDK, and not the package that reads the environment for it.
func withoutConfig(of []*debug.Module) bool {
	const sdk = "github.com/aws/aws-sdk-go-v2/"
	has := func(is func(path string) bool) bool {
		return slices.ContainsFunc(of, func(m *debug.Module) bool { return is(m.Path) })
	}
	return has(func(path string) bool { return strings.HasPrefix(path, sdk+"service/") }) && !has(func(path string) bool { return path == sdk+"config" })
}
