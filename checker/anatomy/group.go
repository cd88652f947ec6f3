package anatomy

import "strings"

// Names of groups that are not those of packages.
const (
	YourCode  = "your code (package main)"
	SDKCore   = "aws-sdk-go-v2, what all clients share"
	SDKClient = "aws-sdk-go-v2/service/" // and the service
	Runtime   = "Go's runtime"
)

// Group names what a package comes with: a client of the SDK, a module, or a part of the standard library.
func Group(pkg string) string {
	elements := strings.Split(pkg, "/")
	switch {
	case pkg == "main":
		return YourCode
	case strings.HasPrefix(pkg, "github.com/aws/aws-sdk-go-v2/service/") && elements[4] != "internal":
		return SDKClient + elements[4]
	case strings.HasPrefix(pkg, "github.com/aws/aws-sdk-go-v2") || strings.HasPrefix(pkg, "github.com/aws/smithy-go"):
		return SDKCore
	case strings.Contains(elements[0], "."): // a module, by the place of its repository
		return strings.Join(elements[:min(3, len(elements))], "/")
	case elements[0] == "vendor": // what net and crypto bring
		return "net"
	case elements[0] == "internal" || elements[0] == "runtime" || pkg == "":
		return Runtime
	case elements[0] == "text" || elements[0] == "html":
		return pkg // text/template is another matter than text/tabwriter
	}
	return elements[0]
}
