package stack

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sam"
)

const withParameters = `
Transform: AWS::Serverless-2016-10-31
Parameters:
  RatesUrl: {Type: String}
  StockUrl: {Type: String, Default: http://stock.example}
Resources:
  ItemsTable:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Ref RatesUrl
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
Outputs:
  Rates: {Value: !Sub "${RatesUrl}/rates"}
  Stock: {Value: !Ref StockUrl}
`

func TestParametersHaveTheValuesThatAreGiven(t *testing.T) {
	t.Parallel()
	template, err := sam.Parse("template.yaml", []byte(withParameters))
	require.NoError(t, err)
	for name, tt := range map[string]struct {
		given        map[string]string
		rates, stock string
	}{
		"both":            {map[string]string{"RatesUrl": "a", "StockUrl": "b"}, "a/rates", "b"},
		"its own default": {map[string]string{"RatesUrl": "a"}, "a/rates", "http://stock.example"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := deploy(t, Options{Template: template, Backend: newBackend(t), Name: "shop", Parameters: tt.given})
			rates, err := s.Output("Rates")
			require.NoError(t, err)
			assert.Equal(t, tt.rates, rates)
			stock, err := s.Output("Stock")
			require.NoError(t, err)
			assert.Equal(t, tt.stock, stock)
			assert.Same(t, template, s.Template())
		})
	}
}

func TestAValueForAParameterThatThereIsNotIsTheTemplatesFault(t *testing.T) {
	t.Parallel()
	template, err := sam.Parse("template.yaml", []byte(withParameters))
	require.NoError(t, err)
	_, err = Deploy(t.Context(), Options{Template: template, Backend: newBackend(t), Name: "shop", Parameters: map[string]string{"PriceUrl": "a"}})
	var missing *MissingError
	require.ErrorAs(t, err, &missing)
	assert.True(t, missing.Parameter())
	assert.EqualError(t, err, "template.yaml has no parameter called PriceUrl")
}

func TestExactNamesMayComeFromAGivenValue(t *testing.T) {
	t.Parallel()
	template, err := sam.Parse("template.yaml", []byte(withParameters))
	require.NoError(t, err)
	s := deploy(t, Options{Template: template, Backend: newBackend(t), Name: "shop", ExactNames: true, Parameters: map[string]string{"RatesUrl": "kettles"}})
	table, err := s.Table("ItemsTable")
	require.NoError(t, err)
	assert.Equal(t, "kettles", table.Name)
}
