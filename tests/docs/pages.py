"""The pages that people read, and the code that stands in them."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.stack_files import ROOT

PATTERNS = (
    *("*.md", "docs/**/*.md", "policies/*.md", "sandbox/*.md", "sandbox/docs/*.md"),
    *("examples/*/*.md", "template/*.md", ".github/*.md"),
)
PAGES = sorted(path.relative_to(ROOT).as_posix() for pattern in PATTERNS for path in ROOT.glob(pattern))
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`]+)`")


def text_of(page: str) -> str:
    return (ROOT / page).read_text()


def prose_of(page: str) -> str:
    """A page without its blocks of code."""
    return FENCE.sub("", text_of(page))


def spans_of(page: str) -> list[str]:
    """Code within sentences."""
    return [" ".join(span.split()) for span in SPAN.findall(prose_of(page))]


def blocks_of(page: str, *languages: str) -> list[str]:
    """Blocks of code in one of these languages."""
    return [block for language, block in FENCE.findall(text_of(page)) if language in languages]


def shell_of(page: str) -> list[str]:
    """Everything that is meant for a shell: blocks, and commands within sentences."""
    blocks = blocks_of(page, "sh", "shell", "bash")
    prompted = [
        "\n".join(line[2:] for line in block.splitlines() if line.startswith("$ "))
        for block in blocks_of(page, "console")
    ]
    return [*blocks, *prompted, *(span for span in spans_of(page) if re.match(r"(aws|make|pulumi|python) ", span))]


def anchors_in(prose: str) -> list[str]:
    """The anchors that headings get where Markdown is shown."""
    found = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found]


def anchors_of(page: str) -> set[str]:
    return set(anchors_in(prose_of(page)))


def links_of(page: str) -> list[tuple[Path, str]]:
    """Links within the repository: file and anchor."""
    found = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose_of(page)):
        if "://" not in link:
            path, _, anchor = link.partition("#")
            found.append(((ROOT / page).parent / path if path else ROOT / page, anchor))
    return found
