package check

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/serverless-patterns/checker/sandbox"
)

func TestAProgramWithoutTheConfigPackageIsKnownByItsModules(t *testing.T) {
	t.Parallel()
	const sdk = "github.com/aws/aws-sdk-go-v2"
	for name, test := range map[string]struct {
		modules []string
		want    bool
	}{
		"by hand":   {[]string{sdk, sdk + "/credentials", sdk + "/service/dynamodb"}, true},
		"loaded":    {[]string{sdk, sdk + "/config", sdk + "/service/dynamodb"}, false},
		"no client": {[]string{"github.com/aws/aws-lambda-go"}, false},
		"types":     {[]string{sdk}, false},
	} {
		var of []*debug.Module
		for _, path := range test.modules {
			of = append(of, &debug.Module{Path: path})
		}
		assert.Equal(t, test.want, withoutConfig(of), name)
	}
}

func TestAFailedCallIsKnownByTheLog(t *testing.T) {
	t.Parallel()
	r := &Reply{Invocation: &sandbox.Invocation{Outcome: sandbox.Answered, Log: []string{"started"}}}
	assert.False(t, r.mentionsAWS())
	r.Log = append(r.Log, `{"error":"getting an item: operation error DynamoDB: GetItem, exceeded maximum number of attempts"}`)
	assert.True(t, r.mentionsAWS())
}
