package sam_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sam"
)

// deployed is a Resolver that shows what it was asked for.
type deployed struct{}

var errBroken = errors.New("not deployed yet")

func (deployed) Ref(id string) (string, error) {
	switch id {
	case "Broken":
		return "", errBroken
	case "Names":
		return "a, b", nil
	}
	return "<" + id + ">", nil
}

func (deployed) GetAtt(id, attribute string) (string, error) {
	return "<" + id + " " + attribute + ">", nil
}

func TestValue(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, yaml, text, resolved string
		references                 []sam.Reference
	}{
		{"text", `plain`, `plain`, "plain", nil},
		{"number as written", `1.0`, `1.0`, "1.0", nil},
		{"boolean", `True`, `true`, "true", nil},
		{"quoted boolean", `"True"`, `True`, "True", nil},
		{"empty text", `""`, ``, "", nil},
		{"Ref", `!Ref Q`, `!Ref Q`, "<Q>", []sam.Reference{{LogicalID: "Q"}}},
		{"long Ref", `{Ref: Q}`, `!Ref Q`, "<Q>", []sam.Reference{{LogicalID: "Q"}}},
		{"pseudo parameter", `!Ref AWS::Region`, `!Ref AWS::Region`, "<AWS::Region>", nil},
		{"GetAtt", `!GetAtt Q.Arn`, `!GetAtt Q.Arn`, "<Q Arn>", []sam.Reference{{LogicalID: "Q", Attribute: "Arn"}}},
		{"GetAtt of a list", `!GetAtt [Q, Arn]`, `!GetAtt Q.Arn`, "<Q Arn>", []sam.Reference{{LogicalID: "Q", Attribute: "Arn"}}},
		{
			"Sub", `!Sub "${Q}/${Q.Arn}/${!Kept}/${AWS::Region}/${Q}"`, `!Sub "${Q}/${Q.Arn}/${!Kept}/${AWS::Region}/${Q}"`,
			"<Q>/<Q Arn>/${Kept}/<AWS::Region>/<Q>",
			[]sam.Reference{{LogicalID: "Q"}, {LogicalID: "Q", Attribute: "Arn"}},
		},
		{
			"Sub with variables", `!Sub ["${Own}-${Q}", {Own: !GetAtt Q.QueueName}]`, `!Sub "${Own}-${Q}"`,
			"<Q QueueName>-<Q>", []sam.Reference{{LogicalID: "Q", Attribute: "QueueName"}, {LogicalID: "Q"}},
		},
		{"Join", `!Join ["-", [a, !Ref Q, !Ref AWS::NoValue, 3]]`, `!Join ["-", ["a", !Ref Q, "3"]]`, "a-<Q>-3", []sam.Reference{{LogicalID: "Q"}}},
		{"Join of a list", `!Join ["/", !Ref Names]`, `!Join ["/", !Ref Names]`, "a/b", []sam.Reference{{LogicalID: "Names"}}},
		{"nested", `Fn::Join: ["", [{"Fn::Sub": "${Q}"}, "!"]]`, `!Join ["", [!Sub "${Q}", "!"]]`, "<Q>!", []sam.Reference{{LogicalID: "Q"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			template := parse(t, header+`
Parameters:
  Names: {Type: CommaDelimitedList}
Resources:
  Q: {Type: AWS::SQS::Queue}
Outputs:
  V:
    Value:
      `+tt.yaml)
			value := template.Outputs[0].Value
			assert.Equal(t, tt.text, value.String())
			assert.Equal(t, tt.references, value.References())
			assert.False(t, value.IsZero())
			assert.Equal(t, 10, value.Line())
			resolved, err := value.Resolve(deployed{})
			require.NoError(t, err)
			assert.Equal(t, tt.resolved, resolved)
		})
	}
}

func TestValueOfNothing(t *testing.T) {
	t.Parallel()
	var none sam.Value
	text, err := none.Resolve(deployed{})
	require.NoError(t, err)
	assert.Empty(t, text)
	assert.True(t, none.IsZero())
	_, ok := none.Literal()
	assert.False(t, ok)
	_, ok = none.Reference()
	assert.False(t, ok)
}

func TestResolveSaysWhatFailed(t *testing.T) {
	t.Parallel()
	template := parse(t, header+`
Parameters:
  Broken: {Type: String}
Resources:
  Q: {Type: AWS::SQS::Queue}
Outputs:
  V: {Value: !Sub "x-${Broken}"}
`)
	_, err := template.Outputs[0].Value.Resolve(deployed{})
	require.ErrorIs(t, err, errBroken)
	assert.EqualError(t, err, "line 8: !Ref Broken: not deployed yet")
}

func TestReference(t *testing.T) {
	t.Parallel()
	template := parse(t, header+`
Resources:
  Q: {Type: AWS::SQS::Queue}
Outputs:
  Lone: {Value: !Sub "${Q.Arn}"}
  Mixed: {Value: !Sub "${Q.Arn}/x"}
  Pseudo: {Value: !Ref AWS::Region}
`)
	reference, ok := template.Outputs[0].Value.Reference()
	assert.True(t, ok)
	assert.Equal(t, sam.Reference{LogicalID: "Q", Attribute: "Arn"}, reference)
	for _, output := range template.Outputs[1:] {
		_, ok := output.Value.Reference()
		assert.False(t, ok, output.Name)
	}
}
