"""What the pages name exists: links, files, make targets, settings; and every command can be typed as it stands."""

import ast
import re
import subprocess
import textwrap
from typing import Any

import botocore.session
import pulumi
import pulumi_aws as aws
import pytest
from botocore import xform_name

import infra
from infra.environment.settings import Settings, parse, section_of
from infra.environment.settings.report import MOVED
from tests.docs.pages import PAGES, anchors_of, blocks_of, links_of, prose_of, shell_of, spans_of, text_of
from tests.support.graph import graph_of
from tests.support.shop import CONFIG, exported, running_what_was_deployed
from tests.support.stack_files import ROOT

EVERY = pytest.mark.parametrize("page", PAGES)
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
OF_EVERY_COMMAND = {"query", "output", "region", "profile", "max-items", "page-size"}
"""Options of the AWS CLI itself."""
NAMED_BY_THE_CLI = {"s3api": "s3"}
"""Services that the CLI calls otherwise than botocore does."""
OF_THE_CLI = {
    ("logs", "tail"): {"since", "format", "follow", "filter-pattern"},
    ("ecr", "get-login-password"): set(),
}
"""Commands that the CLI adds to the API, with their options (AWS CLI reference)."""


def test_there_are_pages():
    assert {"README.md", "CONTRIBUTING.md", "docs/operations.md", "examples/shop/README.md"} <= set(PAGES)
    assert {"policies/README.md", "sandbox/README.md", "sandbox/docs/emulator.md"} <= set(PAGES)


@EVERY
def test_every_link_leads_to_a_file_and_a_heading_of_it(page):
    dead = [
        f"{path}#{anchor}"
        for path, anchor in links_of(page)
        if not path.exists()
        or (anchor and anchor not in anchors_of(path.resolve().relative_to(ROOT.resolve()).as_posix()))
    ]
    assert dead == []


@EVERY
def test_every_make_target_that_is_named_exists(page):
    lines = [line for text in shell_of(page) for line in text.splitlines()]
    named = {match[1] for line in lines if (match := re.match(r"\s*make ([a-z-]+)", line))}
    assert named <= TARGETS


@EVERY
def test_every_file_that_is_named_exists(page):
    here = (ROOT / page).parent
    for span in spans_of(page):
        if re.fullmatch(r"[\w.-]+(/[\w.*-]+)+/?", span) and span.split("/")[0] in FOLDERS:
            assert [*ROOT.glob(span), *here.glob(span)], span


@EVERY
def test_every_shell_block_is_understood_by_a_shell(page):
    for text in shell_of(page):
        done = subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), text


@EVERY
def test_every_setting_that_is_named_exists(page):
    sections = {
        field.alias: {one.alias for one in section.model_fields.values()}
        for field in Settings.model_fields.values()
        if (section := section_of(field))
    }
    named = re.findall(r"`(?:ecs-platform:)?([a-z][A-Za-z]*)\.([a-z][A-Za-z]*)(?=[`:.])", prose_of(page))
    known = set(sections) | {"instances.largestTask"}
    former = {".".join(map(str, each)) for each in MOVED}
    wrong = [f"{section}.{name}" for section, name in named if section in known and name not in sections[section]]
    assert [one for one in wrong if one not in former and not (ROOT / f"infra/{one}").exists()] == []


@EVERY
def test_every_piece_of_python_compiles_and_imports_only_what_the_library_offers(page):
    for block in blocks_of(page, "python"):
        tree = ast.parse(textwrap.dedent(block))
        imported = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        names = {alias.name for node in imported if node.module == "ecs_platform" for alias in node.names}
        assert names <= set(infra.__all__)


def test_the_readme_shows_the_errors_that_wrong_settings_give():
    (shown,) = (block for block in blocks_of("README.md", "") if block.startswith("error: the settings"))
    wrong = {
        "aws:region": "eu-central-1",
        "ecs-platform:environment": "dev",
        "ecs-platform:owner": "me",
        "ecs-platform:network": '{"zones": 1, "natt": "single"}',
    }
    with pytest.raises(pulumi.RunError) as error:
        parse(wrong)
    lines = f"error: {error.value}".splitlines()
    assert [said.startswith(line.removesuffix("…")) for said, line in zip(lines, shown.splitlines(), strict=True)] == [
        True
    ] * 3


def test_the_services_of_the_readme_are_made_as_it_says():
    block, _ = blocks_of("README.md", "python")
    graph = graph_of(
        lambda: exec(compile(block, "README.md", "exec"), {}),
        project="shop",
        config=CONFIG,
        stacks={CONFIG["shop:platform"]: exported()},
        lookups={"aws:ecs/getService:getService": running_what_was_deployed},
    )
    assert sorted(node.name for node in graph.of(aws.ecs.Service)) == ["cart-service", "frontend-service"]
    assert len(graph.of(aws.lb.ListenerRule)) == len(graph.of(aws.servicediscovery.Service)) == 1


def test_the_platform_of_the_readme_is_the_program_of_this_repository_and_of_the_template():
    _, block = blocks_of("README.md", "python")
    template = (ROOT / "template" / "__main__.py").read_text().partition('"""\n\n')[2]
    own = (ROOT / "__main__.py").read_text().partition('"""\n\n')[2]
    assert block == template == own.replace("infra", "ecs_platform")


def aws_commands(text: str) -> list[list[str]]:
    """The words of each call of the AWS CLI, those within others included."""
    text = re.sub(r"'[^']*'", "QUOTED", text.replace("\\\n", " ")).replace('"', "")
    found: list[str] = []
    while inner := re.search(r"\$\(([^()]*)\)", text):
        found.append(inner[1])
        text = text.replace(inner[0], "INNER", 1)
    pieces = [piece.strip() for part in [*found, text] for piece in re.split(r"[\n|;#]", part)]
    calls = [re.sub(r"^(\w+=|xargs (-r )?(-n \d+ )?)", "", piece) for piece in pieces]
    return [call.split() for call in calls if call.startswith("aws ")]


def test_commands_are_found_within_each_other_and_after_pipes():
    text = "X=$(aws a b --q 'c | d' \\\n --o) # aws\naws c d --e \"$(aws f g)\" | xargs -r aws h i"
    assert aws_commands(text) == [
        ["aws", "a", "b", "--q", "QUOTED", "--o"],
        ["aws", "f", "g"],
        ["aws", "c", "d", "--e", "INNER"],
        ["aws", "h", "i"],
    ]


COMMANDS = sorted({" ".join(words) for page in PAGES for text in shell_of(page) for words in aws_commands(text)})


@pytest.mark.parametrize("command", COMMANDS)
def test_every_aws_command_is_complete_and_has_only_options_that_exist(command):
    _, service, operation, *rest = command.split()
    given = {word.removeprefix("--") for word in rest if word.startswith("--")} - OF_EVERY_COMMAND
    if (service, operation) in OF_THE_CLI:
        assert given <= OF_THE_CLI[service, operation]
        return
    model: Any = botocore.session.get_session().get_service_model(NAMED_BY_THE_CLI.get(service, service))
    names = {xform_name(name, "-"): name for name in model.operation_names}
    assert operation in names
    shape = model.operation_model(names[operation]).input_shape
    options = {xform_name(member, "-"): member for member in shape.members}
    assert given <= set(options)
    assert {xform_name(member, "-") for member in shape.required_members} <= given


def test_the_commands_are_found():
    assert len(COMMANDS) > 20


@EVERY
def test_every_block_of_code_ends_on_a_line_of_its_own(page):
    """Text behind a closing fence does not close it: all that follows would be shown as code."""
    fences = [line.strip() for line in text_of(page).splitlines() if line.lstrip().startswith("```")]
    assert [fence for fence in fences[1::2] if fence != "```"] == []
    assert len(fences) % 2 == 0
