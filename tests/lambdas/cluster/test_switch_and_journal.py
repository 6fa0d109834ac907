"""The kill switch, the metrics and the journal that all controllers share."""

import json
import re
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from lambdas.cluster import clients, journal, metrics, switch
from tests.lambdas.transport import AwsError, fake_clients


def read(value):
    answer = {"Parameter": {"Name": "/p", "Value": value}}
    return switch.read_switch(fake_clients(lambda *_: answer).ssm, "/p")


@pytest.mark.parametrize(
    ("value", "paused", "understood"),
    [
        ("paused", True, True),
        (" Paused\n", True, True),
        ("running", False, True),
        ("RUNNING ", False, True),
        ("pause", True, False),
        ("true", True, False),
        ("", True, False),
    ],
)
def test_what_is_not_understood_pauses_and_is_measured(value, paused, understood):
    found = read(value)
    assert (found.paused, found.understood) == (paused, understood)
    assert switch.switch_values(found) == {"Paused": float(paused), "SwitchUnknown": float(not understood)}


@pytest.mark.parametrize("value", ["pause", "x", "", "running\n", "Paused"])
def test_the_parameter_takes_no_other_word(value):
    assert re.search(switch.ALLOWED, "running")
    assert re.search(switch.ALLOWED, "paused")
    assert not re.fullmatch(switch.ALLOWED, value)


def failing(code):
    def respond(*_):
        raise AwsError(code)

    return fake_clients(respond).ssm


def test_a_missing_switch_means_running_and_an_unreadable_one_means_no_pass():
    assert switch.read_switch(failing("ParameterNotFound"), "/p") == switch.Switch(paused=False)
    with pytest.raises(ClientError):
        switch.read_switch(failing("AccessDeniedException"), "/p")


def test_metrics_are_written_in_one_call_per_thousand():
    seen = []
    aws = fake_clients(lambda service, operation, params: seen.append(params) or {})
    values = {f"M{number}": float(number) for number in range(1001)}
    metrics.publish(aws.cloudwatch, "Ours", metrics.counts(values, {"Cluster": "prod"}))
    assert [len(each["MetricData"]) for each in seen] == [1000, 1]
    assert seen[0]["Namespace"] == "Ours"
    assert seen[0]["MetricData"][0]["Dimensions"] == [{"Name": "Cluster", "Value": "prod"}]


def test_the_journal_writes_one_line_of_json(capsys):
    journal.write(
        "Complete", "WARN", at=datetime(2026, 1, 1, tzinfo=UTC), names=frozenset({"b", "a"}), other=ValueError("x")
    )
    (line,) = capsys.readouterr().out.splitlines()
    read = json.loads(line)
    assert (read["event"], read["level"], read["at"]) == ("Complete", "WARN", "2026-01-01T00:00:00+00:00")
    assert (read["names"], read["other"]) == (["a", "b"], "x")
    assert datetime.fromisoformat(read["timestamp"]).tzinfo is not None


def test_clients_are_made_once(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    clients.clients.cache_clear()
    assert clients.clients() is clients.clients()
    assert vars(clients.CONFIG)["retries"] == {"mode": "standard", "total_max_attempts": 5}
