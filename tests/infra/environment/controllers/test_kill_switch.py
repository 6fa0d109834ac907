import pulumi_aws as aws

from infra.environment.controllers.kill_switch import KillSwitch, KillSwitchArgs
from lambdas.cluster.switch import PAUSED
from tests.support.builders import LOCATION, some_conventions
from tests.support.graph import graph_of


def the_parameter():
    return graph_of(lambda: KillSwitch("main", KillSwitchArgs(conventions=some_conventions()))).one(aws.ssm.Parameter)


def test_controllers_run_until_somebody_pauses_them():
    parameter = the_parameter()
    assert (parameter["type"], parameter["insecureValue"]) == ("String", "running")
    assert parameter["insecureValue"] != PAUSED


def test_a_deployment_does_not_undo_what_an_operator_has_set():
    assert set(the_parameter().ignore_changes) == {"insecureValue", "value"}


def test_its_name_and_its_arn_are_known_in_a_preview():
    made = []
    graph_of(lambda: made.append(KillSwitch("main", KillSwitchArgs(conventions=some_conventions()))), preview=True)
    assert made[0].parameter_name == "/ecs-platform/test/controllers"
    assert made[0].parameter_arn == LOCATION.arn("ssm", "parameter/ecs-platform/test/controllers")
