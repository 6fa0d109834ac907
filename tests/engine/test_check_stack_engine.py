"""The export of a stack that the real engine deployed is what the pack's own check reads."""

import sys

import pytest

from tests.engine.workspace import Workspace

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("check-stack-engine")]

PROGRAM = """
import pulumi
import pulumi_aws as aws

tags = {"environment": "dev", "owner": "somebody", "managed-by": "pulumi"}
provider = aws.Provider("aws", region="eu-central-1", default_tags={"tags": tags})
child_opts = pulumi.ResourceOptions(provider=provider)
aws.cloudwatch.LogGroup("kept", retention_in_days=30, opts=child_opts)
aws.cloudwatch.LogGroup("forever", opts=child_opts)
aws.sqs.Queue("queue", sqs_managed_sse_enabled=True, name=pulumi.Output.secret("named-in-secret"), opts=child_opts)
"""


@pytest.fixture
def workspace(tmp_path):
    space = Workspace.of(tmp_path)
    (space.folder / "__main__.py").write_text(PROGRAM)
    assert space.in_sandbox("start").code == 0
    yield space
    space.in_sandbox("wipe")


def test_what_stands_is_judged(workspace):
    workspace.succeeds("stack", "init", "dev")
    workspace.succeeds("up", "--stack", "dev", "--yes", "--skip-preview")
    workspace.succeeds("stack", "export", "--stack", "dev", "--file", "stack.json")
    done = workspace.run(sys.executable, "policies/check_stack.py", "stack.json")
    assert done.code == 1, done.text
    findings = [line for line in done.text.splitlines() if line.startswith("[mandatory]")]
    assert findings == ["[mandatory]  logs-retention  (aws:cloudwatch/logGroup:LogGroup: forever)"]
    assert "5 resources: 1 mandatory, 2 advisory" in done.text
