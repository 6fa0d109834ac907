"""The launch template version that a group is wanted to run, and whether it does."""

from . import tags
from .snapshot import Group, Refresh, Template


def target_of(group: Group) -> Template | None:
    """The wanted version of the group's template; None when nothing is wanted."""
    if group.wanted_version is None or group.template is None:
        return None
    return Template(template_id=group.template.template_id, version=group.wanted_version)


def blocked(group: Group) -> bool:
    """Whether the wanted version is the last that was tried, and failed: rolled out, or renewed."""
    last = last_tried(group)
    target = target_of(group)
    if last is None or target is None or last.refresh_id == group.tags.get(tags.FORGIVEN_REFRESH):
        return False
    return last.failed and matches(last.template, target)


def waits(group: Group) -> bool:
    """Whether a wanted version is not what runs, for whatever reason; one that failed is told apart (`blocked`)."""
    target = target_of(group)
    if target is None or group.deleting or blocked(group):
        return False
    return any(not matches(each.template, target) for each in group.members("InService") if each.template)


def matches(template: Template | None, target: Template) -> bool:
    """Whether both are the same version; a template that is known by name only is compared by version."""
    if template is None or template.version != target.version:
        return False
    return template.template_id == target.template_id or not (template.template_id and target.template_id)


def last_tried(group: Group) -> Refresh | None:
    """The newest refresh to a version. One without a version only renews what runs."""
    return next((each for each in group.refreshes if each.template is not None), None)
