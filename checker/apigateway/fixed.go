package apigateway

import "net/http"

// Limits of API Gateway, in bytes ("Quotas" in the API Gateway Developer Guide).
const (
	maxBody = 10 << 20 // of a request
	maxHead = 10_240   // of the request line and the headers together
)

// fixed are the answers of API Gateway's own, with the bodies that each kind of API gives them.
type fixed struct {
	noRoute, noStage, malformed, failed, refused, timeout, throttled, tooLarge, headTooLarge, slow answer
}

// answer is one of API Gateway's own answers. Its errorType is sent as x-amzn-ErrorType.
type answer struct {
	status    int
	body      string
	errorType string
}

// httpAnswers: noRoute, malformed, failed, timeout and tooLarge are known. That Lambda's other refusals give
// the same 5xx, and the last two, are inferred.
var httpAnswers = fixed{
	noRoute:      answer{http.StatusNotFound, `{"message":"Not Found"}`, ""},
	noStage:      answer{http.StatusNotFound, `{"message":"Not Found"}`, ""},
	malformed:    answer{http.StatusInternalServerError, `{"message":"Internal Server Error"}`, ""},
	failed:       answer{http.StatusInternalServerError, `{"message":"Internal Server Error"}`, ""},
	refused:      answer{http.StatusInternalServerError, `{"message":"Internal Server Error"}`, ""},
	timeout:      answer{http.StatusServiceUnavailable, `{"message":"Service Unavailable"}`, ""},
	throttled:    answer{http.StatusServiceUnavailable, `{"message":"Service Unavailable"}`, ""},
	tooLarge:     answer{http.StatusRequestEntityTooLarge, `{"message":"Request Entity Too Large"}`, ""},
	headTooLarge: answer{http.StatusRequestHeaderFieldsTooLarge, `{"message":"Request Header Fields Too Large"}`, ""},
	slow:         answer{http.StatusRequestTimeout, `{"message":"Request Timeout"}`, ""},
}

// restAnswers: the spaces are AWS's.
var restAnswers = fixed{
	noRoute:      answer{http.StatusForbidden, `{"message":"Missing Authentication Token"}`, "MissingAuthenticationTokenException"},
	noStage:      answer{http.StatusForbidden, `{"message":"Forbidden"}`, "ForbiddenException"},
	malformed:    answer{http.StatusBadGateway, `{"message": "Internal server error"}`, "InternalServerErrorException"},
	failed:       answer{http.StatusBadGateway, `{"message": "Internal server error"}`, "InternalServerErrorException"},
	refused:      answer{http.StatusInternalServerError, `{"message": "Internal server error"}`, "InternalServerErrorException"},
	timeout:      answer{http.StatusGatewayTimeout, `{"message": "Endpoint request timed out"}`, "InternalServerErrorException"},
	throttled:    answer{http.StatusInternalServerError, `{"message": "Internal server error"}`, "InternalServerErrorException"},
	tooLarge:     answer{http.StatusRequestEntityTooLarge, `{"message":"Request Too Long"}`, "RequestTooLargeException"},
	headTooLarge: answer{http.StatusRequestHeaderFieldsTooLarge, `{"message":"Request Header Fields Too Large"}`, ""},
	slow:         answer{http.StatusRequestTimeout, `{"message":"Request Timeout"}`, ""},
}

// with makes a response of an answer, with the reason in words.
func (a answer) with(reason string) *response {
	r := &response{status: a.status, body: []byte(a.body), reason: reason, decided: true}
	r.header.add("Content-Type", "application/json")
	if a.errorType != "" {
		r.header.add("x-amzn-ErrorType", a.errorType)
	}
	return r
}
