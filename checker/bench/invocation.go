package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"example.com/serverless-patterns/checker/backend/embedded"
	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/sandbox"
	"example.com/serverless-patterns/checker/stack"
)

// batch is how many invocations, and then calls, follow each other before they take turns. Each is short,
// so that a pair is made of the medians of two batches.
const batch = 100

// invocation measures a warm invocation of the reference of lesson 1, which makes one GetItem, against
// that GetItem made from here, through the same endpoint.
func (b *bench) invocation(ctx context.Context) (err error) {
	d, err := b.deploy(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	row := invocation
	pair := func() error {
		direct, err := timed(func() error { return d.call(ctx) })
		if err != nil {
			return err
		}
		invoked, err := timed(func() error { return d.invoke(ctx) })
		if err != nil {
			return err
		}
		row.Pairs = append(row.Pairs, Pair{direct, invoked})
		return nil
	}
	if err := b.alternate(ctx, "invocation", b.pairs, pair, func() { row.Pairs = nil }); err != nil {
		return err
	}
	b.add(row)
	return nil
}

// timed is the median of a batch.
func timed(f func() error) (time.Duration, error) {
	took := make([]time.Duration, batch)
	for n := range took {
		begin := time.Now()
		if err := f(); err != nil {
			return 0, err
		}
		took[n] = time.Since(begin)
	}
	return median(took), nil
}

// deployed is the reference of lesson 1 on the embedded backend, with a client beside it.
type deployed struct {
	stack     *stack.Stack
	function  *stack.Function
	table     string
	client    *dynamodb.Client
	transport *http.Transport
	backend   *embedded.Backend
}

// item is the id of the one that is asked for.
const item = "kettle-1"

func (b *bench) deploy(ctx context.Context) (d *deployed, err error) {
	dir := b.course.lessonDir("solutions")
	template, err := sam.Load(filepath.Join(dir, "template.yaml"))
	if err != nil {
		return nil, err
	}
	work := filepath.Join(b.course.tmp, "invocation")
	if err := os.MkdirAll(work, 0o755); err != nil {
		return nil, err
	}
	functions, err := b.course.functions("solutions")
	if err != nil {
		return nil, err
	}
	builder := &sandbox.Builder{Root: b.course.Root, Cache: filepath.Join(work, "build")}
	source := sandbox.Source{Dir: dir, Place: "lessons/" + b.course.lesson.ID, Functions: functions}
	binaries, err := builder.Build(ctx, source, work)
	if err != nil {
		return nil, err
	}
	d = &deployed{backend: embedded.New(), transport: &http.Transport{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	if d.stack, err = stack.Deploy(ctx, stack.Options{
		Template: template, Binaries: binaries, Backend: d.backend, Dir: work, Name: "bench", Seed: 1,
	}); err != nil {
		return d, err
	}
	if d.function, err = d.stack.Function("GetItemFunction"); err != nil {
		return d, err
	}
	table, err := d.stack.Table("ItemsTable")
	if err != nil {
		return d, err
	}
	d.table = table.Name
	if err := table.Put(ctx, stack.Item{"id": item, "name": "Blue kettle", "stock": 7}); err != nil {
		return d, err
	}
	if err := d.invoke(ctx); err != nil { // the cold start; now the function has credentials, too
		return d, err
	}
	credentials := d.function.Credentials()[0]
	d.client = dynamodb.New(dynamodb.Options{
		Region: d.stack.Region, BaseEndpoint: aws.String(d.stack.Endpoint()), HTTPClient: &http.Client{Transport: d.transport},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return credentials, nil }),
	})
	return d, nil
}

// call asks for the item as the function does.
func (d *deployed) call(ctx context.Context) error {
	out, err := d.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(d.table), Key: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: item}},
	})
	if err == nil && len(out.Item) == 0 {
		err = fmt.Errorf("table %s has no %s", d.table, item)
	}
	return err
}

// invoke has the function ask for it.
func (d *deployed) invoke(ctx context.Context) error {
	event, err := json.Marshal(map[string]string{"id": item})
	if err != nil {
		return err
	}
	i, err := d.function.Invoke(ctx, event)
	if err != nil {
		return err
	}
	var answer struct{ StatusCode int }
	if err := json.Unmarshal(i.Payload, &answer); err != nil || answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the function was to find an item: %s %s %v", i.Outcome, i.Payload, i.Log)
	}
	return nil
}

func (d *deployed) close() error {
	d.transport.CloseIdleConnections()
	var err error
	if d.stack != nil {
		err = d.stack.Close()
	}
	return errors.Join(err, d.backend.Close())
}
