"""docs/operator.md: every command has its part, with the screens that the tests draw, and every option is there."""

import re
import shlex

import click
import pytest

from operator_command.errors import Exit
from operator_command.main import COMMANDS
from tests.docs.pages import PAGES, shell_of, text_of
from tests.support.stack_files import ROOT

PAGE = "docs/operator.md"
SCREEN = re.compile(r"<!-- screen: ([\w-]+) -->\n```text\n(.*?)```", re.DOTALL)
EVERYWHERE = {"cluster", "stack", "region", "profile", "as_json", "yes", "help"}


def part_of(name):
    """The section of a command."""
    found = re.search(rf"^## {re.escape(name)}$(.*?)(?=^## |\Z)", text_of(PAGE), re.MULTILINE | re.DOTALL)
    assert found, f"{PAGE} has no section {name}"
    return found[1]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_has_a_section_that_names_its_own_options(command):
    own = [each for each in command.params if isinstance(each, click.Option) and each.name not in EVERYWHERE]
    text = part_of(command.name)
    missing = [each.opts[0] for each in own if not any(opt in text for opt in each.opts)]
    assert missing == []


def test_the_screens_are_those_that_the_tests_draw():
    screens = SCREEN.findall(text_of(PAGE))
    assert len(screens) == 9
    for name, shown in screens:
        drawn = (ROOT / "tests" / "operator_command" / "screens" / f"{name}.txt").read_text()
        assert shown == drawn, f"{name}: copy the screen into {PAGE}"


def test_every_exit_code_is_explained():
    codes = re.findall(r"^\| (\d+) \|", part_of("Exit codes"), re.MULTILINE)
    assert [int(code) for code in codes] == sorted(Exit)


def test_every_option_of_all_commands_is_explained():
    text = part_of("Options of every command")
    assert all(f"`--{name}`" in text for name in ("cluster", "stack", "region", "profile", "json", "yes"))


def command_lines():
    """Page, command and its words, of all that pages have people run, without the pipes that follow."""
    by_name = {each.name: each for each in COMMANDS}
    for page in PAGES:
        for line in "\n".join(shell_of(page)).splitlines():
            if line.startswith("ecs-platform "):
                words = shlex.split(re.split(r" [|>&]|;", line)[0].replace(" ... ", " "), comments=True)[1:]
                name = next(each for each in words if each in by_name)
                words.remove(name)
                yield page, by_name[name], words


def test_every_command_line_of_a_page_is_understood():
    told = list(command_lines())
    assert {"docs/operations.md", "docs/operator.md", "docs/before-the-first-up.md"} <= {page for page, _, _ in told}
    for page, command, words in told:
        try:
            command.make_context(command.name, list(words))
        except click.UsageError as wrong:
            pytest.fail(f"{page}: {command.name} {' '.join(words)}: {wrong.format_message()}")


def test_the_page_before_the_first_up_names_what_is_compared_with_a_quota():
    rows = [line for line in text_of("docs/before-the-first-up.md").splitlines() if line.startswith("| ")]
    (row,) = [line for line in rows if line.startswith("| network interfaces")]
    assert "What others have is not counted" in row
