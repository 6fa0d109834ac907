"""docs/operator.md: every command has its part, with the screens that the tests draw, and every option is there."""

import re

import click
import pytest

from operator_command.errors import Exit
from operator_command.main import COMMANDS
from tests.docs.pages import text_of
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
    assert len(screens) == 8
    for name, shown in screens:
        drawn = (ROOT / "tests" / "operator_command" / "screens" / f"{name}.txt").read_text()
        assert shown == drawn, f"{name}: copy the screen into {PAGE}"


def test_every_exit_code_is_explained():
    codes = re.findall(r"^\| (\d+) \|", part_of("Exit codes"), re.MULTILINE)
    assert [int(code) for code in codes] == sorted(Exit)


def test_every_option_of_all_commands_is_explained():
    text = part_of("Options of every command")
    assert all(f"`--{name}`" in text for name in ("cluster", "stack", "region", "profile", "json", "yes"))
