package lesson06

// hints lead to each requirement in four steps: where to look, the concept, the shape, almost the code.
var hints = map[string][]string{
	"answer": {
		"Look at handle in quote/main.go, and at get in quote/services.go.",
		"A quote is the item with one figure of each service. Each service is asked for one item by its id.",
		"Take the figures that ask returns into the fields of quote. Missing is an empty list, not null.",
		"q := quote{ID: found.ID, Name: found.Name, Price: found.Price, Rate: figures[\"rate\"], …, Missing: []string{}}",
	},
	"unknown-id": {
		"Look at what quote/store.go does after GetItem.",
		"GetItem does not fail for an item that is not there: it returns no item, and no error.",
		"If out.Item is nil, return errNotFound. fail in quote/respond.go makes 404 of it.",
		"if out.Item == nil { return item{}, errNotFound }",
	},
	"at-once": {
		"Look at ask in quote/services.go.",
		"The calls do not depend on one another. Goroutines make them side by side, and a WaitGroup tells when the last one has ended.",
		"In the loop over s.all, start each get by group.Go. A sync.Mutex guards the map that all of them write to. group.Wait comes behind the loop.",
		"group.Go(func() { figure, err := s.get(ctx, each, id); … }), with mu.Lock() just before the map is written to",
	},
	"connections": {
		"Look for what get in quote/services.go makes for each call.",
		"An http.Client keeps connections in its Transport, and uses one again once the body before was read to its end and closed.",
		"A field client of services, made in main; s.client.Do in get; io.ReadAll before anything returns, and defer response.Body.Close().",
		"services: &services{client: &http.Client{}, all: …} and response, err := s.client.Do(request)",
	},
	"init": {
		"Look at what main in quote/main.go does before lambda.Start.",
		"Main runs for each new execution environment, often for many at once. Nobody waits for it there who could be told that something failed.",
		"Take out the loop that wakes the services up. Making clients calls nobody.",
		"main ends with h := &handler{…} and lambda.Start(h.handle)",
	},
	"service-fails": {
		"Look at what ask in quote/services.go does when one call fails, and what get takes for a failure.",
		"What one service does not say is one figure less, not an error of the whole request. An answer counts if the status is 200 and the figure is in the body.",
		"ask returns two maps: figures, and failures by the figure's name. handle puts the names of the failures into Missing, and answers 200.",
		"for name, err := range failures { h.logger.WarnContext(…); q.Missing = append(q.Missing, name) }",
	},
	"service-hangs": {
		"Look for what ends a call in quote/services.go that is never answered.",
		"http.Client has no limit of its own. The handler's context ends when Lambda kills the process, which is too late for an answer.",
		"In ask, derive a context that ends after a time that is enough on usual days, and give it to every request.",
		"ctx, cancel := context.WithTimeout(ctx, callLimit); defer cancel(), with a callLimit of 2*time.Second",
	},
	"in-vpc": {
		"Look at VpcConfig of QuoteFunction in the template.",
		"A function is outside of every VPC unless it is put into one. What it has to reach decides: these services are inside.",
		"VpcConfig has SubnetIds and SecurityGroupIds, each a list.",
		"VpcConfig: {SubnetIds: [!Ref PrivateSubnetA, !Ref PrivateSubnetB], SecurityGroupIds: [!Ref QuoteSecurityGroup]}",
	},
	"subnets": {
		"Look at the subnets of the template, and at the routes of their route tables.",
		"A subnet is public if its route table has a route to an internet gateway. That helps machines with a public address, and a function has none.",
		"Two AWS::EC2::Subnet in two zones, each with an AWS::EC2::SubnetRouteTableAssociation to PrivateRouteTable.",
		"AvailabilityZone: !Select [1, !GetAZs \"\"] for the second one",
	},
	"dynamodb-endpoint": {
		"Look for what leads from PrivateRouteTable to DynamoDB.",
		"A gateway endpoint is a route to the service, in the route tables that it names. There is one for DynamoDB and one for S3, and both cost nothing.",
		"An AWS::EC2::VPCEndpoint with VpcEndpointType: Gateway, ServiceName, VpcId and RouteTableIds.",
		"ServiceName: !Sub com.amazonaws.${AWS::Region}.dynamodb and RouteTableIds: [!Ref PrivateRouteTable]",
	},
	"security-group": {
		"Look at QuoteSecurityGroup in the template.",
		"A group without SecurityGroupEgress lets everything out. Answers to what the function calls come in without a rule.",
		"SecurityGroupEgress with two rules of IpProtocol, FromPort, ToPort and whom they are for. No SecurityGroupIngress.",
		"{IpProtocol: tcp, FromPort: 8080, ToPort: 8080, DestinationSecurityGroupId: !Ref ServicesSecurityGroup}",
	},
	"no-nat": {
		"Look for what the function calls that is neither in the VPC nor behind an endpoint.",
		"A NAT gateway is a way to the internet. Whoever calls nothing there pays for it in vain.",
		"Take out NatGateway, NatAddress, the public subnet, the internet gateway, and their routes.",
		"PrivateRouteTable without any AWS::EC2::Route",
	},
}
