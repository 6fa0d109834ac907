"""What every section of the settings is."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from ..conflict import Conflict


class Section(BaseModel):
    """One key of a stack file: camelCase names, nothing unknown, no guessing of types."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        validate_by_alias=True,
        validate_by_name=False,
    )

    def conflicts(self) -> Iterator[Conflict]:
        """What is impossible together, in this section and in those within it; a section with rules adds its own.

        Pydantic's own validators do not serve: they say nothing as soon as any one field is wrong.
        """
        for name, field in type(self).model_fields.items():
            inner = getattr(self, name)
            if isinstance(inner, Section):
                yield from (conflict.within(field.alias or name) for conflict in inner.conflicts())


def section_of(field: FieldInfo) -> type[Section] | None:
    """The section that a field holds, None for a plain value."""
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, Section) else None
