package serve

import (
	"fmt"
	"path/filepath"
	"strings"

	"example.com/serverless-patterns/checker/sam"
)

// describe shows what there is.
func (s *server) describe() {
	t, deployed := s.template, s.current.stack()
	s.Live.Title(s.Title, s.Template)
	s.Live.Section("Left out", rows(s.notes)...)
	for _, id := range apis(t) {
		if a, err := deployed.API(id); err == nil {
			s.Live.Section("API "+id+"  "+a.URL, routes(t, id)...)
		}
	}
	s.Live.Section("Parameters; --parameter NAME=VALUE gives one", s.parameters()...)
	var functions, tables, outputs [][]string
	for _, f := range t.Functions {
		if d, err := deployed.Function(f.LogicalID); err == nil {
			functions = append(functions, []string{f.LogicalID, filepath.Clean(f.CodeUri), d.Name()})
		}
	}
	s.Live.Section("Functions", functions...)
	var example string
	for _, each := range t.Tables {
		if d, err := deployed.Table(each.LogicalID); err == nil {
			tables = append(tables, []string{each.LogicalID, d.Name})
			if example == "" {
				example = d.Name
			}
		}
	}
	s.Live.Section("Tables", tables...)
	var buckets [][]string
	for _, each := range t.Buckets {
		if d, err := deployed.Bucket(each.LogicalID); err == nil {
			buckets = append(buckets, []string{each.LogicalID, d.Name, notifies(t, each.LogicalID)})
		}
	}
	s.Live.Section("Buckets", buckets...)
	queues, fed := s.queues()
	s.Live.Section("Queues", queues...)
	var schedules, byHand [][]string
	for _, each := range deployed.Schedules() {
		row := []string{each.Function, each.Name, each.When()}
		if !each.Enabled {
			row[2] += ", disabled"
		}
		schedules = append(schedules, row)
		byHand = append(byHand, []string{"curl -X POST " + s.endpoint.url() + schedulesPath + each.Function + "/" + each.Name})
	}
	s.Live.Section("Schedules, in UTC if they do not say otherwise", schedules...)
	s.Live.Section("To let one come round now", byHand...)
	for _, o := range t.Outputs {
		value, err := deployed.Output(o.Name)
		if err != nil {
			value = "not known here: " + err.Error()
		}
		outputs = append(outputs, []string{o.Name, s.local(deployed.Local(value))})
	}
	s.Live.Section("Outputs, with the addresses that they have here", outputs...)
	operator := deployed.Operator()
	clients := [][]string{
		{"export AWS_ENDPOINT_URL=" + s.endpoint.url() + " AWS_REGION=" + deployed.Region + " AWS_DEFAULT_REGION=" + deployed.Region},
		{"export AWS_ACCESS_KEY_ID=" + operator.AccessKeyID + " AWS_SECRET_ACCESS_KEY=" + operator.SecretAccessKey},
	}
	if example != "" {
		clients = append(clients, []string{"aws dynamodb scan --table-name " + example})
	}
	if len(buckets) > 0 {
		clients = append(clients, []string{"aws s3 cp FILE s3://" + buckets[0][1] + "/FILE"})
	}
	if fed != "" {
		// Version 1 of the AWS CLI does not look at AWS_ENDPOINT_URL for SQS.
		clients = append(clients, []string{fmt.Sprintf("aws sqs send-message --endpoint-url %s --queue-url %s --message-body '{}'", s.endpoint.url(), fed)})
	}
	clients = append(clients, []string{fmt.Sprintf("aws lambda invoke --function-name %s --payload '{}' --cli-binary-format raw-in-base64-out /dev/stdout", t.Functions[0].LogicalID)})
	s.Live.Section("For AWS's own clients", clients...)
	s.Live.Say("A file that is saved is built, and runs from the next invocation on. Ctrl-C ends it all, and what is in tables, queues and buckets with it.\n\n")
}

// queues are the rows of the queues, and the URL of the first whose messages a function gets.
func (s *server) queues() (all [][]string, fed string) {
	for _, each := range s.template.Queues {
		q, err := s.current.stack().Queue(each.LogicalID)
		if err != nil {
			continue
		}
		url, goes := s.local(q.URL), "polled by no function"
		for n, m := range q.Mappings() {
			if n == 0 {
				goes = ""
			}
			goes += fmt.Sprintf("%sto %s, %d at a time", separator(n), m.Function, m.Declared.BatchSize)
			if t := m.Timeline(); t.DeadLetterQueue != "" {
				goes += fmt.Sprintf(", and after %s to %s", counted(t.MaxReceiveCount, "delivery", "deliveries"), t.DeadLetterQueue)
			}
			if fed == "" {
				fed = url
			}
		}
		all = append(all, []string{each.LogicalID, url, goes})
	}
	return all, fed
}

func separator(n int) string {
	if n == 0 {
		return ""
	}
	return "; "
}

// local has the URL of a queue point at the endpoint, as some clients take it for the address.
func (s *server) local(text string) string {
	return strings.ReplaceAll(text, fmt.Sprintf("https://sqs.%s.amazonaws.com/", s.current.stack().Region), s.endpoint.url()+"/")
}

// notifies says which functions a bucket notifies, and of what.
func notifies(t *sam.Template, bucket string) string {
	var all []string
	for _, f := range t.Functions {
		for _, e := range f.Events {
			if event, ok := e.Source.(*sam.S3Event); ok && event.Bucket == bucket {
				text := f.LogicalID + " of " + strings.Join(event.Events, ", ")
				if event.Prefix+event.Suffix != "" {
					text += " for " + event.Prefix + "*" + event.Suffix
				}
				all = append(all, text)
			}
		}
	}
	if len(all) == 0 {
		return "notifies nobody"
	}
	return "notifies " + strings.Join(all, "; ")
}

// given are the values for parameters when the template is deployed. Those of somebody else's template are read into it
// already.
func (s *server) given() map[string]string {
	if s.foreign() {
		return nil
	}
	return s.Parameters
}

// parameters are the rows of the parameters of a lesson's template.
func (s *server) parameters() (rows [][]string) {
	if s.foreign() {
		return nil
	}
	for _, p := range s.template.Parameters {
		value, ok := s.Parameters[p.Name]
		if !ok {
			value = p.Default
		}
		rows = append(rows, []string{p.Name, value})
	}
	return rows
}

// routes are the rows of an API's routes.
func routes(t *sam.Template, api string) [][]string {
	var all [][]string
	for _, f := range t.Functions {
		for _, e := range f.Events {
			switch event := e.Source.(type) {
			case *sam.HTTPAPIEvent:
				if event.API == api {
					all = append(all, []string{event.Method, event.Path, f.LogicalID})
				}
			case *sam.RestAPIEvent:
				if event.API == api {
					all = append(all, []string{event.Method, event.Path, f.LogicalID})
				}
			}
		}
	}
	if len(all) == 0 {
		all = append(all, []string{"no routes"})
	}
	return all
}

func rows(texts []string) [][]string {
	var all [][]string
	for _, text := range texts {
		all = append(all, []string{text})
	}
	return all
}

func lines(texts []string) string { return strings.Join(texts, "\n") }
