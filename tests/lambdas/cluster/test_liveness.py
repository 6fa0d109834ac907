import json

from lambdas.cluster import tags
from lambdas.cluster.liveness import completed
from tests.lambdas.instances.builders import a_group


def test_a_pass_over_a_group_counts(capsys):
    assert completed([a_group()], "prod") == 1
    assert capsys.readouterr().out == ""


def test_a_pass_over_nothing_does_not_count_and_says_what_is_missing(capsys):
    assert completed([], "prod") == 0
    line = json.loads(capsys.readouterr().out)
    assert (line["level"], line["event"]) == ("ERROR", "no group")
    assert f"{tags.CLUSTER}=prod" in line["remedy"]
