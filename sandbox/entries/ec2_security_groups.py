"""Security groups and their rules."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, cast

from sandbox.entries.ec2_tags import TAGS
from sandbox.resource import Call, Entry, Fact, Naming, Step
from sandbox.steps import ID, IDS, among, nothing, one_of, op, prop, text

_Permission = dict[str, Any]


def _permission(rule: Mapping[str, Any], group: str) -> _Permission:
    """An inline rule, or an old rule resource, as EC2's IpPermission."""
    note = {"Description": rule["description"]} if rule.get("description") else {}
    groups = [*(rule.get("securityGroups") or [])]
    groups += [rule["sourceSecurityGroupId"]] if rule.get("sourceSecurityGroupId") else []
    groups += [group] if rule.get("self") else []
    found: _Permission = {
        "IpProtocol": _protocol(rule["protocol"]),
        "IpRanges": [{"CidrIp": cidr, **note} for cidr in rule.get("cidrBlocks") or []],
        "Ipv6Ranges": [{"CidrIpv6": cidr, **note} for cidr in rule.get("ipv6CidrBlocks") or []],
        "PrefixListIds": [{"PrefixListId": item, **note} for item in rule.get("prefixListIds") or []],
        "UserIdGroupPairs": [{"GroupId": item, **note} for item in groups],
    }
    if found["IpProtocol"] != "-1":
        found |= {"FromPort": int(rule["fromPort"]), "ToPort": int(rule["toPort"])}
    return {key: value for key, value in found.items() if value != []}


def _protocol(name: str) -> str:
    return "-1" if str(name).lower() in ("all", "-1") else str(name).lower()


def _inline(permission: Mapping[str, Any], group: str) -> dict[str, Any]:
    """EC2's IpPermission as an inline rule."""
    pairs = [pair["GroupId"] for pair in permission.get("UserIdGroupPairs", [])]
    lists = {
        "cidrBlocks": [item["CidrIp"] for item in permission.get("IpRanges", [])],
        "ipv6CidrBlocks": [item["CidrIpv6"] for item in permission.get("Ipv6Ranges", [])],
        "prefixListIds": [item["PrefixListId"] for item in permission.get("PrefixListIds", [])],
        "securityGroups": [pair for pair in pairs if pair != group],
    }
    return {
        "protocol": permission["IpProtocol"],
        "fromPort": permission.get("FromPort", 0),
        "toPort": permission.get("ToPort", 0),
        "self": group in pairs,
        **{key: value for key, value in lists.items() if value},
    }


def _group(call: Call) -> Any:
    return _group_of(call.id)(call)


def _group_of(group: str) -> Step:
    return one_of("describe_security_groups", "SecurityGroups", {"GroupId": group}, GroupIds=[group])


def _rewrite(way: str) -> Step:
    """Make the inline rules of one direction exactly those of the program."""

    def run(call: Call) -> None:
        held = _group(call)["IpPermissions" if way == "ingress" else "IpPermissionsEgress"]
        if held:
            call.send(f"revoke_security_group_{way}", GroupId=call.id, IpPermissions=held)
        wanted = [_permission(rule, call.id) for rule in call.new.get(way) or []]
        if wanted:
            call.send(f"authorize_security_group_{way}", GroupId=call.id, IpPermissions=wanted)

    return run


def _new_group(call: Call) -> str:
    made = call.send(
        "create_security_group",
        GroupName=call.get("name"),
        Description=call.get("description") or "Managed by Pulumi",
        VpcId=call.get("vpcId"),
    )
    group = str(made["GroupId"])
    # As the real provider: a group starts without the rule that lets everything out.
    held = _group_of(group)(call)["IpPermissionsEgress"]
    if held:
        call.send("revoke_security_group_egress", GroupId=group, IpPermissions=held)
    return group


_GROUP_FACTS: Final[Mapping[str, Fact]] = {
    "arn": text("arn:{partition}:ec2:{region}:{account}:security-group/{id}"),
    "name": lambda _call, found: found["GroupName"],
    "ingress": lambda call, found: [_inline(item, call.id) for item in found["IpPermissions"]],
    "egress": lambda call, found: [_inline(item, call.id) for item in found["IpPermissionsEgress"]],
}


SECURITY_GROUP: Final = Entry(
    service="ec2",
    create=_new_group,
    read=_group,
    delete=op("delete_security_group", GroupId=ID),
    settings={("ingress",): _rewrite("ingress"), ("egress",): _rewrite("egress")},
    facts=_GROUP_FACTS,
    local=among("revokeRulesOnDelete"),
    naming=Naming(),
    tagging=TAGS,
    tags_at_creation=False,
)


def _default_group(call: Call) -> str:
    vpc = call.get("vpcId") or one_of("describe_vpcs", "Vpcs", {"IsDefault": True})(call)["VpcId"]
    wanted = {"GroupName": "default", "VpcId": vpc}
    filters = [{"Name": "group-name", "Values": ["default"]}, {"Name": "vpc-id", "Values": [vpc]}]
    group = str(one_of("describe_security_groups", "SecurityGroups", wanted, Filters=filters)(call)["GroupId"])
    # As the real provider: adopting the group empties it, whatever it held.
    adopted = replace(call, id=group)
    for way in ("ingress", "egress"):
        _rewrite(way)(adopted)
    return group


DEFAULT_SECURITY_GROUP: Final = Entry(
    service="ec2",
    create=_default_group,
    read=_group,
    delete=nothing,  # AWS keeps it with its VPC
    changes={("ingress",): _rewrite("ingress"), ("egress",): _rewrite("egress")},
    facts=_GROUP_FACTS,
    local=among("revokeRulesOnDelete"),
    tagging=TAGS,
    tags_at_creation=False,
)


def _old_rule(call: Call) -> tuple[str, str, _Permission]:
    values = {**call.state, **call.old, **call.new}
    group = str(values["securityGroupId"])
    return str(values["type"]), group, _permission(values, group)


def _new_old_rule(call: Call) -> str:
    way, group, permission = _old_rule(call)
    call.send(f"authorize_security_group_{way}", GroupId=group, IpPermissions=[permission])
    return f"sgrule-{zlib.crc32(f'{way}{group}{permission}'.encode())}"


def _found_old_rule(call: Call) -> Any:
    way, group, wanted = _old_rule(call)
    answer = _group_of(group)(call) or {}
    for held in answer.get("IpPermissions" if way == "ingress" else "IpPermissionsEgress", []):
        if all(_holds(held, key, value) for key, value in wanted.items()):
            return {"SecurityGroupId": group}
    return None


def _holds(held: Mapping[str, Any], key: str, wanted: Any) -> bool:
    if not isinstance(wanted, list):
        return held.get(key) == wanted
    rows = cast("list[dict[str, Any]]", held.get(key, []))
    names = ("CidrIp", "CidrIpv6", "PrefixListId", "GroupId")
    have = {row[name] for row in rows for name in names if name in row}
    return {row[name] for row in cast("list[dict[str, Any]]", wanted) for name in names if name in row} <= have


def _drop_old_rule(call: Call) -> None:
    way, group, permission = _old_rule(call)
    call.send(f"revoke_security_group_{way}", GroupId=group, IpPermissions=[permission])


SECURITY_GROUP_RULE: Final = Entry(
    service="ec2",
    create=_new_old_rule,
    read=_found_old_rule,
    delete=_drop_old_rule,
    facts={"securityGroupRuleId": lambda call, _found: call.id},
)


def _rule_permission(call: Call) -> _Permission:
    get = call.get
    note = {"Description": get("description")} if get("description") else {}
    sources = {
        "IpRanges": ("CidrIp", get("cidrIpv4")),
        "Ipv6Ranges": ("CidrIpv6", get("cidrIpv6")),
        "PrefixListIds": ("PrefixListId", get("prefixListId")),
        "UserIdGroupPairs": ("GroupId", get("referencedSecurityGroupId")),
    }
    found: _Permission = {"IpProtocol": _protocol(get("ipProtocol"))}
    found |= {key: [{name: value, **note}] for key, (name, value) in sources.items() if value}
    if found["IpProtocol"] != "-1":
        found |= {"FromPort": int(get("fromPort")), "ToPort": int(get("toPort"))}
    return found


def _new_rule(way: str) -> Step:
    def run(call: Call) -> str:
        answer = call.send(
            f"authorize_security_group_{way}",
            GroupId=call.get("securityGroupId"),
            IpPermissions=[_rule_permission(call)],
        )
        return answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]

    return run


def _rule_change(call: Call) -> None:
    names = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
    keys = {"referencedSecurityGroupId": "ReferencedGroupId"}
    source = {keys.get(name, name[0].upper() + name[1:]): call.new[name] for name in names if call.new.get(name)}
    ports = {key: _rule_permission(call).get(key) for key in ("FromPort", "ToPort")}
    rule = {"IpProtocol": _protocol(call.get("ipProtocol")), "Description": call.new.get("description"), **source}
    rule |= {key: -1 if value is None else value for key, value in ports.items()}
    change = {"SecurityGroupRuleId": call.id, "SecurityGroupRule": {k: v for k, v in rule.items() if v is not None}}
    call.send("modify_security_group_rules", GroupId=call.get("securityGroupId"), SecurityGroupRules=[change])


def _rule(way: str) -> Entry:
    return Entry(
        service="ec2",
        create=_new_rule(way),
        read=one_of(
            "describe_security_group_rules",
            "SecurityGroupRules",
            {"SecurityGroupRuleId": ID, "IsEgress": way == "egress"},
            SecurityGroupRuleIds=IDS,
        ),
        # moto ignores SecurityGroupRuleIds here and would keep the rule
        delete=op(
            f"revoke_security_group_{way}",
            GroupId=prop("securityGroupId"),
            IpPermissions=lambda call: [_rule_permission(call)],
        ),
        update=_rule_change,
        replaces=among("securityGroupId"),
        names={"securityGroupId": "GroupId"},
        facts={
            "arn": text("arn:{partition}:ec2:{region}:{account}:security-group-rule/{id}"),
            "securityGroupRuleId": lambda call, _found: call.id,
            "referencedSecurityGroupId": lambda _c, found: found.get("ReferencedGroupInfo", {}).get("GroupId"),
        },
        blind=among("fromPort", "toPort", "description"),
        tagging=TAGS,
        tags_at_creation=False,
    )


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:ec2/securityGroup:SecurityGroup": SECURITY_GROUP,
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": DEFAULT_SECURITY_GROUP,
    "aws:ec2/securityGroupRule:SecurityGroupRule": SECURITY_GROUP_RULE,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule("ingress"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule("egress"),
}
