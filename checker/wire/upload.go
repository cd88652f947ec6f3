package wire

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/wire/signature"
)

// form is an upload of a browser: S3's POST Object.
type form struct {
	signature.Upload
	file []byte
}

// maxFields is how large all fields of a form may be together, in bytes ("POST Object"). The file does not count.
const maxFields = 20 << 10

// readForm reads a form, and returns nil if a request has none.
func readForm(r *http.Request, body []byte) (*form, *signature.Refusal) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Method != http.MethodPost || bucket == "" || key != "" || r.Header.Get("X-Amz-Target") != "" ||
		err != nil || kind != "multipart/form-data" {
		return nil, nil //nolint:nilnil // there is no form, and nothing wrong
	}
	malformed := &signature.Refusal{Status: http.StatusBadRequest, Code: "MalformedPOSTRequest", Message: "The body of your POST request is not well-formed multipart/form-data."}
	f := &form{Upload: signature.Upload{Bucket: bucket, Fields: map[string]string{}}}
	reader, fields := multipart.NewReader(bytes.NewReader(body), parameters["boundary"]), 0
	for {
		part, err := reader.NextPart()
		if err != nil {
			return nil, malformed
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, malformed
		}
		if name := strings.ToLower(part.FormName()); name != "file" {
			if fields += len(name) + len(content); fields > maxFields {
				return nil, &signature.Refusal{Status: http.StatusBadRequest, Code: "MaxPostPreDataLengthExceededError",
					Message: "Your POST request fields preceding the upload file were too large."}
			}
			f.Fields[name] = string(content)
			continue
		}
		f.file, f.Size = content, int64(len(content))
		f.Fields["key"] = strings.ReplaceAll(f.Fields["key"], "${filename}", part.FileName())
		return f, nil // what follows the file is ignored
	}
}

// put is the request that stores the same object.
func (f *form) put(r *http.Request) (*http.Request, []byte) {
	out := r.Clone(r.Context())
	out.Method = http.MethodPut
	out.URL = &url.URL{Path: "/" + f.Bucket + "/" + f.Fields["key"]}
	out.Header = http.Header{}
	for name, value := range f.Fields {
		switch {
		case name == "content-type", name == "cache-control", name == "content-disposition", name == "content-encoding",
			strings.HasPrefix(name, "x-amz-meta-"), name == "x-amz-storage-class", name == "x-amz-tagging":
			out.Header.Set(name, value)
		}
	}
	out.ContentLength = f.Size
	return withBody(out, f.file), f.file
}

// finish makes of the answer to a PUT what a form is answered. A nil form changes nothing.
func (f *form) finish(a *answer) {
	if f == nil || a.status != http.StatusOK {
		return
	}
	a.header.Set("Location", "/"+f.Bucket+"/"+url.PathEscape(f.Fields["key"]))
	switch redirect := f.Fields["success_action_redirect"]; {
	case redirect != "":
		a.status = http.StatusSeeOther
		a.header.Set("Location", redirect)
	case f.Fields["success_action_status"] == "201":
		a.status = http.StatusCreated
	case f.Fields["success_action_status"] != "200":
		a.status = http.StatusNoContent
	}
}

// unsigned is the service that a request without a signature is for: S3, the only one whose requests have no target. It
// refuses them.
func (s *Server) unsigned(r *http.Request) backend.Service {
	if r.Header.Get("X-Amz-Target") != "" || s.backend.Handler(s3) == nil {
		return ""
	}
	return s3
}

// verify says why S3 would not take a request that is signed with credentials of ours for somebody else.
func (s *Server) verify(r *http.Request, c Call, f *form, accessKey string) *signature.Refusal {
	if c.Service != s3 {
		return nil
	}
	if accessKey == "" {
		return &signature.Refusal{Status: http.StatusForbidden, Code: "AccessDenied", Message: "Access Denied"}
	}
	creds, known := s.credentialsOf(accessKey)
	if accessKey == s.operator.AccessKeyID && r.URL.Query().Get("X-Amz-Security-Token") == "" {
		creds.SessionToken = "" // a person has only the two keys
	}
	switch {
	case !known:
		return nil // it is refused for that
	case f != nil:
		return signature.Form(f.Upload, creds, s.now())
	case c.Presigned:
		return signature.Presigned(r, creds, s.now())
	}
	return nil
}

func (s *Server) credentialsOf(accessKey string) (aws.Credentials, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if accessKey == s.operator.AccessKeyID {
		return s.operator, true
	}
	who, ok := s.callers[accessKey]
	return who.credentials, ok
}

// Advance moves S3's clock ahead, for what was signed to expire.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead += d
}

func (s *Server) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.ahead)
}
