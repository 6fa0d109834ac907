"""docs/architecture.md: its components exist, and its pictures are drawn from the imports, without what adds none."""

import re

import pytest

from tests.support.stack_files import ROOT
from tools import architecture_picture as picture
from tools.architecture_picture import Node, code_of, page_with, without_implied


def some_arrows(text: str) -> dict[str, frozenset[str]]:
    """`a: b c` a line."""
    lines = (line.split(":") for line in text.split("\n"))
    return {node.strip(): frozenset(targets.split()) for node, targets in lines}


def nodes_of(*modules: str, **imported: str) -> dict[str, str]:
    """Module of the sandbox → what the picture calls it, given that some modules import others."""
    code = code_of({name: frozenset(imported.get(name.replace(".", "_"), "").split()) for name in modules})
    return {name: node.label for name in modules if (node := picture.repository_node(name, code))}


def test_the_page_names_every_component_and_none_that_does_not_exist():
    rows = re.findall(r"^\| (`\w+`.*)$", (ROOT / "docs" / "architecture.md").read_text(), re.MULTILINE)
    source = "\n".join(path.read_text() for path in (ROOT / "infra").rglob("*.py"))
    components = set(re.findall(r"^class (\w+)\(pulumi\.ComponentResource\)", source, re.MULTILINE))
    assert set(re.findall(r"`([A-Z]\w+)`", "\n".join(rows))) - {"Platform", "Route"} == components


def test_the_pictures_of_the_page_are_drawn_from_the_code_as_it_is():
    assert picture.main(["--check"]) == 0, "run python tools/architecture_picture.py"


def test_a_page_that_differs_is_found_and_mended(tmp_path, monkeypatch, capsys):
    page = tmp_path / "architecture.md"
    page.write_text((ROOT / "docs" / "architecture.md").read_text().replace(" --> ", " -.-> "))
    monkeypatch.setattr(picture, "PAGE", page)
    assert picture.main(["--check"]) == 1
    assert "run python tools/architecture_picture.py" in capsys.readouterr().err
    assert picture.main([]) == 0
    assert page.read_text() == (ROOT / "docs" / "architecture.md").read_text()


def test_an_arrow_that_follows_from_others_is_left_out():
    found = without_implied(some_arrows("a: b c d\nb: c\nc: d\nd:"))
    assert found == some_arrows("a: b\nb: c\nc: d\nd:")


def test_the_arrows_of_a_circle_stay_and_so_does_what_leads_into_it():
    circle = some_arrows("a: b c\nb: c\nc: b")
    assert without_implied(circle) == circle


def test_an_arrow_does_not_follow_from_a_path_that_comes_back_to_its_own_node():
    circle = some_arrows("a: b c\nb: a\nc:")
    assert without_implied(circle) == circle


def test_modules_above_and_below_the_folders_of_a_product_are_two_things():
    found = nodes_of(
        "sandbox", "sandbox.provider", "sandbox.wire", "sandbox.entries", "sandbox.entries.storage",
        sandbox_provider="sandbox.entries", sandbox_entries_storage="sandbox.wire",
    )  # fmt: skip
    assert found == {
        "sandbox.provider": "provider.py",
        "sandbox.wire": "other modules",
        "sandbox.entries": "entries/",
        "sandbox.entries.storage": "entries/",
    }


def test_who_imports_the_door_of_a_package_imports_what_stands_behind_it():
    code = code_of(
        {
            "tools.show": frozenset({"ecs_operations"}),
            "ecs_operations": frozenset({"ecs_operations.rules.asg"}),
            "ecs_operations.rules": frozenset(),
            "ecs_operations.rules.asg": frozenset(),
        }
    )
    arrows = picture.arrows_of(code, picture.repository_node)
    assert arrows[Node("tools/", "all modules")] == {Node("policies/ecs_operations/", "rules/")}


def test_a_drawing_has_a_frame_for_each_folder_and_an_arrow_for_each_import():
    above, below = Node("a/", "x.py"), Node("b/", "y/")
    assert picture.mermaid({above: frozenset({below}), below: frozenset()}).splitlines() == [
        "```mermaid",
        "flowchart TB",
        '    subgraph box0["a/"]',
        '        a_x_py["x.py"]',
        "    end",
        '    subgraph box1["b/"]',
        '        b_y["y/"]',
        "    end",
        "    a_x_py --> b_y",
        "```",
    ]


def test_a_drawing_replaces_its_predecessor_and_leaves_the_page():
    page = "before\n<!-- picture: one -->\nold\n<!-- end of picture: one -->\nafter\n"
    assert page_with(page, {"one": "new"}) == page.replace("old", "new")


def test_a_page_without_the_markers_is_refused():
    with pytest.raises(ValueError, match="the markers of the picture 'one' are missing"):
        page_with("<!-- picture: one -->\n", {"one": "new"})
