"""docs/recipes.md: its programs run as they stand, and keep every rule of the pack."""

import re

import pytest

import infra
from tests.program.pack_on_graph import shop_report
from tests.support.graph import ACCOUNT, REGION, Graph, graph_of
from tests.support.shop import CONFIG, exported, running_what_was_deployed
from tests.support.stack_files import ROOT

PAGE = (ROOT / "docs" / "recipes.md").read_text()
RECIPES: dict[str, str] = dict(re.findall(r"(?s)\n## ([^\n]+)\n[^#]*?```python\n(.*?)```", PAGE))
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0123"
HTTPS = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:listener/app/ecs-dev/50dc6c495c0c9188/f2f7dc8efc522ab2"
STACKS = {
    "organization/ecs-platform/dev": exported(
        keyArn=KEY, domain="example.com", httpsListenerArn=HTTPS, instanceCpuUnits=8192, instanceMemoryMib=30_000
    ),
    "organization/shop/dev": {"frontendSecurityGroup": "sg-0f"},
    "organization/database/dev": {
        "securityGroup": "sg-0d",
        "address": "database.internal",
        "secret": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:database-AbCdEf",
    },
    "organization/files/dev": {"fileSystem": "fs-12345678", "accessPoint": "fsap-12345678", "securityGroup": "sg-0e"},
}
SINGLETON = {"Exactly one": ["service-desired-at-least-two"]}


def graph_from(name: str, *, preview: bool) -> Graph:
    return graph_of(
        lambda: exec(RECIPES[name], {"image": CONFIG["shop:image"]}),
        project="shop",
        preview=preview,
        stacks=STACKS,
        lookups={"aws:ecs/getService:getService": running_what_was_deployed},
    )


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("preview", [True, False])
def test_a_recipe_runs_and_keeps_the_rules_of_production(name, preview):
    report = shop_report(graph_from(name, preview=preview), "production")
    wrong = [(one.rule, one.message) for one in report.findings if one.rule not in SINGLETON.get(name, [])]
    assert wrong == []
    assert {one.rule for one in report.findings} == set(SINGLETON.get(name, []))


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_short(name):
    assert len(RECIPES[name].strip().splitlines()) <= 30


def test_every_section_has_its_program():
    assert list(RECIPES) == re.findall(r"(?m)^## (.+)$", PAGE)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_imports_only_what_the_library_offers(name):
    (names,) = re.findall(r"from ecs_platform import (.+)", RECIPES[name])
    assert set(names.split(", ")) <= set(infra.__all__)


def test_the_table_of_wishes_counts_the_lines_of_every_recipe():
    page = (ROOT / "docs" / "services.md").read_text()
    rows = re.findall(r"(?m)^\| .* \| \[(.+)\]\(recipes\.md#([\w-]+)\) \| (\d+) \|$", page)
    assert {name: int(lines) for name, _, lines in rows} == {
        name: len(program.strip().splitlines()) for name, program in RECIPES.items()
    }
    assert all(anchor == name.lower().replace(" ", "-") for name, anchor, _ in rows)
