package apigateway

import (
	"strconv"
	"strings"
)

// event1 is payload format 1.0. What is absent is null.
type event1 struct {
	Version                         string              `json:"version,omitempty"` // of HTTP APIs only
	Resource                        string              `json:"resource"`
	Path                            string              `json:"path"`
	HTTPMethod                      string              `json:"httpMethod"`
	Headers                         map[string]string   `json:"headers"`
	MultiValueHeaders               map[string][]string `json:"multiValueHeaders"`
	QueryStringParameters           map[string]string   `json:"queryStringParameters"`
	MultiValueQueryStringParameters map[string][]string `json:"multiValueQueryStringParameters"`
	PathParameters                  map[string]string   `json:"pathParameters"`
	StageVariables                  map[string]string   `json:"stageVariables"`
	RequestContext                  context1            `json:"requestContext"`
	Body                            *string             `json:"body"`
	IsBase64Encoded                 bool                `json:"isBase64Encoded"`
}

type context1 struct {
	ResourceID        string    `json:"resourceId"`
	ResourcePath      string    `json:"resourcePath"`
	HTTPMethod        string    `json:"httpMethod"`
	ExtendedRequestID string    `json:"extendedRequestId"`
	RequestTime       string    `json:"requestTime"`
	Path              string    `json:"path"`
	AccountID         string    `json:"accountId"`
	Protocol          string    `json:"protocol"`
	Stage             string    `json:"stage"`
	DomainPrefix      string    `json:"domainPrefix"`
	RequestTimeEpoch  int64     `json:"requestTimeEpoch"` // ms
	RequestID         string    `json:"requestId"`
	Identity          identity1 `json:"identity"`
	DomainName        string    `json:"domainName"`
	APIID             string    `json:"apiId"`
}

// identity1 says who calls: without an authorizer, only from where.
type identity1 struct {
	CognitoIdentityPoolID         *string `json:"cognitoIdentityPoolId"`
	AccountID                     *string `json:"accountId"`
	CognitoIdentityID             *string `json:"cognitoIdentityId"`
	Caller                        *string `json:"caller"`
	SourceIP                      string  `json:"sourceIp"`
	PrincipalOrgID                *string `json:"principalOrgId"`
	AccessKey                     *string `json:"accessKey"`
	CognitoAuthenticationType     *string `json:"cognitoAuthenticationType"`
	CognitoAuthenticationProvider *string `json:"cognitoAuthenticationProvider"`
	UserARN                       *string `json:"userArn"`
	UserAgent                     string  `json:"userAgent"`
	User                          *string `json:"user"`
}

func (a *API) event1(q *request, r found) event1 {
	e := event1{
		Resource:   r.path,
		Path:       strings.TrimPrefix(q.path, a.prefix()),
		HTTPMethod: q.method,
		RequestContext: context1{
			ResourceID:        resourceID(r.path),
			ResourcePath:      r.path,
			HTTPMethod:        q.method,
			ExtendedRequestID: q.extendedID,
			RequestTime:       q.at.Format(timeFormat),
			Path:              q.path,
			AccountID:         a.deployment.AccountID,
			Protocol:          q.protocol,
			Stage:             a.deployment.Stage,
			DomainPrefix:      a.deployment.ID,
			RequestTimeEpoch:  q.at.UnixMilli(),
			RequestID:         q.id,
			Identity:          identity1{SourceIP: q.sourceIP, UserAgent: q.header.Get("User-Agent")},
			DomainName:        a.Domain,
			APIID:             a.deployment.ID,
		},
	}
	if e.Path == "" {
		e.Path = "/"
	}
	name := restName
	if !a.rest {
		// An HTTP API with payload 1.0: its names of headers, and its path with the stage.
		name = strings.ToLower
		e.Version, e.Path, e.RequestContext.ResourceID, e.RequestContext.ExtendedRequestID = payload1, q.path, r.key(), q.id
	}
	for _, f := range q.forwarded(a.Domain, name) {
		if a.rest && strings.EqualFold(f.Name, "Content-Length") {
			continue
		}
		e.Headers = with(e.Headers, name(f.Name), f.Value) // the last one stays
		e.MultiValueHeaders = withMore(e.MultiValueHeaders, name(f.Name), f.Value)
	}
	for _, f := range q.query() {
		e.QueryStringParameters = with(e.QueryStringParameters, f.Name, f.Value)
		e.MultiValueQueryStringParameters = withMore(e.MultiValueQueryStringParameters, f.Name, f.Value)
	}
	for variable, value := range r.variables {
		if !a.rest {
			value = decode(value)
		}
		e.PathParameters = with(e.PathParameters, variable, value)
	}
	contentType := q.header.Get("Content-Type")
	binary := matchesMedia(mediaType(contentType), a.binary)
	if !a.rest {
		binary = !asText(contentType)
	}
	e.Body, e.IsBase64Encoded = encodeBody(q.body, binary)
	return e
}

// restName is the name of a header as REST APIs pass it on: as it was sent, but for two.
func restName(name string) string {
	for _, capitalised := range []string{"Authorization", "User-Agent"} {
		if strings.EqualFold(name, capitalised) {
			return capitalised
		}
	}
	return name
}

func withMore(m map[string][]string, name, value string) map[string][]string {
	if m == nil {
		m = map[string][]string{}
	}
	m[name] = append(m[name], value)
	return m
}

// resourceID makes up the id of a resource: six letters and digits, the same for each path.
func resourceID(path string) string {
	hash := uint64(14695981039346656037) // FNV-1a
	for _, b := range []byte(path) {
		hash = (hash ^ uint64(b)) * 1099511628211
	}
	id := strconv.FormatUint(hash, 36)
	return ("000000" + id)[len(id):]
}
