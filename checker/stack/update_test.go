package stack

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestUpdateRunsNewCodeInPlace(t *testing.T) {
	t.Parallel()
	o := frontOptions(t)
	s := deploy(t, o)
	f, err := s.Function("Fn")
	require.NoError(t, err)
	api, err := s.API("Http")
	require.NoError(t, err)
	before, err := f.Invoke(t.Context(), []byte(`{}`))
	require.NoError(t, err)
	require.True(t, before.ColdStart)

	name, address := f.Name(), api.URL
	require.NoError(t, s.Update(map[string]string{"Fn": o.Binaries["front/"]}))
	after, err := f.Invoke(t.Context(), []byte(`{}`))
	require.NoError(t, err)
	assert.True(t, after.ColdStart)
	assert.NotEqual(t, before.RequestID, after.RequestID)
	assert.NotEqual(t, before.TraceID, after.TraceID, "its calls could not be told from those before")
	assert.Equal(t, name, f.Name())
	assert.Equal(t, address, api.URL)
	status, _, _ := request(t, s, http.MethodGet, api.URL+"/items/a", "")
	assert.Equal(t, http.StatusOK, status)

	var missing *MissingError
	require.ErrorAs(t, s.Update(map[string]string{"Nobody": "bootstrap"}), &missing)
	require.Error(t, s.Update(map[string]string{"Fn": filepath.Join(t.TempDir(), "nothing")}))
	again, err := f.Invoke(t.Context(), []byte(`{}`))
	require.NoError(t, err, "what could not be deployed took over")
	assert.False(t, again.ColdStart)
}

func TestExactNamesAreThoseOfTheTemplate(t *testing.T) {
	t.Parallel()
	o := options(t, newBackend(t), strings.Replace(function("TABLE: a\n", items, "Parameters:\n  Stage: {Type: String, Default: dev}\n"),
		"BillingMode:", "TableName: !Sub \"items-${Stage}-${AWS::Region}\"\n      BillingMode:", 1))
	named := func() string {
		s, err := Deploy(t.Context(), o)
		require.NoError(t, err)
		defer func() { require.NoError(t, s.Close()) }()
		table, err := s.Table("Items")
		require.NoError(t, err)
		return table.Name
	}
	assert.Regexp(t, `^shop-Items-[A-Z2-7]{13}$`, named(), "checks run side by side on one backend")
	o.ExactNames, o.Dir = true, t.TempDir()
	assert.Regexp(t, `^items-dev-[a-z]+-[a-z]+-\d$`, named())
}

func TestLocalAddresses(t *testing.T) {
	t.Parallel()
	s := deployFronts(t)
	api, err := s.API("Http")
	require.NoError(t, err)
	url, err := s.Output("HttpUrl")
	require.NoError(t, err)
	assert.Equal(t, api.URL+"/items/a", s.Local(url))
	assert.Equal(t, "no address", s.Local("no address"))
}

func TestAPIsListenWhereTheyAreToldTo(t *testing.T) {
	t.Parallel()
	o := frontOptions(t)
	first, err := Deploy(t.Context(), o)
	require.NoError(t, err)
	api, err := first.API("Http")
	require.NoError(t, err)
	address := api.Address()
	require.NoError(t, first.Close())

	o.Dir = t.TempDir()
	o.Address = func(api string) string {
		if api == "Http" {
			return address
		}
		return freePort
	}
	api, err = deploy(t, o).API("Http")
	require.NoError(t, err)
	assert.Equal(t, address, api.Address())

	o.Dir = t.TempDir()
	_, err = Deploy(t.Context(), o)
	require.ErrorContains(t, err, "cannot serve the API Http: ", "two cannot listen there")
}
