package bucket

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// fault is an error that a request is answered with.
type fault struct {
	status        int
	code, message string
}

func (f *fault) answer(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("X-Amz-Request-Id", "0000000000000000")
	w.WriteHeader(f.status)
	if r.Method == http.MethodHead {
		return
	}
	body, _ := xml.Marshal(struct { // strings always marshal
		XMLName                  xml.Name `xml:"Error"`
		Code, Message, RequestId string
	}{Code: f.code, Message: f.message, RequestId: "0000000000000000"})
	_, _ = w.Write(append([]byte(xml.Header), body...)) // a caller that is gone needs no answer
}

// subresources are the query parameters that make another operation of a request.
var subresources = []string{
	"abac", "accelerate", "acl", "analytics", "attributes", "cors", "delete", "encryption", "intelligent-tiering", "inventory", "legal-hold",
	"lifecycle", "location", "logging", "metadataConfiguration", "metadataTable", "metrics", "notification", "object-lock",
	"ownershipControls", "policy", "policyStatus", "publicAccessBlock", "renameObject", "replication", "requestPayment", "restore",
	"retention", "select", "session", "tagging", "torrent", "uploadId", "uploads", "versioning", "versions", "website",
}

// There are these operations. A subresource of an object is not one of a bucket.
var (
	ofBuckets = []string{
		"GET", "HEAD", "PUT", "DELETE", "POST delete", "GET location", "GET uploads", "GET versioning",
	}
	ofObjects = []string{
		"GET", "HEAD", "PUT", "DELETE", "POST uploads", "GET uploadId", "PUT uploadId", "POST uploadId", "DELETE uploadId",
	}
)

// supported says why a request is not answered by gofakes3, which would take it for another one.
func supported(r *http.Request) *fault {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if bucket == "" {
		return nil // the list of buckets
	}
	operation := r.Method
	for name := range r.URL.Query() {
		if slices.Contains(subresources, name) {
			operation = r.Method + " " + name
		}
	}
	known := ofBuckets
	if key != "" {
		known = ofObjects
	}
	if !slices.Contains(known, operation) {
		return &fault{http.StatusNotImplemented, "NotImplemented", fmt.Sprintf("%s is not supported here", operation)}
	}
	for name := range r.Header {
		if notThere[name] || name == "X-Amz-Copy-Source" && operation == "PUT uploadId" {
			return &fault{http.StatusNotImplemented, "NotImplemented", name + " is not supported here"}
		}
	}
	if acl := r.Header.Get("X-Amz-Acl"); acl != "" && acl != "bucket-owner-full-control" { // as buckets are that nobody has changed
		return &fault{http.StatusBadRequest, "AccessControlListNotSupported", "The bucket does not allow ACLs"}
	}
	return nil
}

// notThere are headers that mean something to S3, and would be ignored.
var notThere = map[string]bool{
	"X-Amz-Tagging": true, "X-Amz-Object-Lock-Mode": true, "X-Amz-Object-Lock-Legal-Hold": true, "X-Amz-Write-Offset-Bytes": true,
	"X-Amz-Server-Side-Encryption-Customer-Key": true,
}
