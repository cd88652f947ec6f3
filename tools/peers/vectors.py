"""Measures what a local emulator of AWS does with a batch of SQS messages, for what a function may return.

For each vector it makes a queue, a function in Python and an event source mapping, sends a batch of three messages, m1,
m2 and m3, and looks after a while which of them are still there. "lost" are those that AWS would deliver again.

It prints one JSON object: what came of each vector, by its name. Or, of a tool that does not run a function here, with the
name "" why not.

usage: vectors.py ENDPOINT
"""

import concurrent.futures
import io
import json
import sys
import time
import uuid
import zipfile

import boto3
from botocore.config import Config

# What the function does, in Python. m2() is the id of the second message; ids() are those of all in this batch.
VECTORS = {
    "null": "return None",
    "empty-object": "return {}",
    "null-list": "return {'batchItemFailures': None}",
    "empty-list": "return {'batchItemFailures': []}",
    "other-object": "return {'other': 1}",
    "one-id": "return failed([m2()])",
    "one-id-not-asked-for": "return failed([m2()])",
    "all-ids": "return failed(ids())",
    "empty-id": "return failed([''])",
    "null-id": "return failed([None])",
    "capital-key": "return {'batchItemFailures': [{'ItemIdentifier': m2()}]}",
    "wrong-key": "return {'batchItemFailures': [{'id': m2()}]}",
    "unknown-id": "return failed([m2(), 'nope'])",
    "receipt-handle": "return failed([r['receiptHandle'] for r in event['Records']][:1])",
    "text": "return 'm2'",
    "list-of-text": "return ['m2']",
    "text-for-list": "return {'batchItemFailures': 'm2'}",
    "error": "raise Exception('boom')",
    "exit": "import os; os._exit(1)",
    "timeout": "import time; time.sleep(10)",
}

HANDLER = """
def handler(event, context):
    def ids(): return [r['messageId'] for r in event['Records']]
    def m2(): return ([r['messageId'] for r in event['Records'] if r['body'] == 'm2'] + ['nope'])[0]
    def failed(all): return {'batchItemFailures': [{'itemIdentifier': i} for i in all]}
    %s
"""

TIMEOUT = 2  # seconds, of the function
VISIBILITY = 6  # seconds, of a message: more than the timeout, or AWS would not take the mapping
PATIENCE = 25  # seconds until a tool that has a batch to deliver has delivered it, and again


def client(service):
    return boto3.client(
        service,
        endpoint_url=sys.argv[1],
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"max_attempts": 0}, read_timeout=60),
    )


def role():
    """The ARN of a role that Lambda may have; some tools look whether there is one."""
    name = f"any-{uuid.uuid4().hex[:8]}"
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    return client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]


def function(name, code):
    client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.12",
        Handler="index.handler",
        Role=role(),
        Code={"ZipFile": archive(HANDLER % code)},
        Timeout=TIMEOUT,
    )


def runs_nothing():
    """Why a tool runs no functions on this machine, or ""."""
    unique = f"probe-{uuid.uuid4().hex[:8]}"
    function(unique, "return event['n'] + 1")
    answer = client("lambda").invoke(FunctionName=unique, Payload=json.dumps({"n": 41}))
    text = answer["Payload"].read().decode()
    return "" if text.strip() == "42" else f"a function that should answer 42 answers {text}"


def archive(code):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as z:
        z.writestr("index.py", code)
    return data.getvalue()


def left(sqs, queue):
    """How many messages a queue has, visible or not."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    return sum(int(attributes[n]) for n in names)


def measure(name, code):
    sqs, aws_lambda = client("sqs"), client("lambda")
    unique = f"{name}-{uuid.uuid4().hex[:8]}"
    queue = sqs.create_queue(QueueName=unique, Attributes={"VisibilityTimeout": str(VISIBILITY)})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    function(unique, code)
    asked = {} if name == "one-id-not-asked-for" else {"FunctionResponseTypes": ["ReportBatchItemFailures"]}
    mapping = aws_lambda.create_event_source_mapping(EventSourceArn=arn, FunctionName=unique, BatchSize=10, **asked)["UUID"]
    sqs.send_message_batch(QueueUrl=queue, Entries=[{"Id": m, "MessageBody": m} for m in ("m1", "m2", "m3")])
    until = time.time() + PATIENCE
    while left(sqs, queue) > 0 and time.time() < until:
        time.sleep(0.5)
    aws_lambda.delete_event_source_mapping(UUID=mapping)
    time.sleep(VISIBILITY + TIMEOUT + 1)  # what is under way ends, and what was hidden is seen
    back, delivered = set(), False
    for _ in range(5):
        answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, AttributeNames=["ApproximateReceiveCount"])
        for m in answer.get("Messages", []):
            back.add(m["Body"])
            delivered = delivered or int(m["Attributes"]["ApproximateReceiveCount"]) > 1
    if len(back) == 3 and not delivered:
        return "never delivered"
    return f"{len(back)} back" if back else "all deleted"


def tried(item):
    name, code = item
    try:
        return name, measure(name, code)
    except Exception as e:  # what a tool cannot do is a result
        return name, f"{type(e).__name__}: {e}"[:120]


def main():
    try:
        reason = runs_nothing()
    except Exception as e:
        reason = f"{type(e).__name__}: {e}"
    if reason:
        print(json.dumps({"": reason}))
        return
    with concurrent.futures.ThreadPoolExecutor(len(VECTORS)) as pool:
        print(json.dumps(dict(pool.map(tried, VECTORS.items())), indent=2))


main()
