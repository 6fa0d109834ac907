"""How much is asked of AWS, and what is said when AWS, or the command line, says no."""

import subprocess
from unittest import mock

import pytest
from botocore.exceptions import (
    ConnectTimeoutError,
    DataNotFoundError,
    EndpointConnectionError,
    InvalidRegionError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    ProfileNotFound,
    ReadTimeoutError,
    SSOTokenLoadError,
    UnauthorizedSSOTokenError,
)

from operator_command.connection import Place
from operator_command.errors import Exit
from operator_command.reading.standing import DRAINS_READ
from tests.lambdas.transport import AwsError
from tests.operator_command.large import Cloud, answered
from tests.operator_command.stage import run

DENIED = (
    "User: arn:aws:sts::1:assumed-role/me/x is not authorized to perform: ecs:DescribeServices on resource: "
    "arn:aws:ecs:eu-west-1:1:service/prod/a because no identity-based policy allows the ecs:DescribeServices action"
)

EC2_DENIED = (
    "You are not authorized to perform this operation. User: arn:aws:sts::1:assumed-role/me/x is not authorized to "
    "perform: ec2:DescribeInstances because no identity-based policy allows the ec2:DescribeInstances action"
)


def test_a_thousand_instances_and_twenty_drains_are_read_in_sixty_calls():
    with answered(Cloud(1000, drains=20)) as cloud:
        said = run("status", "--json")
    assert said.code == 0, said.err
    assert len(said.json["instances"]) == 1000
    assert len(said.json["drains"]) == 20
    assert sum(each["exact"] for each in said.json["drains"]) == DRAINS_READ
    assert sum(cloud.calls.values()) <= 60, cloud.calls


def test_drains_whose_tasks_are_not_read_cost_no_call():
    counts = []
    for drains in (DRAINS_READ, 100):
        with answered(Cloud(300, drains=drains)) as cloud:
            run("status")
        counts.append(sum(cloud.calls.values()))
    assert counts[0] == counts[1]


def test_the_screen_of_a_thousand_instances_is_one_screen():
    with answered(Cloud(1000, drains=20)):
        assert len(run("status").out.splitlines()) <= 40


@pytest.mark.parametrize(
    ("operation", "error", "code", "words"),
    [
        ("DescribeServices", AwsError("AccessDenied", DENIED), Exit.DENIED, "AWS denies ecs:DescribeServices on"),
        ("DescribeAlarms", AwsError("AccessDenied", "no"), Exit.DENIED, "AWS denies DescribeAlarms"),
        ("ListServices", AwsError("ThrottlingException", "Rate exceeded"), Exit.LATER, "throttles or fails"),
        ("ListServices", AwsError("ServerException", "x"), Exit.LATER, "try again in a minute"),
        ("DescribeClusters", AwsError("ExpiredTokenException", "x"), Exit.NO_ACCESS, "sign in again"),
        ("GetFunctionConfiguration", AwsError("ResourceNotFoundException", "x"), Exit.NOT_THERE, "no environment of"),
        ("ListServices", AwsError("InvalidParameterException", "odd"), Exit.WRONG, "InvalidParameterException: odd"),
        ("DescribeClusters", NoCredentialsError(), Exit.NO_ACCESS, "no AWS credentials are found"),
        ("DescribeClusters", NoRegionError(), Exit.NO_ACCESS, "name one with --region"),
        ("DescribeClusters", ProfileNotFound(profile="me"), Exit.NO_ACCESS, "(me) could not be found"),
        ("DescribeClusters", EndpointConnectionError(endpoint_url="http://x"), Exit.NO_ACCESS, "nobody answers"),
        ("ListServices", AwsError("UnauthorizedOperation", EC2_DENIED), Exit.DENIED, "denies ec2:DescribeInstances;"),
        ("DescribeClusters", AwsError("AuthFailure", "x"), Exit.NO_ACCESS, "sign in again"),
        ("DescribeClusters", AwsError("RequestExpired", "x"), Exit.NO_ACCESS, "sign in again"),
        ("DescribeClusters", UnauthorizedSSOTokenError(), Exit.NO_ACCESS, "aws sso login"),
        ("DescribeClusters", SSOTokenLoadError(error_msg="x"), Exit.NO_ACCESS, "aws sso login"),
        ("DescribeClusters", InvalidRegionError(region_name="eu_west"), Exit.USAGE, "eu_west"),
        ("DescribeClusters", ParamValidationError(report="too\nlong"), Exit.USAGE, "too long"),
        ("DescribeClusters", ReadTimeoutError(endpoint_url="http://x"), Exit.LATER, "try again"),
        ("DescribeClusters", DataNotFoundError(data_path="x"), Exit.WRONG, "the AWS SDK gives up"),
        ("DescribeClusters", ConnectTimeoutError(endpoint_url="http://x"), Exit.LATER, "AWS gave no answer"),
    ],
)  # fmt: skip
def test_an_error_of_aws_is_one_sentence_and_an_exit_code(operation, error, code, words):
    with answered(Cloud(3, refuse={operation: error})):
        said = run("status", "--cluster", "prod")
    assert (said.code, said.out) == (code, "")
    assert said.err.startswith("error: ")
    assert words in said.err
    assert said.err.count("\n") == 1


def test_a_fault_of_the_command_itself_is_not_hidden():
    with answered(Cloud(3, refuse={"ListServices": KeyError("x")})), pytest.raises(KeyError):
        run("status", "--cluster", "prod")


def test_a_cluster_that_is_not_there_is_told_with_those_that_are():
    with answered(Cloud(3)):
        said = run("status", "--cluster", "staging")
    assert (said.code, said.err) == (5, "error: staging: no such cluster in eu-west-1; there: prod\n")


@pytest.mark.parametrize("arguments", [("stauts",), ("status", "--clsuter", "x"), ("status", "x")])
def test_a_command_line_that_is_not_understood_ends_with_2(arguments):
    assert run(*arguments).code == Exit.USAGE


def test_what_a_command_is_given_wins_over_what_the_group_is_given():
    given = Place(cluster="a", region="r").over(Place(cluster="b", stack="s", profile="p"))
    assert given == Place(cluster="a", stack="s", region="r", profile="p")


@pytest.mark.parametrize(
    ("arguments", "cluster"),
    [
        (("--cluster", "prod", "status", "--json"), "prod"),
        (("status", "--json", "--cluster", "prod"), "prod"),
        (("--stack", "s", "status", "--json"), "prod"),
        (("status", "--json"), None),
    ],
)
def test_the_variable_names_the_cluster_only_where_the_command_line_does_not(arguments, cluster):
    run_it, found = pulumi(0, '{"clusterName": "prod", "region": "eu-west-3"}')
    variable = mock.patch.dict("os.environ", {"ECS_PLATFORM_CLUSTER": "staging"})
    with run_it, found, answered(Cloud(3)), variable:
        said = run(*arguments)
    if cluster is None:
        assert "staging: no such cluster" in said.err
    else:
        assert said.json["cluster"] == cluster


def pulumi(code, out="", err=""):
    done = subprocess.CompletedProcess([], code, stdout=out, stderr=err)
    return mock.patch("subprocess.run", return_value=done), mock.patch("shutil.which", return_value="/bin/pulumi")


def test_the_stack_names_cluster_and_region():
    run_it, found = pulumi(0, '{"clusterName": "prod", "region": "eu-west-3"}')
    with run_it as asked, found, answered(Cloud(3)):
        said = run("--stack", "acme/ecs/prod", "status", "--json")
    assert (said.json["cluster"], said.json["region"]) == ("prod", "eu-west-3")
    assert asked.call_args.args[0][1:] == ["stack", "output", "--stack", "acme/ecs/prod", "--json", "--non-interactive"]


@pytest.mark.parametrize(
    ("code", "out", "err", "words"),
    [
        (255, "", "warning\nerror: no stack named 'x' found", "of the stack x: no stack named 'x' found"),
        (0, "{}", "", "exports no platform"),
    ],
)
def test_a_stack_that_tells_no_platform(code, out, err, words):
    run_it, found = pulumi(code, out, err)
    with run_it, found, answered(Cloud(3)):
        said = run("status", "--stack", "x")
    assert said.code == Exit.NOT_THERE
    assert words in said.err


def test_without_pulumi_a_stack_cannot_be_named():
    with mock.patch("shutil.which", return_value=None):
        assert run("status", "--stack", "x").code == Exit.USAGE
