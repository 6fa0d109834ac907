"""The table of docs/security.md: every statement of every document that the program renders."""

import json

from tests.support.stack_files import ROOT
from tools import reach_page
from tools.reach_page import Reach, reaches, table
from tools.recorded_program import recorded


def test_the_table_is_what_the_program_renders(capsys):
    assert reach_page.main(["--check"]) == 0, capsys.readouterr().err


def test_a_page_that_differs_is_found_and_mended(tmp_path, monkeypatch, capsys):
    page = tmp_path / "security.md"
    page.write_text((ROOT / "docs" / "security.md").read_text().replace("`kms`", "`s3`"))
    monkeypatch.setattr(reach_page, "PAGE", page)
    monkeypatch.setattr(reach_page, "ROOT", tmp_path)
    assert reach_page.main(["--check"]) == 1
    assert "security.md differs from the rendered documents" in capsys.readouterr().err
    assert reach_page.main([]) == 0
    assert page.read_text() == (ROOT / "docs" / "security.md").read_text()


def test_no_statement_of_any_document_is_left_out():
    graph = recorded("prod")
    texts = [text for node in graph.nodes for text in node.inputs.values() if isinstance(text, str)]
    statements = [one for text in texts if '"Statement"' in text for one in json.loads(text)["Statement"]]
    assert len(reaches(graph)) == len(statements) > 40


def test_a_row_says_who_may_do_what_where_and_when():
    reach = Reach(
        who="role a",
        effect="Allow",
        actions=["ecs:ListTasks", "ecs:StopTask", "ssm:*"],
        resources=["arn:aws:ecs:eu-central-1:123456789012:task/a/*", "arn:aws:s3:::b"],
        conditions={"ArnEquals": {"ecs:cluster": "arn:aws:ecs:eu-central-1:123456789012:cluster/a"}},
        document="a-role",
    )
    assert table([reach]).splitlines()[2] == (
        r"| `role a` | `ecs`: ListTasks, StopTask; `ssm`: \* | `ecs:task/a/*`<br>`s3:b` "
        "| ecs:cluster ArnEquals `ecs:cluster/a` | a-role |"
    )
