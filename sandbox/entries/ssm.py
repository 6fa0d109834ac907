"""Parameters of Systems Manager."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.resource import Call, Entry, Naming, Tagging
from sandbox.steps import ID, NAME, among, fill, one_of, op, upsert


def _value(call: Call) -> str | None:
    return next((call.new[name] for name in ("value", "insecureValue", "valueWo") if call.new.get(name)), None)


def _parameter(call: Call) -> Any:
    found = call.send("get_parameter", Name=call.id, WithDecryption=True)["Parameter"]
    names = [{"Key": "Name", "Option": "Equals", "Values": [call.id]}]
    more = one_of("describe_parameters", "Parameters", {"Name": ID}, ParameterFilters=names)(call)
    return {**(more or {}), **found}


PARAMETER: Final = Entry(
    service="ssm",
    create=upsert(fill("put_parameter", Value=_value, Overwrite=None), NAME),
    read=_parameter,
    delete=op("delete_parameter", Name=ID),
    update=fill("put_parameter", Value=_value, Overwrite=True),
    volatile={"version": ""},
    facts={
        # only a value that the program gave openly may be shown openly
        "insecureValue": lambda call, found: found["Value"] if call.get("insecureValue") else None,
    },
    local=among("overwrite", "valueWoVersion"),
    naming=Naming(longest=1011),
    tagging=Tagging(
        add="add_tags_to_resource",
        remove="remove_tags_from_resource",
        target={"ResourceType": "Parameter", "ResourceId": ID},
        look="list_tags_for_resource",
    ),
)


ENTRIES: Final[Mapping[str, Entry]] = {
    "aws:ssm/parameter:Parameter": PARAMETER,
}
