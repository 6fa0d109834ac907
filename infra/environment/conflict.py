"""Settings that are possible each, and impossible together."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Conflict:
    """One contradiction between settings; paths are those of a stack file, within the section that reports it."""

    path: str
    """The setting to look at first, for example `minSize`."""
    text: str
    """What contradicts what, with the values, and the way out."""
    others: tuple[str, ...] = ()
    """The further settings that it depends on. Where one of them is wrong by itself, the conflict says nothing."""

    def within(self, section: str) -> Conflict:
        """The same with the paths that it has in the section that holds `section`."""
        return replace(self, path=f"{section}.{self.path}", others=tuple(f"{section}.{one}" for one in self.others))
