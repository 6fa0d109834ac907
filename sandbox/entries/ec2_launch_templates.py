"""Launch templates and their versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.entries.ec2_tags import TAGS
from sandbox.resource import Call, Entry, Naming
from sandbox.steps import ID, IDS, NAME, among, one_of, op, prop, text

_TEMPLATE: Final = {"LaunchTemplateId": ID}


def _template_data(call: Call) -> dict[str, Any]:
    found = call.shaped(call.structure("CreateLaunchTemplate", "LaunchTemplateData"))
    given = call.new.get("tagSpecifications")
    if given:
        found["TagSpecifications"] = [
            {
                "ResourceType": item["resourceType"],
                "Tags": [{"Key": key, "Value": value} for key, value in (item.get("tags") or {}).items()],
            }
            for item in given
        ]
    return found


def _template(call: Call) -> Any:
    held = one_of("describe_launch_templates", "LaunchTemplates", _TEMPLATE, LaunchTemplateIds=IDS)(call)
    if held is None:
        return None
    newest = {**_TEMPLATE, "VersionNumber": held["LatestVersionNumber"]}
    data = one_of(
        "describe_launch_template_versions", "LaunchTemplateVersions", newest, **_TEMPLATE, Versions=["$Latest"]
    )(call)
    return {**data["LaunchTemplateData"], "description": data.get("VersionDescription", ""), **held}


def _next_version(call: Call) -> None:
    made = call.send(
        "create_launch_template_version",
        **_TEMPLATE,
        VersionDescription=call.new.get("description"),
        LaunchTemplateData=_template_data(call),
    )
    if call.new.get("updateDefaultVersion"):
        number = str(made["LaunchTemplateVersion"]["VersionNumber"])
        call.send("modify_launch_template", **_TEMPLATE, DefaultVersion=number)


def _default_version(call: Call) -> None:
    if call.new.get("defaultVersion"):
        call.send("modify_launch_template", **_TEMPLATE, DefaultVersion=str(call.new["defaultVersion"]))


LAUNCH_TEMPLATE: Final = Entry(
    service="ec2",
    create=op(
        "create_launch_template",
        "LaunchTemplate.LaunchTemplateId",
        LaunchTemplateName=NAME,
        VersionDescription=prop("description"),
        LaunchTemplateData=_template_data,
    ),
    read=_template,
    delete=op("delete_launch_template", **_TEMPLATE),
    update=_next_version,
    changes={("defaultVersion",): _default_version},
    names={
        "name": "LaunchTemplateName",
        "tagSpecifications": "",
        "vpcSecurityGroupIds": "SecurityGroupIds",
        "securityGroupNames": "SecurityGroups",
        "latestVersion": "LatestVersionNumber",
        "defaultVersion": "DefaultVersionNumber",
        ".securityGroups": "Groups",
    },
    facts={"arn": text("arn:{partition}:ec2:{region}:{account}:launch-template/{id}")},
    local=among("updateDefaultVersion"),
    volatile={"latestVersion": "", "defaultVersion": "updateDefaultVersion"},
    naming=Naming(longest=128),
    tagging=TAGS,
    tags_at_creation=False,
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:ec2/launchTemplate:LaunchTemplate": LAUNCH_TEMPLATE,
}
