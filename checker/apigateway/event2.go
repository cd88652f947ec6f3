package apigateway

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// event2 is payload format 2.0. It is not the type of aws-lambda-go, which writes an empty client
// certificate where AWS has none.
type event2 struct {
	Version               string            `json:"version"`
	RouteKey              string            `json:"routeKey"`
	RawPath               string            `json:"rawPath"`
	RawQueryString        string            `json:"rawQueryString"`
	Cookies               []string          `json:"cookies,omitempty"`
	Headers               map[string]string `json:"headers"`
	QueryStringParameters map[string]string `json:"queryStringParameters,omitempty"`
	RequestContext        context2          `json:"requestContext"`
	PathParameters        map[string]string `json:"pathParameters,omitempty"`
	Body                  *string           `json:"body,omitempty"`
	IsBase64Encoded       bool              `json:"isBase64Encoded"`
}

type context2 struct {
	AccountID    string `json:"accountId"`
	APIID        string `json:"apiId"`
	DomainName   string `json:"domainName"`
	DomainPrefix string `json:"domainPrefix"`
	HTTP         http2  `json:"http"`
	RequestID    string `json:"requestId"`
	RouteKey     string `json:"routeKey"`
	Stage        string `json:"stage"`
	Time         string `json:"time"`
	TimeEpoch    int64  `json:"timeEpoch"` // ms
}

type http2 struct {
	Method    string `json:"method"`
	Path      string `json:"path"`
	Protocol  string `json:"protocol"`
	SourceIP  string `json:"sourceIp"`
	UserAgent string `json:"userAgent"`
}

// timeFormat is that of requestContext.time: 12/Mar/2020:19:03:58 +0000.
const timeFormat = "02/Jan/2006:15:04:05 -0700"

func (a *API) event2(q *request, r found) event2 {
	path := decode(q.path)
	e := event2{
		Version:        payload2,
		RouteKey:       r.key(),
		RawPath:        path,
		RawQueryString: q.rawQuery,
		Cookies:        q.cookies(),
		Headers:        map[string]string{},
		RequestContext: context2{
			AccountID:    a.deployment.AccountID,
			APIID:        a.deployment.ID,
			DomainName:   a.Domain,
			DomainPrefix: a.deployment.ID,
			HTTP: http2{
				Method: q.method, Path: path, Protocol: q.protocol, SourceIP: q.sourceIP, UserAgent: q.header.Get("User-Agent"),
			},
			RequestID: q.id,
			RouteKey:  r.key(),
			Stage:     a.deployment.Stage,
			Time:      q.at.Format(timeFormat),
			TimeEpoch: q.at.UnixMilli(),
		},
	}
	for _, f := range q.forwarded(a.Domain, strings.ToLower) {
		if name := strings.ToLower(f.Name); name != "cookie" && name != "content-length" {
			join(e.Headers, name, f.Value)
		}
	}
	e.Headers["content-length"] = strconv.Itoa(len(q.body))
	for _, f := range q.query() {
		if e.QueryStringParameters == nil {
			e.QueryStringParameters = map[string]string{}
		}
		join(e.QueryStringParameters, f.Name, f.Value)
	}
	for name, value := range r.variables {
		e.PathParameters = with(e.PathParameters, name, decode(value))
	}
	e.Body, e.IsBase64Encoded = encodeBody(q.body, !asText(q.header.Get("Content-Type")))
	return e
}

// join puts values of the same name behind each other, with commas.
func join(m map[string]string, name, value string) {
	if before, ok := m[name]; ok {
		value = before + "," + value
	}
	m[name] = value
}

// encodeBody is a body as events have it; nil for none.
func encodeBody(body []byte, binary bool) (text *string, encoded bool) {
	if len(body) == 0 {
		return nil, false
	}
	result := string(body)
	if binary {
		result = base64.StdEncoding.EncodeToString(body)
	}
	return &result, binary
}
