"""An account for the checks of preflight: stubs of the API that answer as a test says."""

import boto3
from botocore.stub import Stubber

from infra.common.location import Location
from infra.environment.settings import Settings
from operator_command.reading.preflight import Preflight, settings_of
from tests.support.stack_files import ROOT

PROD, DEV = settings_of("prod", ROOT), settings_of("dev", ROOT)
LOCATION = Location(partition="aws", region="eu-central-1", account="123456789012")
ZONE_ID = "Z0123456789ABCDEFGHIJ"
ZONE = {"Id": f"/hostedzone/{ZONE_ID}", "Name": "example.com.", "CallerReference": "1"}


class Account:
    """Stubbed clients: `answers` are (service, operation, answer or error code)."""

    def __init__(self, *answers):
        self.stubs = {}
        for service, operation, answer in answers:
            stub = self.stub(service)
            if isinstance(answer, str):
                stub.add_client_error(operation, answer, "the credentials may not")
            else:
                stub.add_response(operation, answer)

    def stub(self, service):
        if service not in self.stubs:
            client = boto3.client(
                service, region_name="eu-central-1", aws_access_key_id="test", aws_secret_access_key="test"
            )
            self.stubs[service] = Stubber(client)
            self.stubs[service].activate()
        return self.stubs[service]

    def client(self, service):
        return self.stub(service).client

    def check(self, name: str, settings: Settings = PROD):
        found = list(getattr(Preflight(settings=settings, client=self.client), name)())
        for stub in self.stubs.values():
            stub.assert_no_pending_responses()
        return [(one.verdict, one.text) for one in found]


def quota(value: float):
    return ("service-quotas", "get_service_quota", {"Quota": {"Value": value}})


def instances(*kinds: str):
    found = [{"InstanceType": kind} for kind in kinds]
    return ("ec2", "describe_instances", {"Reservations": [{"Instances": found}]})


def subnet(name="ecs-prod-private-eu-central-1a", environment="prod", free=4000):
    tags = {"Name": name, "environment": environment, "managed-by": "ecs-platform", "owner": "me"}
    return {
        "SubnetId": "s1", "AvailabilityZone": "eu-central-1a", "CidrBlock": "10.0.32.0/24",
        "AvailableIpAddressCount": free, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }  # fmt: skip
