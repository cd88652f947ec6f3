package stack

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const parameters = `Parameters:
  Stage:
    Type: String
    Default: test
  Empty:
    Type: String
    Default: ""
  Asked:
    Type: String
  Stored:
    Type: AWS::SSM::Parameter::Value<String>
    Default: /shop/key
`

func TestVariablesAreResolvedAsCloudFormationWould(t *testing.T) {
	t.Parallel()
	s := deployText(t, newBackend(t), function(`TEXT: "plain"
NUMBER: 7
TABLE: !Ref Items
TABLE_ARN: !GetAtt Items.Arn
SELF: !GetAtt Other.Arn
ROLE: !GetAtt FnRole.Arn
REGION: !Ref AWS::Region
ACCOUNT: !Ref AWS::AccountId
PARTITION: !Ref AWS::Partition
SUFFIX: !Ref AWS::URLSuffix
STACK: !Ref AWS::StackName
STACK_ID: !Ref AWS::StackId
STAGE: !Ref Stage
EMPTY: !Ref Empty
SUB: !Sub "${Stage}/${Items}/${AWS::Region}"
JOIN: !Join ["-", [a, !Ref Stage]]
API: !Ref Http
ENDPOINT: !GetAtt Http.ApiEndpoint
API_STAGE: !Ref HttpApiGatewayDefaultStage
API_ID: !GetAtt Http.ApiId
REST_ID: !GetAtt Rest.RestApiId
REST_STAGE: !GetAtt Rest.Stage
REST: !Sub "https://${Rest}.execute-api.${AWS::Region}.amazonaws.com/${RestStage}/"`, parameters, items, `  Other:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: provided.al2023
      Handler: bootstrap
      CodeUri: a/
`, `  Http:
    Type: AWS::Serverless::HttpApi
  Rest:
    Type: AWS::Serverless::Api
    Properties: {StageName: live}
`))
	assert.Regexp(t, `^[a-z0-9]{10}$`, s.names["Http"])
	name := s.names["Items"]
	assert.Equal(t, map[string]string{
		"TEXT": "plain", "NUMBER": "7",
		"TABLE":     name,
		"TABLE_ARN": "arn:aws:dynamodb:" + s.Region + ":123456789012:table/" + name,
		"SELF":      "arn:aws:lambda:" + s.Region + ":123456789012:function:" + s.names["Other"],
		"ROLE":      "arn:aws:iam::123456789012:role/Fn-role",
		"REGION":    s.Region,
		"ACCOUNT":   "123456789012", "PARTITION": "aws", "SUFFIX": "amazonaws.com", "STACK": "shop",
		"STACK_ID": "arn:aws:cloudformation:" + s.Region + ":123456789012:stack/shop/00000000",
		"STAGE":    "test", "EMPTY": "",
		"SUB":  "test/" + name + "/" + s.Region,
		"JOIN": "a-test",
		"API":  s.names["Http"], "ENDPOINT": "https://" + s.names["Http"] + ".execute-api." + s.Region + ".amazonaws.com",
		"API_STAGE": "$default", "API_ID": s.names["Http"], "REST_ID": s.names["Rest"], "REST_STAGE": "live", "REST": "https://" + s.names["Rest"] + ".execute-api." + s.Region + ".amazonaws.com/live/",
	}, variables(t, s, "Fn"))
}

func TestWhatIsNotKnownIsSaidWithItsPlace(t *testing.T) {
	t.Parallel()
	for variable, want := range map[string]string{
		"AA: !Ref Asked":                      "line 24: !Ref Asked: parameter Asked has no Default, and nobody is asked for it here",
		"AA: !Ref Logs":                       "what !Ref Logs gives is not known to the local stack",
		"AA: !GetAtt Items.StreamArn":         "what !GetAtt Items.StreamArn gives is not known to the local stack",
		"AA: !GetAtt Logs.Arn":                "what !GetAtt Logs.Arn gives is not known to the local stack",
		`AA: !Sub "x-${Rest.RootResourceId}"`: "what !GetAtt Rest.RootResourceId gives is not known to the local stack",
	} {
		b := watch(t)
		_, err := Deploy(t.Context(), options(t, b, function(variable, parameters, items, `  Logs:
    Type: AWS::Logs::LogGroup
`, `  Rest:
    Type: AWS::Serverless::Api
    Properties: {StageName: live}
`)))
		require.ErrorContains(t, err, "environment variable AA of Fn")
		require.ErrorContains(t, err, want)
		assert.Zero(t, b.left(), "nothing is left behind")
	}
}

// On AWS the function gets what is stored under the name, not the name.
func TestAParameterOfTheParameterStoreIsNotItsName(t *testing.T) {
	t.Parallel()
	_, err := Deploy(t.Context(), options(t, newBackend(t), function("AA: !Ref Stored", parameters)))
	assert.ErrorContains(t, err, "Stored")
}

func TestARoleOfTheTemplateIsNotTheOneThatSAMGenerates(t *testing.T) {
	t.Parallel()
	_, err := Deploy(t.Context(), options(t, newBackend(t), function("AA: !GetAtt AuditRole.Arn", `  AuditRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {}
`)))
	assert.ErrorContains(t, err, "what !GetAtt AuditRole.Arn gives is not known to the local stack")
}
