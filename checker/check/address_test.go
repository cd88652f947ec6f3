package check

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFollowGoesWhereAClientWouldGo(t *testing.T) {
	t.Parallel()
	result := end(t, Check{}, func(c *T) {
		api := c.API(implied)
		for _, address := range []string{"nothing", "/nothing", "./nothing", api.api.URL + "/nothing", api.api.AWS() + "/nothing"} {
			r := api.Follow("/echo", address)
			r.JSON(404, map[string]string{"message": "Not Found"})
			assert.Equal(t, "/nothing", r.front.exchange.Target, address)
			assert.Nil(t, r.Event())
		}
		assert.Equal(t, "/echo/a", api.Follow("/echo/b", "a").front.exchange.Target)
	})
	assert.Equal(t, Passed, result.Verdict, "%v %v", result.Error, result.Finding)
}

func TestFollowStaysWithTheAPI(t *testing.T) {
	t.Parallel()
	for address, got := range map[string]string{
		"https://example.com/nothing": `the address "https://example.com/nothing", which is not the API's`,
		"//example.com/nothing":       `the address "//example.com/nothing", which is not the API's`,
		"mailto:somebody@example.com": `the address "mailto:somebody@example.com", which is not the API's`,
		"/%zz":                        `no address: parse "/%zz": invalid URL escape "%zz"`,
	} {
		f := finding(t, Check{}, func(t *T) { t.API(implied).Follow("", address) })
		assert.Equal(t, got, f.Got)
		assert.Equal(t, "an address of ServerlessHttpApi", f.Want)
		assert.Contains(t, f.Did, address)
	}
}

func TestATemplateWithoutTheOutputFailsTheCheck(t *testing.T) {
	t.Parallel()
	f := finding(t, Check{Next: "the check's next step"}, func(t *T) { t.Output("ApiUrl") })
	assert.Equal(t, "no output called ApiUrl", f.Got)
	assert.Equal(t, "the check's next step", f.Next)
}

func TestRequestsAtOnceAreAnsweredInTheirOrder(t *testing.T) {
	t.Parallel()
	result := end(t, Check{}, func(c *T) {
		replies := c.API(implied).SendAtOnce(Request{Path: "/a"}, Request{Path: "/b"}, Request{Path: "/c"})
		for n, target := range []string{"/a", "/b", "/c"} {
			replies[n].Status(404)
			assert.Equal(t, target, replies[n].front.exchange.Target)
		}
	})
	assert.Equal(t, Passed, result.Verdict, "%v %v", result.Error, result.Finding)
	f := finding(t, Check{}, func(t *T) { t.API(implied).SendAtOnce(Request{Path: "/a"}, Request{Path: "/b"})[1].Status(200) })
	assert.Equal(t, "sent 2 requests to ServerlessHttpApi at once, such as GET /a", f.Did)
	assert.Contains(t, f.Evidence[0], "GET /b")
}

func TestPassedOnIsMoreThanAnswered(t *testing.T) {
	t.Parallel()
	result := end(t, Check{}, func(t *T) { post(t, implied, "/echo/a", returning(`{"statusCode":500,"body":"no"}`)).PassedOn() })
	assert.Equal(t, Passed, result.Verdict, "%v", result.Finding)
	f := finding(t, Check{}, func(t *T) { post(t, implied, "/echo/a", returning(`{"id":"a"}`)).PassedOn() })
	assert.Contains(t, f.Why, "The response has no statusCode")
}

func TestAnObjectIsABodyOfItsOwn(t *testing.T) {
	t.Parallel()
	object := func(body string) func(*T) {
		return func(t *T) {
			post(t, implied, "/echo/a", returning(`{"statusCode":200,"body":`+body+`}`)).Object(200, map[string]int{"id": 1})
		}
	}
	assert.Equal(t, Passed, end(t, Check{}, object(`"{\"id\":7,\"more\":true}"`)).Verdict)
	for body, got := range map[string]string{
		`"[]"`:                "the body [], which is no object",
		`"null"`:              "the body null, which is no object",
		`"no"`:                `a body that is not JSON: "no"`,
		`"\"{\\\"a\\\":1}\""`: "a JSON string that holds JSON: `\"{\\\"a\\\":1}\"`",
	} {
		assert.Equal(t, got, finding(t, Check{}, object(body)).Got)
	}
}
