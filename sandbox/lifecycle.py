"""What a provider does with a resource: check, compare, create, read, update, delete. No protocol in here."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from sandbox import shapes
from sandbox.naming import keeps_name, named, with_prefix
from sandbox.refusal import Refusal, is_gone, is_lacking
from sandbox.resource import Call, Entry, Tagging
from sandbox.schema import Problem, Schema, checked, plain
from sandbox.wire import UNKNOWN, AssetOrArchive, has_unknowns

_LOCAL: Final = frozenset({"forceDestroy", "skipDestroy", "forceDelete", "timeouts", "waitForSteadyState"})
"""Properties that steer the real provider and that AWS never sees."""

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Comparison:
    """The properties that changed, and whether they replace the resource."""

    changed: tuple[str, ...]
    replacing: tuple[str, ...]
    delete_first: bool


def inputs_of(
    schema: Schema,
    entry: Entry | None,
    *,
    name: str,
    news: Values,
    olds: Values,
    default_tags: Any,
    seed: bytes,
) -> tuple[dict[str, Any], list[Problem]]:
    """The inputs of a resource with its name and all its tags, and what is wrong with them."""
    given = {key: value for key, value in news.items() if key != "tagsAll"}
    values, problems = checked(schema, given)
    values = named(values, entry, name=name, olds=olds, seed=seed)
    if problems and entry and entry.naming:
        problems = [problem for problem in problems if problem[0] not in values]
    if "tagsAll" in schema.outputs:
        values["tagsAll"] = all_tags(values.get("tags"), default_tags)
    if entry and entry.check and not problems and not has_unknowns(values):
        reason = entry.check(values)
        problems = [("", reason)] if reason else []
    return values, problems


def all_tags(tags: Any, default_tags: Any) -> Any:
    """A resource's own tags over the provider's, unknown if either is."""
    own: Any = tags if isinstance(tags, Mapping) or tags is UNKNOWN else {}
    if has_unknowns(own) or has_unknowns(default_tags):
        return UNKNOWN
    return {**cast("Values", default_tags or {}), **cast("Values", own)}


def compared(schema: Schema, entry: Entry | None, olds: Values, news: Values) -> Comparison:
    """What changes between two sets of inputs."""
    names = sorted(key for key in {*olds, *news} if not key.startswith("__"))
    changed = tuple(name for name in names if not _equal(olds.get(name), news.get(name)))
    replacing = tuple(name for name in changed if _replaces(schema, entry, name))
    return Comparison(changed, replacing, bool(replacing) and _keeps_its_name(entry, olds, news))


def _equal(old: Any, new: Any) -> bool:
    if has_unknowns(old) or has_unknowns(new):
        return False
    if isinstance(old, list) and isinstance(new, list):
        return _equal_lists(cast("list[Any]", old), cast("list[Any]", new))
    if isinstance(old, (Mapping, AssetOrArchive)) or isinstance(new, (Mapping, AssetOrArchive)):
        return old == new or (not old and not new)
    return old == new or (isinstance(old, str) and isinstance(new, str) and shapes.same_json(old, new))


def _equal_lists(old: list[Any], new: list[Any]) -> bool:
    if all(isinstance(item, str) for item in [*old, *new]):
        return sorted(old) == sorted(new)
    return old == new


def _replaces(schema: Schema, entry: Entry | None, name: str) -> bool:
    if name == "region" or (entry is None and name in schema.forces_new):
        return True
    if entry is None or name in _LOCAL | entry.local or name in ("tags", "tagsAll"):
        return False
    written = {each for names in (*entry.changes, *entry.settings) for each in names}
    key = entry.naming.property if entry.naming else ""
    forced = schema.forces_new | entry.replaces | {key, f"{key}Prefix"}
    return name not in written and (entry.update is None or name in forced)


def _keeps_its_name(entry: Entry | None, olds: Values, news: Values) -> bool:
    """Whether two of the resource cannot exist at once: the program chose the name, and chose it again."""
    key = entry.naming.property if entry and entry.naming else "name"
    automatic = key in cast("list[str]", news.get("__defaults") or [])
    return bool(news.get(key)) and not automatic and olds.get(key) == news.get(key)


def planned(schema: Schema, news: Values) -> dict[str, Any]:
    """The outputs that a preview of a creation shows: what only AWS can say is unknown."""
    known = _visible(schema, news)
    return {**dict.fromkeys(schema.certain - known.keys(), UNKNOWN), **known}


def replanned(schema: Schema, entry: Entry | None, olds: Values, news: Values, state: Values) -> dict[str, Any]:
    """The outputs that a preview of an update shows."""
    substance = set(compared(schema, entry, olds, news).changed) - {"tags", "tagsAll"}
    moving = entry.volatile.items() if entry and substance else ()
    volatile = {name: UNKNOWN for name, decider in moving if not decider or news.get(decider)}
    return {**state, **volatile, **_visible(schema, news)}


def recorded(schema: Schema, news: Values, identity: str) -> dict[str, Any]:
    """The outputs of a type without an entry: its inputs, its id and empty values."""
    return {**_empty(schema), **_visible(schema, news), "arn": f"arn:aws:recorded:::{identity}"}


def create(schema: Schema, call: Call) -> tuple[str, dict[str, Any]]:
    """Make a resource; one that cannot be finished is deleted again."""
    entry = call.entry
    call = replace(call, new=with_prefix(call.new, entry), creating=True)
    made = replace(call, id=str(entry.create(call)), state=_visible(schema, call.new))
    try:
        for names, step in entry.settings.items():
            if any(call.new.get(name) is not None for name in names):
                step(made)
        if entry.tagging and call.tags and not entry.tags_at_creation:
            write_tags(made, {}, call.tags)
        if entry.settle:
            entry.settle(made)
        return made.id, outputs(schema, made)
    except Exception:
        with suppress(Exception):
            entry.delete(made)
        raise


def update(schema: Schema, call: Call) -> dict[str, Any]:
    """Change a resource in place."""
    entry = call.entry
    call = replace(call, new=keeps_name(call.new, call.state, entry))
    touched = {name for name in {*call.new, *call.old} if not _equal(call.old.get(name), call.new.get(name))}
    touched -= entry.local | _LOCAL | {"__defaults"}
    if entry.tagging and touched & {"tags", "tagsAll"}:
        write_tags(call, dict(call.old.get("tagsAll") or {}), call.tags)
    for names, step in {**entry.changes, **entry.settings}.items():
        if touched.intersection(names):
            step(call)
            touched -= set(names)
    if entry.update and touched - ({"tags", "tagsAll"} if entry.tagging else set()):
        entry.update(call)
    if entry.settle:
        entry.settle(call)
    return outputs(schema, call)


def delete(call: Call) -> None:
    """Delete a resource; one that is gone already is no error."""
    if call.get("skipDestroy"):
        return
    try:
        call.entry.delete(call)
    except Exception as error:
        if not (is_gone(error) or is_lacking(error)) or _still_there(call):
            raise


def _still_there(call: Call) -> bool:
    """What AWS did not find may have been another thing; and moto breaks at deleting what is gone."""
    try:
        return bool(call.entry.read(call))
    except Exception as error:
        if is_gone(error):
            return False
        raise


def outputs(schema: Schema, call: Call) -> dict[str, Any]:
    """The state after a change: the inputs as given where AWS holds the same, and what AWS says besides."""
    seen = look(schema, call)
    if seen is None:
        raise Refusal(f"{schema.token} {call.id} disappeared while it was being changed")
    wanted = _visible(schema, call.new)
    return {**_empty(schema), **seen, **wanted}


def look(schema: Schema, call: Call) -> dict[str, Any] | None:
    """The properties as AWS holds them, None if the resource is gone."""
    try:
        found = call.entry.read(call)
    except Exception as error:
        if is_gone(error):
            return None
        raise
    if found is None or found == []:
        return None
    seen = shapes.shown(found, schema.outputs, call.entry.names) if isinstance(found, Mapping) else {}
    seen = {name: value for name, value in seen.items() if name not in call.entry.blind}
    made = replace(call, state={**call.state, **seen})
    for name, fact in call.entry.facts.items():
        value = fact(made, found)
        if value is not None:
            seen[name] = value
    return {**seen, "region": call.region, **_tags(schema, made, found)}


def _tags(schema: Schema, call: Call, found: Any) -> dict[str, Any]:
    if "tagsAll" not in schema.outputs:
        return {}
    if "tagsAll" in call.entry.blind:  # the emulator does not keep them
        return {"tagsAll": dict(call.state.get("tagsAll") or {})}
    tags = read_tags(call, found)
    ours = tags.keys() - call.ignored_tags
    own = {name: value for name, value in tags.items() if name in ours and not name.startswith("aws:")}
    return {"tagsAll": own}


def refreshed(schema: Schema, call: Call) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Inputs and outputs after a look at AWS: an input changes only where AWS holds something else."""
    seen = look(schema, call)
    if seen is None:
        return None
    if not call.old:
        inputs = {key: value for key, value in seen.items() if key in schema.inputs and key != "tags"}
        if seen.get("tagsAll"):
            inputs["tags"] = seen["tagsAll"]
        return inputs, {**_empty(schema), **seen, "tags": seen.get("tagsAll")}
    inputs = {**call.old, **drift(call.old, seen)}
    if not shapes.same(seen.get("tagsAll"), call.old.get("tagsAll")) and "tagsAll" in call.old:
        inputs["tagsAll"] = seen["tagsAll"]
    return inputs, {**call.state, **seen, **_visible(schema, inputs)}


def drift(wanted: Values, seen: Values) -> dict[str, Any]:
    """The inputs that AWS holds otherwise than the program asked for."""
    return {key: seen[key] for key, value in wanted.items() if key in seen and not shapes.same(value, seen[key])}


def write_tags(call: Call, old: Mapping[str, str], new: Mapping[str, str]) -> None:
    """Bring the tags of an existing resource from old to new."""
    tagging = call.entry.tagging
    assert tagging is not None
    gone = [name for name in old if name not in new]
    if gone:
        call.send(tagging.remove, **tagging.target, **_keys(call, tagging, gone))
    fresh = {name: value for name, value in new.items() if old.get(name) != value}
    if fresh:
        shape = _shape(call, tagging.add)
        call.send(tagging.add, **tagging.target, **shapes.tag_parameters(shape, fresh))


def read_tags(call: Call, found: Any) -> dict[str, str]:
    """The tags that AWS holds."""
    tagging = call.entry.tagging
    if tagging is None or not tagging.look:
        return shapes.tags_in(found) or {}
    target = tagging.target if tagging.look_target is None else tagging.look_target
    return shapes.tags_in(call.send(tagging.look, **target)) or {}


def _shape(call: Call, operation: str) -> Any:
    client = call.clients.client(call.entry.service, call.region)
    return call.structure(client.meta.method_to_api_mapping[operation])


def _keys(call: Call, tagging: Tagging, names: list[str]) -> dict[str, Any]:
    for member in _shape(call, tagging.remove).members:
        if shapes.plain_name(member) in ("tagkey", "tagkeylist", "removetagkey"):
            return {member: names}
        if shapes.plain_name(member) == "tag":
            return {member: [{"Key": name} for name in names]}
    return {}


def _visible(schema: Schema, values: Values) -> dict[str, Any]:
    """Inputs that are outputs too; archives never, their hash in the state would hide a change."""
    return {k: v for k, v in values.items() if k in schema.outputs and not isinstance(v, AssetOrArchive)}


def _empty(schema: Schema) -> dict[str, Any]:
    """AWS answers something for every certain output, if only an empty value."""
    blank: dict[Any, Any] = {str: "", bool: False, int: 0, float: 0}
    return {name: blank[plain(schema.outputs[name])] for name in schema.certain if plain(schema.outputs[name]) in blank}
