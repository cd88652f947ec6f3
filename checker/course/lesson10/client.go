package lesson10

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/check"
)

// file is one that a client wants to store.
type file struct {
	contentType string
	content     []byte
}

// picture is a small file.
func picture() file { return file{"image/png", []byte(strings.Repeat("\x89PNG pixels ", 40))} }

// request is what a client sends first.
func (f file) request() check.Request {
	body, _ := json.Marshal(map[string]any{"contentType": f.contentType, "size": len(f.content), "name": "../cat.png"}) // texts and numbers always encode
	return post(string(body))
}

func post(body string) check.Request {
	return check.Request{Method: "POST", Path: "/uploads", Headers: map[string]string{"Content-Type": "application/json"}, Body: body}
}

// grant is what the function allows a client: a presigned PUT, or a form.
type grant struct {
	t     *check.T
	reply *check.Reply

	Key     string            `json:"key"`
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	Fields  map[string]string `json:"fields"`

	wrong *json.UnmarshalTypeError // of what is no text, and should be
}

// example is an answer that would do, to be shown.
const example = `{"key":"uploads/…","method":"PUT","url":"https://…?X-Amz-Signature=…","headers":{"Content-Type":"image/png"}}`

// granted reads what the function allows; ok is false if that is nothing that a client could use.
func granted(t *check.T, reply *check.Reply) (g grant, ok bool) {
	g = grant{t: t, reply: reply}
	status := reply.Answer().Status
	err := json.Unmarshal([]byte(reply.Answer().Body), &g)
	_ = errors.As(err, &g.wrong)
	return g, err == nil && (status == http.StatusOK || status == http.StatusCreated) && g.Key != "" && g.URL != "" &&
		(g.Method == http.MethodPut || g.Method == http.MethodPost && len(g.Fields) > 0)
}

// ask requires that the function allows to store a file.
func ask(t *check.T, f file) grant {
	reply := t.API(api).Send(f.request())
	reply.PassedOn()
	g := usable(t, reply)
	if !t.Bucket(bucket).Holds(g.URL) {
		f := check.Finding{
			Got:  fmt.Sprintf("the url %q", hidden(g.URL)),
			Want: "an address of " + bucket + " that the function has signed",
			Why:  "The bytes are to go to S3. An address of anything else is a detour, with limits of its own.",
			Next: "Take the URL that the SDK's PresignClient returns as it is.",
			// The rest of the answer is another each time, and what is signed is nobody else's business.
			Evidence: []string{fmt.Sprintf("bucket: %s", t.Bucket(bucket).Name())},
		}
		if strings.Contains(g.URL, "X-Amz-Signature=") {
			f.Why = "What was signed is for another bucket. CloudFormation makes up a name for each bucket without a BucketName, another in each stack."
			f.Next = fmt.Sprintf("Take the bucket's name from a variable: Environment with BUCKET_NAME: !Ref %s in the template, and os.Getenv(\"BUCKET_NAME\") in the code.", bucket)
		}
		reply.Fail(f)
	}
	return g
}

// usable requires an answer that a client can do something with.
func usable(t *check.T, reply *check.Reply) grant {
	g, ok := granted(t, reply)
	switch status := reply.Answer().Status; {
	case ok:
	case status >= http.StatusBadRequest:
		reply.Status(http.StatusCreated)
	case g.wrong != nil && g.wrong.Field != "":
		reply.Fail(check.Finding{
			Got: fmt.Sprintf("an answer in which %s is, or has, a JSON %s", g.wrong.Field, g.wrong.Value), Want: "status 201 with " + example,
			Why:      "The client does what the answer says. Each header, or field of the form, is a text by its name: that is what it sends.",
			Next:     `Make a map[string]string of them. SignedHeader of what the SDK returns is an http.Header, whose values are lists, and has headers that the client sends by itself.`,
			Evidence: []string{},
		})
	case g.Method == http.MethodPost && g.URL != "":
		reply.Fail(check.Finding{Got: "method POST, and no fields for the form", Want: `an answer with the fields of the form, such as {"method":"POST","url":"…","fields":{"key":"…","policy":"…"}}`})
	case g.missing() != "" && strings.Contains(reply.Answer().Body, "X-Amz-"):
		reply.Fail(check.Finding{
			Got: "an answer with something that is signed, and without " + g.missing(), Want: "status 201 with " + example,
			Why:  "The client does what the answer says, and finds it by the names that were agreed on.",
			Next: "Look at the names of the example, and give the fields of your struct the same as tags.", Evidence: []string{},
		})
	case g.Key != "" && g.URL != "" && g.Method == http.MethodGet:
		reply.Fail(check.Finding{
			Got: "method GET, with which a client fetches an object, and stores none", Want: "status 201 with " + example,
			Next: "Sign with PresignPutObject.",
		})
	default:
		reply.Fail(check.Finding{
			Got:  "an answer without all of key, method (PUT or POST) and url: " + reply.Answer().String(),
			Want: "status 201 with " + example,
		})
	}
	return g
}

// missing names what every answer has, and this one has not; "" if there is nothing.
func (g grant) missing() string {
	var names []string
	for _, of := range []struct{ name, value string }{{"key", g.Key}, {"method", g.Method}, {"url", g.URL}} {
		if of.value == "" {
			names = append(names, of.name)
		}
	}
	return strings.Join(names, ", ")
}

// hidden is an address without what is secret, and what differs from run to run.
func hidden(address string) string {
	before, _, signed := strings.Cut(address, "?")
	if at := strings.LastIndexByte(before, '/'); at > 0 {
		before = before[:at] + "/…" // the end of the key is made up
	}
	if signed {
		before += "?…"
	}
	return before
}

// change makes another upload of the one that was allowed.
type change struct {
	words       string
	contentType *string
	key         string // instead of the one that was given
	method      string // of a presigned URL
	expires     string // of a presigned URL, in seconds
}

// store does what the function allows, with a change or two, and returns what S3 says.
func (g grant) store(f file, c change) check.Answer {
	words := fmt.Sprintf("POST /uploads for %s, and with what it answered %s%s", g.asked(), g.did(f, c), c.words)
	contentType := g.Headers["Content-Type"]
	for name, value := range g.Headers {
		if strings.EqualFold(name, "Content-Type") {
			contentType = value
		}
	}
	if g.Method == http.MethodPost {
		return g.submit(f, c, words)
	}
	o := check.Outside{Words: words, Method: g.Method, URL: g.URL, Headers: map[string]string{}, Body: f.content}
	for name, value := range g.Headers {
		if !strings.EqualFold(name, "Content-Type") {
			o.Headers[name] = value
		}
	}
	if c.contentType != nil {
		contentType = *c.contentType
	}
	if contentType != "" {
		o.Headers["Content-Type"] = contentType
	}
	if c.method != "" {
		o.Method, o.Body = c.method, nil
	}
	u, err := url.Parse(g.URL)
	if err == nil && c.key != "" {
		u.Path, u.RawPath = "/"+g.t.Bucket(bucket).Name()+"/"+c.key, ""
	}
	if query := u.Query(); c.expires != "" {
		query.Set("X-Amz-Expires", c.expires)
		u.RawQuery = query.Encode()
	}
	o.URL = u.String()
	return g.t.Bucket(bucket).Send(o)
}

// asked says what the client has asked for: 520 bytes of image/png.
func (g grant) asked() string {
	var event struct{ Body string }
	var asked struct {
		ContentType string
		Size        int
	}
	_ = json.Unmarshal(g.reply.Event(), &event)    // what cannot be read
	_ = json.Unmarshal([]byte(event.Body), &asked) // is empty
	return fmt.Sprintf("%d bytes of %s", asked.Size, asked.ContentType)
}

// did says what is sent, without the change.
func (g grant) did(f file, c change) string {
	if c.method != "" {
		return c.method
	}
	return fmt.Sprintf("%s of %d bytes", g.Method, len(f.content))
}

// submit sends the form that the function allows, the file last.
func (g grant) submit(f file, c change, words string) check.Answer {
	fields := maps.Clone(g.Fields)
	if c.key != "" {
		fields["key"] = c.key
	}
	if c.contentType != nil {
		for name := range g.Fields {
			if strings.EqualFold(name, "Content-Type") {
				delete(fields, name)
			}
		}
		if *c.contentType != "" {
			fields["Content-Type"] = *c.contentType
		}
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		_ = form.WriteField(name, fields[name]) // a buffer takes everything
	}
	part, _ := form.CreateFormFile("file", "cat.png")
	_, _ = part.Write(f.content)
	_ = form.Close()
	return g.t.Bucket(bucket).Send(check.Outside{
		Words: words, Method: http.MethodPost, URL: g.URL, Headers: map[string]string{"Content-Type": form.FormDataContentType()}, Body: body.Bytes(),
	})
}

// taken tells whether S3 has done what was sent. A form may say where a browser goes then.
func taken(a check.Answer) bool {
	return a.Status >= 200 && a.Status < 300 || a.Status == http.StatusSeeOther
}

// said is S3's answer in short: 403 SignatureDoesNotMatch: ….
func said(a check.Answer) string {
	var e struct{ Code, Message string }
	if xml.Unmarshal([]byte(a.Body), &e) == nil && e.Code != "" {
		return fmt.Sprintf("%d %s: %s", a.Status, e.Code, e.Message)
	}
	return fmt.Sprint(a.Status)
}
