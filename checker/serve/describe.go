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
	s.Live.Section("Functions", s.functions()...)
	tables, buckets := s.tables(), s.buckets()
	s.Live.Section("Tables", tables...)
	s.Live.Section("Buckets", buckets...)
	queues, fed := s.queues()
	s.Live.Section("Queues", queues...)
	schedules, byHand := s.schedules()
	s.Live.Section("Schedules, in UTC if they do not say otherwise", schedules...)
	s.Live.Section("To let one come round now", byHand...)
	s.Live.Section("Outputs, with the addresses that they have here", s.outputs()...)
	s.Live.Section("For AWS's own clients", s.clients(tables, buckets, fed)...)
	s.Live.Say("A file that is saved is built, and runs from the next invocation on. Ctrl-C ends it all, and what is in tables, queues and buckets with it.\n\n")
}

// functions are the rows of the functions: logical id, code and name.
func (s *server) functions() (all [][]string) {
	for _, each := range s.template.Functions {
		if f, err := s.current.stack().Function(each.LogicalID); err == nil {
			all = append(all, []string{each.LogicalID, filepath.Clean(each.CodeUri), f.Name()})
		}
	}
	return all
}

// tables are the rows of the tables: logical id and name.
func (s *server) tables() (all [][]string) {
	for _, each := range s.template.Tables {
		if t, err := s.current.stack().Table(each.LogicalID); err == nil {
			all = append(all, []string{each.LogicalID, t.Name})
		}
	}
	return all
}

// buckets are the rows of the buckets: logical id, name, and whom they notify.
func (s *server) buckets() (all [][]string) {
	for _, each := range s.template.Buckets {
		if b, err := s.current.stack().Bucket(each.LogicalID); err == nil {
			all = append(all, []string{each.LogicalID, b.Name, notifies(s.template, each.LogicalID)})
		}
	}
	return all
}

// schedules are the rows of the schedules, and of the commands that let them come round.
func (s *server) schedules() (all, byHand [][]string) {
	for _, each := range s.current.stack().Schedules() {
		row := []string{each.Function, each.Name, each.When()}
		if !each.Enabled {
			row[2] += ", disabled"
		}
		all = append(all, row)
		byHand = append(byHand, []string{"curl -X POST " + s.endpoint.url() + schedulesPath + each.Function + "/" + each.Name})
	}
	return all, byHand
}

// outputs are the rows of the template's Outputs.
func (s *server) outputs() (all [][]string) {
	deployed := s.current.stack()
	for _, o := range s.template.Outputs {
		value, err := deployed.Output(o.Name)
		if err != nil {
			value = "not known here: " + err.Error()
		}
		all = append(all, []string{o.Name, s.local(deployed.Local(value))})
	}
	return all
}

// clients are commands for AWS's own clients, with the first of the tables and of the buckets for examples, and the URL of a
// queue whose messages a function gets.
func (s *server) clients(tables, buckets [][]string, fed string) [][]string {
	region, operator := s.current.stack().Region, s.current.stack().Operator()
	all := [][]string{
		{"export AWS_ENDPOINT_URL=" + s.endpoint.url() + " AWS_REGION=" + region + " AWS_DEFAULT_REGION=" + region},
		{"export AWS_ACCESS_KEY_ID=" + operator.AccessKeyID + " AWS_SECRET_ACCESS_KEY=" + operator.SecretAccessKey},
	}
	if len(tables) > 0 {
		all = append(all, []string{"aws dynamodb scan --table-name " + tables[0][1]})
	}
	if len(buckets) > 0 {
		all = append(all, []string{"aws s3 cp FILE s3://" + buckets[0][1] + "/FILE"})
	}
	if fed != "" {
		// Version 1 of the AWS CLI does not look at AWS_ENDPOINT_URL for SQS.
		all = append(all, []string{fmt.Sprintf("aws sqs send-message --endpoint-url %s --queue-url %s --message-body '{}'", s.endpoint.url(), fed)})
	}
	if len(s.template.Functions) > 0 {
		all = append(all, []string{fmt.Sprintf("aws lambda invoke --function-name %s --payload '{}' --cli-binary-format raw-in-base64-out /dev/stdout",
			s.template.Functions[0].LogicalID)})
	}
	return all
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
