"""VPC flow logs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.entries.ec2_tags import TAGS
from sandbox.refusal import Refusal
from sandbox.resource import Call, Entry
from sandbox.steps import ID, IDS, one_of, op, text


def _flow_log_target(call: Call) -> dict[str, Any]:
    kinds = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}
    for name, kind in kinds.items():
        if call.get(name):
            return {"ResourceIds": [call.get(name)], "ResourceType": kind}
    raise Refusal("a flow log needs a vpcId, a subnetId or an eniId")


def _new_flow_log(call: Call) -> str:
    answer = call.fill("create_flow_logs", **_flow_log_target(call))
    for failure in answer.get("Unsuccessful", []):
        raise Refusal(f"AWS refused CreateFlowLogs: {failure['Error']['Code']}: {failure['Error']['Message']}")
    return answer["FlowLogIds"][0]


FLOW_LOG: Final = Entry(
    service="ec2",
    create=_new_flow_log,
    read=one_of("describe_flow_logs", "FlowLogs", {"FlowLogId": ID}, FlowLogIds=IDS),
    delete=op("delete_flow_logs", FlowLogIds=IDS),
    names={"iamRoleArn": "DeliverLogsPermissionArn", "vpcId": "", "subnetId": "", "eniId": ""},
    facts={"arn": text("arn:{partition}:ec2:{region}:{account}:vpc-flow-log/{id}")},
    tagging=TAGS,
    tags_at_creation=False,
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:ec2/flowLog:FlowLog": FLOW_LOG,
}
