import json

import pulumi_aws as aws
import pytest

from infra.environment.load_balancer.access_logs import AccessLogs, AccessLogsArgs
from tests.support.builders import a_load_balancer_graph, some_conventions
from tests.support.graph import ACCOUNT, graph_of


def test_the_bucket_takes_logs_before_the_load_balancer_writes_them():
    graph = a_load_balancer_graph()
    balancer, bucket = graph.one(aws.lb.LoadBalancer), graph.one(aws.s3.Bucket)
    assert balancer["accessLogs"]["enabled"] is True
    assert balancer.property_dependencies["accessLogs"] == {bucket.urn}
    assert graph.one(aws.s3.BucketPolicy).urn in graph.before(balancer)


def test_only_load_balancers_of_this_account_write_logs_and_never_without_tls():
    write, without_tls = json.loads(a_load_balancer_graph().one(aws.s3.BucketPolicy)["policy"])["Statement"]
    assert write["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert write["Action"] == ["s3:PutObject"]
    assert [arn.partition("/")[2] for arn in write["Resource"]] == [f"AWSLogs/{ACCOUNT}/*"]
    assert "Condition" not in write  # a key that log delivery does not send would refuse every log
    assert (without_tls["Effect"], without_tls["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_logs_are_private_encrypted_and_end():
    graph = a_load_balancer_graph(access_log_days=30)
    private = graph.one(aws.s3.BucketPublicAccessBlock).inputs
    assert {key: value for key, value in private.items() if key != "bucket"} == dict.fromkeys(
        ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True
    )
    assert graph.one(aws.s3.BucketOwnershipControls)["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    (rule,) = graph.one(aws.s3.BucketLifecycleConfiguration)["rules"]
    assert (rule["status"], rule["expiration"]) == ("Enabled", {"days": 30})
    (encryption,) = graph.one(aws.s3.BucketServerSideEncryptionConfiguration)["rules"]
    assert encryption["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}


@pytest.mark.parametrize("keep", [True, False])
def test_logs_go_with_the_bucket_only_where_that_is_wanted(keep):
    args = AccessLogsArgs(conventions=some_conventions(), retention_days=1, keep_on_destroy=keep)
    assert graph_of(lambda: AccessLogs("logs", args)).one(aws.s3.Bucket)["forceDestroy"] is not keep
