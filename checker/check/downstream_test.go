package check

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/downstream"
	"example.com/serverless-patterns/checker/stack"
)

// closed ends the services that a check has started.
func closed(t *T) {
	for _, d := range t.downstream {
		d.service.Close()
	}
}

func TestAServiceThatKeepsCallersWaitingHasToBeDeclared(t *testing.T) {
	t.Parallel()
	hang := func(t *T) {
		defer closed(t)
		t.Downstream("rates", "RatesUrl", http.NotFoundHandler()).Inject(downstream.Fault{Kind: downstream.Hang()})
	}
	result := end(t, Check{ID: "hang"}, hang)
	assert.Equal(t, Errored, result.Verdict)
	assert.Contains(t, result.Error, "the check hang keeps callers waiting (rates does not answer), and does not declare it in Waits")
	assert.Equal(t, Passed, end(t, Check{ID: "hang", Waits: "an answer"}, hang).Verdict)
}

func TestWhatIsWrongWithAServiceIsAmongTheConditions(t *testing.T) {
	t.Parallel()
	end := end(t, Check{}, func(c *T) {
		defer closed(c)
		d := c.Downstream("rates", "RatesUrl", http.NotFoundHandler())
		heal := d.Inject(downstream.Fault{Kind: downstream.Fail()})
		assert.Equal(t, ", while rates answers 503", c.conditions)
		heal()
		assert.Empty(t, c.conditions)
		d.Inject(downstream.Fault{About: "kettle", Kind: downstream.Fail()})
		assert.Empty(t, c.conditions, "it is for some requests only")
	})
	assert.Equal(t, Passed, end.Verdict, end.Error)
}

func TestATemplateWithoutTheParameterOfAServiceFailsTheCheck(t *testing.T) {
	t.Parallel()
	c := newT(t.Context(), Check{}, 1, func(o stack.Options) (*stack.Stack, error) {
		assert.Contains(t, o.Parameters["RatesUrl"], "http://127.0.0.1:")
		return nil, &stack.MissingError{LogicalID: "RatesUrl", Type: "parameter", File: "template.yaml"}
	})
	defer closed(c)
	var result Result
	verdictOf(c, Check{Run: func(t *T) {
		t.Downstream("rates", "RatesUrl", http.NotFoundHandler())
		t.Function("QuoteFunction")
	}}, &result)
	require.Equal(t, Failed, result.Verdict)
	assert.Equal(t, "template.yaml has no parameter called RatesUrl", result.Finding.Got)
	assert.Equal(t, "Declare RatesUrl in the Parameters of template.yaml, with Type: String.", result.Finding.Next)
}

func TestRequestsToServicesAreAmongTheEvidence(t *testing.T) {
	t.Parallel()
	c := on(t, Check{})
	defer closed(c)
	rates := c.Downstream("rates", "RatesUrl", http.NotFoundHandler())
	c.Downstream("stock", "StockUrl", http.NotFoundHandler())
	for range maxCalls + 2 {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, rates.service.URL()+"/rates/kettle", nil)
		require.NoError(t, err)
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
	}
	lines := replyOf(c, answering("{}")).About("kettle").downstreamEvidence()
	require.Len(t, lines, maxCalls+2)
	assert.Contains(t, lines[0], "http: rates: GET /rates/kettle: ")
	assert.Equal(t, "http: … and 2 more to rates", lines[maxCalls])
	assert.Equal(t, "http: none to stock", lines[maxCalls+1])
	assert.Empty(t, replyOf(c, answering("{}")).downstreamEvidence(), "nobody knows which are this invocation's")
}
