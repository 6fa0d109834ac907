"""Lambda functions: code, permissions, asynchronous invocation and event sources."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from sandbox.archives import zipped
from sandbox.refusal import Refusal
from sandbox.resource import Call, Entry, Naming, Step, Tagging
from sandbox.steps import ARN, ID, among, asset_or_archive, fill, op, prop, steps, text, upsert

_CODE: Final = ("code", "s3Bucket", "s3Key", "s3ObjectVersion", "imageUri", "architectures", "sourceCodeHash")


def _code(call: Call) -> dict[str, Any]:
    archive = asset_or_archive(call, "code")
    if archive is not None:
        return {"ZipFile": zipped(archive)}
    names = {"s3Bucket": "S3Bucket", "s3Key": "S3Key", "s3ObjectVersion": "S3ObjectVersion", "imageUri": "ImageUri"}
    return {api: call.new[name] for name, api in names.items() if call.new.get(name)}


def _concurrency(call: Call) -> None:
    wanted = call.new.get("reservedConcurrentExecutions")
    if wanted is None or wanted < 0:
        call.send("delete_function_concurrency", FunctionName=call.id)
    else:
        call.send("put_function_concurrency", FunctionName=call.id, ReservedConcurrentExecutions=int(wanted))


def _publish(step: Step) -> Step:
    def run(call: Call) -> None:
        step(call)
        if call.new.get("publish"):
            call.send("publish_version", FunctionName=call.id)

    return run


def _function(call: Call) -> Any:
    answer = call.send("get_function", FunctionName=call.id)
    found = {**answer["Configuration"], "Tags": answer.get("Tags", {})}
    if call.get("publish"):
        versions = call.send("list_versions_by_function", FunctionName=call.id)["Versions"]
        found["Version"] = versions[-1]["Version"]
    return found


_INVOKE: Final = text(
    "arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/"
    "arn:{partition}:lambda:{region}:{account}:function:{id}/invocations"
)


_SETTINGS: Final = (
    "role",
    "handler",
    "description",
    "timeout",
    "memorySize",
    "vpcConfig",
    "environment",
    "runtime",
    "deadLetterConfig",
    "kmsKeyArn",
    "tracingConfig",
    "layers",
    "fileSystemConfig",
    "imageConfig",
    "ephemeralStorage",
    "snapStart",
    "loggingConfig",
)


FUNCTION: Final = Entry(
    service="lambda",
    create=fill("create_function", "FunctionName", Code=_code),
    read=_function,
    delete=op("delete_function", FunctionName=ID),
    settings={("reservedConcurrentExecutions",): _concurrency},
    changes={
        _SETTINGS: _publish(fill("update_function_configuration", FunctionName=ID)),
        _CODE: _publish(
            lambda call: call.send(
                "update_function_code", FunctionName=call.id, Architectures=call.new.get("architectures"), **_code(call)
            )
        ),
    },
    local=among(
        "publish", "replaceSecurityGroupsOnDestroy", "replacementSecurityGroupIds", "useResourceTimeoutForPropagation"
    ),
    names={
        "name": "FunctionName",
        "arn": "FunctionArn",
        "fileSystemConfig": "FileSystemConfigs",
        "sourceCodeSize": "CodeSize",
        "sourceCodeHash": "CodeSha256",
        "s3Bucket": "",
    },
    facts={
        "invokeArn": _INVOKE,
        "qualifiedArn": lambda _call, found: f"{found['FunctionArn']}:{found['Version']}",
        "layers": lambda _call, found: [layer["Arn"] for layer in found.get("Layers", [])] or None,
        "environment": lambda _call, found: (
            {"variables": held} if (held := found.get("Environment", {}).get("Variables")) else None
        ),
    },
    blind=among(
        "loggingConfig",
        "deadLetterConfig",
        "ephemeralStorage",
        "snapStart",
        "imageConfig",
        "tracingConfig",
        "fileSystemConfig",
        "kmsKeyArn",
    ),
    volatile={"lastModified": "", "version": "publish", "qualifiedArn": "publish", "codeSha256": ""},
    naming=Naming(longest=64),
    tagging=Tagging(add="tag_resource", remove="untag_resource", target={"Resource": ARN}),
)


def _statement(call: Call) -> Any:
    answer = call.send("get_policy", FunctionName=call.get("function"), Qualifier=call.get("qualifier"))
    held = json.loads(answer["Policy"])["Statement"]
    return next(({"Sid": item["Sid"]} for item in held if item["Sid"] == call.id), None)


PERMISSION: Final = Entry(
    service="lambda",
    create=upsert(fill("add_permission"), prop("statementId")),
    read=_statement,
    delete=op("remove_permission", FunctionName=prop("function"), StatementId=ID, Qualifier=prop("qualifier")),
    names={"function": "FunctionName", "principalOrgId": "PrincipalOrgID"},
    naming=Naming(property="statementId", longest=100),
)


_INVOKED: Final = {"FunctionName": prop("functionName"), "Qualifier": prop("qualifier")}


EVENT_INVOKE_CONFIG: Final = Entry(
    service="lambda",
    create=upsert(fill("put_function_event_invoke_config"), prop("functionName")),
    read=op("get_function_event_invoke_config", **_INVOKED),
    delete=op("delete_function_event_invoke_config", **_INVOKED),
    # moto appends a second configuration and goes on to answer the first
    update=steps(op("delete_function_event_invoke_config", **_INVOKED), fill("put_function_event_invoke_config")),
    replaces=among("functionName", "qualifier"),
)


EVENT_SOURCE: Final = Entry(
    service="lambda",
    create=fill("create_event_source_mapping", "UUID"),
    read=op("get_event_source_mapping", UUID=ID),
    delete=op("delete_event_source_mapping", UUID=ID),
    update=fill("update_event_source_mapping", UUID=ID),
    replaces=among("eventSourceArn", "startingPosition", "startingPositionTimestamp", "queues", "topics"),
    names={"arn": "EventSourceMappingArn", ".destinationArn": "Destination"},
    facts={"enabled": lambda _call, found: found.get("State") in ("Enabled", "Enabling", "Creating")},
    blind=among(
        "functionResponseTypes",
        "scalingConfig",
        "filterCriteria",
        "destinationConfig",
        "maximumBatchingWindowInSeconds",
        "bisectBatchOnFunctionError",
        "maximumRetryAttempts",
        "maximumRecordAgeInSeconds",
        "parallelizationFactor",
        "startingPosition",
        "tumblingWindowInSeconds",
        "kmsKeyArn",
        "metricsConfig",
    ),
    local=among("useResourceTimeoutForPropagation"),
    tagging=Tagging(add="tag_resource", remove="untag_resource", target={"Resource": ARN}),
)


def _invoke(call: Call) -> str:
    """Call the function and wait for its end; what it answers with an error is the error of the resource."""
    name = str(call.new["functionName"])
    answer = call.send("invoke", FunctionName=name, Qualifier=prop("qualifier"), Payload=prop("input"))
    payload = answer["Payload"].read().decode()
    if answer.get("FunctionError"):
        message = f"invoking Lambda Function ({name}): Lambda function ({name}) returned error: ({payload})"
        raise Refusal(message)
    qualifier = call.new.get("qualifier") or "$LATEST"
    return f"{name}_{qualifier}_{hashlib.md5(payload.encode(), usedforsecurity=False).hexdigest()}"


INVOCATION: Final = Entry(
    service="lambda",
    create=_invoke,
    # An invocation is no object of AWS: it is there as long as its function is.
    read=op("get_function_configuration", FunctionName=prop("functionName"), Qualifier=prop("qualifier")),
    delete=lambda _call: None,
    replaces=among("functionName", "input", "qualifier", "triggers"),
    blind=among("input", "triggers", "qualifier"),
    local=among("lifecycleScope", "terraformKey"),
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:lambda/function:Function": FUNCTION,
    "aws:lambda/invocation:Invocation": INVOCATION,
    "aws:lambda/permission:Permission": PERMISSION,
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": EVENT_INVOKE_CONFIG,
    "aws:lambda/eventSourceMapping:EventSourceMapping": EVENT_SOURCE,
}
