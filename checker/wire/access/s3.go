package access

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
)

// An s3Route is a request of S3's REST API: a method, and the query parameter that tells it from the
// others of the method.
type s3Route struct {
	method, query     string
	operation, action string
}

// objectRoutes are those of an object, the first that fits.
var objectRoutes = []s3Route{
	{"GET", "uploadId", "ListParts", "ListMultipartUploadParts"},
	{"GET", "acl", "GetObjectAcl", "GetObjectAcl"},
	{"GET", "tagging", "GetObjectTagging", "GetObjectTagging"},
	{"GET", "attributes", "GetObjectAttributes", "GetObject"},
	{"GET", "retention", "GetObjectRetention", "GetObjectRetention"},
	{"GET", "legal-hold", "GetObjectLegalHold", "GetObjectLegalHold"},
	{"GET", "", "GetObject", "GetObject"},
	{"HEAD", "", "HeadObject", "GetObject"},
	{"PUT", "uploadId", "UploadPart", "PutObject"},
	{"PUT", "acl", "PutObjectAcl", "PutObjectAcl"},
	{"PUT", "tagging", "PutObjectTagging", "PutObjectTagging"},
	{"PUT", "retention", "PutObjectRetention", "PutObjectRetention"},
	{"PUT", "legal-hold", "PutObjectLegalHold", "PutObjectLegalHold"},
	{"PUT", "", "PutObject", "PutObject"},
	{"POST", "uploads", "CreateMultipartUpload", "PutObject"},
	{"POST", "uploadId", "CompleteMultipartUpload", "PutObject"},
	{"POST", "restore", "RestoreObject", "RestoreObject"},
	{"POST", "select", "SelectObjectContent", "GetObject"},
	{"DELETE", "uploadId", "AbortMultipartUpload", "AbortMultipartUpload"},
	{"DELETE", "tagging", "DeleteObjectTagging", "DeleteObjectTagging"},
	{"DELETE", "", "DeleteObject", "DeleteObject"},
}

// bucketRoutes are those of a bucket, the first that fits.
var bucketRoutes = []s3Route{
	{"GET", "location", "GetBucketLocation", "GetBucketLocation"},
	{"GET", "versions", "ListObjectVersions", "ListBucketVersions"},
	{"GET", "uploads", "ListMultipartUploads", "ListBucketMultipartUploads"},
	{"GET", "lifecycle", "GetBucketLifecycleConfiguration", "GetLifecycleConfiguration"},
	{"PUT", "lifecycle", "PutBucketLifecycleConfiguration", "PutLifecycleConfiguration"},
	{"DELETE", "lifecycle", "DeleteBucketLifecycle", "PutLifecycleConfiguration"},
	{"GET", "acl", "GetBucketAcl", "GetBucketAcl"},
	{"PUT", "acl", "PutBucketAcl", "PutBucketAcl"},
	{"GET", "cors", "GetBucketCors", "GetBucketCORS"},
	{"PUT", "cors", "PutBucketCors", "PutBucketCORS"},
	{"GET", "encryption", "GetBucketEncryption", "GetEncryptionConfiguration"},
	{"PUT", "encryption", "PutBucketEncryption", "PutEncryptionConfiguration"},
	{"GET", "notification", "GetBucketNotificationConfiguration", "GetBucketNotification"},
	{"PUT", "notification", "PutBucketNotificationConfiguration", "PutBucketNotification"},
	{"GET", "policy", "GetBucketPolicy", "GetBucketPolicy"},
	{"PUT", "policy", "PutBucketPolicy", "PutBucketPolicy"},
	{"DELETE", "policy", "DeleteBucketPolicy", "DeleteBucketPolicy"},
	{"GET", "tagging", "GetBucketTagging", "GetBucketTagging"},
	{"PUT", "tagging", "PutBucketTagging", "PutBucketTagging"},
	{"GET", "versioning", "GetBucketVersioning", "GetBucketVersioning"},
	{"PUT", "versioning", "PutBucketVersioning", "PutBucketVersioning"},
	{"GET", "list-type", "ListObjectsV2", "ListBucket"},
	{"GET", "", "ListObjects", "ListBucket"},
	{"HEAD", "", "HeadBucket", "ListBucket"},
	{"PUT", "", "CreateBucket", "CreateBucket"},
	{"DELETE", "", "DeleteBucket", "DeleteBucket"},
}

// ofVersions are the actions that have another name when the request names a version.
var ofVersions = map[string]string{
	"GetObject": "GetObjectVersion", "GetObjectAcl": "GetObjectVersionAcl", "GetObjectTagging": "GetObjectVersionTagging",
	"PutObjectAcl": "PutObjectVersionAcl", "PutObjectTagging": "PutObjectVersionTagging",
	"DeleteObject": "DeleteObjectVersion", "DeleteObjectTagging": "DeleteObjectVersionTagging",
}

// ofS3 reads a request with the bucket in the path, as clients send it to an address that is no name.
func ofS3(r *http.Request, body []byte) Access {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	query := r.URL.Query()
	a := Access{Resource: bucket, Key: key}
	switch {
	case bucket == "":
		a.Operation = "ListBuckets"
		a.need("s3:ListAllMyBuckets", "arn:aws:s3:::*")
	case key == "" && r.Method == http.MethodPost && query.Has("delete"):
		a.Operation = "DeleteObjects"
		a.deletes(bucket, body)
	case key == "":
		a.route(bucketRoutes, r.Method, query, BucketARN(bucket))
	default:
		a.route(objectRoutes, r.Method, query, objectARN(bucket, key))
		a.headers(r.Header, objectARN(bucket, key))
	}
	return a
}

func (a *Access) route(routes []s3Route, method string, query url.Values, resource string) {
	for _, route := range routes {
		if route.method == method && (route.query == "" || query.Has(route.query)) {
			a.Operation = route.operation
			action := route.action
			if version, ok := ofVersions[action]; ok && query.Has("versionId") {
				action = version
			}
			a.need("s3:"+action, resource)
			if route.operation == "GetObjectAttributes" {
				a.need("s3:GetObjectAttributes", resource)
			}
			return
		}
	}
	a.Operation = method
	a.need("s3:"+method, "*") // no such action: only s3:* allows it
}

// headers adds what the headers of a write need beside it.
func (a *Access) headers(header http.Header, resource string) {
	switch a.Operation {
	case "PutObject", "CreateMultipartUpload", "UploadPart":
	default:
		return
	}
	if header.Get("X-Amz-Acl") != "" {
		a.need("s3:PutObjectAcl", resource)
	}
	if header.Get("X-Amz-Tagging") != "" {
		a.need("s3:PutObjectTagging", resource)
	}
	if source := header.Get("X-Amz-Copy-Source"); source != "" {
		a.Operation = map[string]string{"PutObject": "CopyObject", "UploadPart": "UploadPartCopy"}[a.Operation]
		source, version, _ := strings.Cut(source, "?versionId=")
		if path, err := url.PathUnescape(source); err == nil {
			source = path
		}
		bucket, key, _ := strings.Cut(strings.TrimPrefix(source, "/"), "/")
		action := "s3:GetObject"
		if version != "" {
			action += "Version"
		}
		a.need(action, objectARN(bucket, key))
	}
}

// deletes adds what DeleteObjects needs: an action for each key in its body.
func (a *Access) deletes(bucket string, body []byte) {
	var request struct {
		Object []struct{ Key, VersionId string }
	}
	if xml.Unmarshal(body, &request) != nil {
		a.need("s3:DeleteObject", objectARN(bucket, "*"))
		return
	}
	for _, o := range request.Object {
		if o.VersionId != "" {
			a.need("s3:DeleteObjectVersion", objectARN(bucket, o.Key))
			continue
		}
		a.need("s3:DeleteObject", objectARN(bucket, o.Key))
	}
}

// BucketARN is the ARN of an S3 bucket, which has neither a region nor an account.
func BucketARN(bucket string) string { return "arn:aws:s3:::" + bucket }

func objectARN(bucket, key string) string { return BucketARN(bucket) + "/" + key }

// Reads tells whether an S3 operation reads an object, so that its answer for a key that does not exist
// depends on s3:ListBucket ("GetObject" and "HeadObject" in the S3 API Reference).
func (a Access) Reads() bool {
	switch a.Operation {
	case "GetObject", "HeadObject", "GetObjectAttributes", "GetObjectTagging", "GetObjectAcl":
		return true
	}
	return false
}
