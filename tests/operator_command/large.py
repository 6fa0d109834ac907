"""A cluster of any size without a network: what AWS answers to every call of `status`, and a count of the calls."""

from contextlib import contextmanager
from unittest import mock

from botocore.client import BaseClient
from botocore.exceptions import ClientError
from botocore.validate import validate_parameters

from operator_command.connection import VARIABLE
from tests.lambdas.capacity.capacity_api import Api
from tests.lambdas.transport import AwsError
from tests.operator_command.stage import CAPACITY, INSTANCES

VARIABLES = {
    f"prod-{name}": settings.environment() | {"TARGET_CLUSTER": "prod"}
    for name, settings in (("instances", INSTANCES), ("capacity", CAPACITY))
}


class Cloud(Api):
    """The capacity controller's fake cluster, with what an operator asks besides. `refuse` raises for an operation."""

    def __init__(self, instances, services=50, *, drains=0, refuse=None):
        super().__init__(instances, services, desired=2)
        self.gone, self.refuse = set(range(drains)), refuse or {}

    def __call__(self, service, operation, params):
        if operation in self.refuse:
            raise self.refuse[operation]
        return super().__call__(service, operation, params)

    def DescribeClusters(self, params):
        return {
            "clusters": [{"clusterName": name, "status": "ACTIVE"} for name in params["clusters"] if name == "prod"]
        }

    def ListClusters(self, params):
        return {"clusterArns": ["arn:aws:ecs:eu-west-1:123456789012:cluster/prod"]}

    def GetFunctionConfiguration(self, params):
        return {"Environment": {"Variables": VARIABLES[params["FunctionName"]]}}

    def FilterLogEvents(self, params):
        return {"events": []}

    def DescribeAlarms(self, params):
        return {"MetricAlarms": []}

    def DescribeServices(self, params):
        arns = [one if one.startswith("arn:") else self.arn("service", one) for one in params["services"]]
        return super().DescribeServices({"services": arns})

    def DescribeInstances(self, params):
        return {"Reservations": []}

    def DescribeScalingActivities(self, params):
        return {"Activities": []}

    def DescribeTasks(self, params):
        host = params["tasks"][0].rpartition("-")[0]
        return {
            "tasks": [
                {
                    "taskArn": arn, "containerInstanceArn": host, "group": "service:s0", "desiredStatus": "RUNNING",
                    "lastStatus": "RUNNING", "taskDefinitionArn": f"{self.prefix}task-definition/s0:1",
                }
                for arn in params["tasks"]
            ]
        }  # fmt: skip

    def ListTasks(self, params):
        if params.get("desiredStatus") != "RUNNING":
            return {"taskArns": []}
        return {"taskArns": [f"{params['containerInstance']}-{number}" for number in range(4)]}

    def __getattr__(self, name):
        if name.startswith("List"):
            return lambda params: {}
        raise AttributeError(name)


class Served(Cloud):
    """Its services are described with all that the commands for one of them need."""

    def DescribeServices(self, params):
        return {
            "services": [
                each | {"serviceName": "s0", "runningCount": 1, "taskDefinition": f"{self.prefix}task-definition/s0:1"}
                for each in super().DescribeServices(params)["services"]
            ]
        }


@contextmanager
def answered(cloud):
    """Every boto3 client of the process is answered by the cloud; the answers hold to the models of the services."""

    def call(self, operation, params):
        model = self.meta.service_model.operation_model(operation)
        try:
            parsed = dict(cloud(self.meta.service_model.service_name, operation, params))
        except AwsError as error:
            told = {
                "Error": {"Code": error.code, "Message": error.message},
                "ResponseMetadata": {"HTTPStatusCode": 400},
            }
            known = self.exceptions.from_code(error.code) if error.code == "ParameterNotFound" else ClientError
            raise known(told, operation) from error
        if model.output_shape is not None:
            validate_parameters(parsed, model.output_shape)
        return parsed

    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "eu-west-1", VARIABLE: ""}
    with mock.patch.object(BaseClient, "_make_api_call", call), mock.patch.dict("os.environ", keys):
        yield cloud
