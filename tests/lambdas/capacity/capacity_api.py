"""What AWS answers to the controller: a cluster of many instances and services, page by page."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from lambdas.cluster import tags
from tests.lambdas.transport import AwsError

PREFIX = "arn:aws:ecs:eu-west-1:123456789012:"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")


class Api:
    """Instances with 4 CPU slots each, of which the first `busy` are full; services with one task definition each."""

    group = "group"
    network_interfaces = 40
    free_addresses: tuple[int, ...] = (4091, 3000, 4000)
    surplus = 1.0
    daemons: frozenset[str] = frozenset()
    """Names of the services that run one task on every instance."""

    def __init__(
        self, instances=0, services=0, *, busy=0, desired=0, paused=False, history=0, cluster="prod", prefix=PREFIX
    ):
        self.count, self.busy, self.paused = instances, busy, paused
        self.cluster, self.prefix = cluster, prefix
        self.services = {self.arn("service", f"s{n}"): desired for n in range(services)}
        self.arns = [self.arn("container-instance", n) for n in range(instances)]
        self.size, self.history = instances, history
        self.gone: set[int] = set()
        self.calls: Counter[str] = Counter()
        self.parameters: dict[str, str] = {}
        self.published: dict[str, float] = {}
        self.short: dict[str, float] = {}

    def __call__(self, service, operation, params):
        self.calls[operation] += 1
        return getattr(self, operation)(params) or {}

    def arn(self, kind, name):
        return f"{self.prefix}{kind}/{self.cluster}/{name}"

    def GetParameter(self, params):
        own = self.parameters.get(params["Name"])
        return {"Parameter": {"Name": params["Name"], "Value": own or ("paused" if self.paused else "running")}}

    def PutParameter(self, params):
        self.parameters[params["Name"]] = params["Value"]
        return {"Version": 1}

    def PutMetricData(self, params):
        assert params["Namespace"] == f"EcsPlatform/{self.cluster}"
        assert params["MetricData"][0]["Dimensions"] == [
            {"Name": "Cluster", "Value": self.cluster},
            {"Name": "Controller", "Value": "capacity"},
        ]
        self.published = {each["MetricName"]: each["Value"] for each in params["MetricData"] if _own(each)}
        self.short = {each["Dimensions"][1]["Value"]: each["Value"] for each in params["MetricData"] if not _own(each)}

    def GetMetricStatistics(self, params):
        minutes = range(1, self.history + 1)
        return {
            "Datapoints": [
                {"Timestamp": params["EndTime"] - timedelta(minutes=m), "Minimum": self.surplus} for m in minutes
            ]
        }

    def GetMetricData(self, params):
        asked = [each["Id"] for each in params["MetricDataQueries"]]
        return {"MetricDataResults": [{"Id": each, "Timestamps": [], "Values": []} for each in asked]}

    def DescribeAutoScalingGroups(self, params):
        members = [
            {
                "InstanceId": f"i-{n}",
                "InstanceType": "m7g.large",
                "AvailabilityZone": ZONES[n % 3],
                "LifecycleState": "Terminating:Wait" if n in self.gone else "InService",
                "HealthStatus": "Healthy",
                "ProtectedFromScaleIn": False,
            }
            for n in range(self.count)
        ]
        group = {
            "AutoScalingGroupName": self.group,
            "MinSize": 0,
            "MaxSize": 5000,
            "DesiredCapacity": self.size,
            "DefaultCooldown": 300,
            "AvailabilityZones": list(ZONES),
            "VPCZoneIdentifier": "subnet-a,subnet-b,subnet-c",
            "HealthCheckType": "EC2",
            "CreatedTime": NOW,
            "Tags": [{"Key": tags.CLUSTER, "Value": self.cluster}],
            "Instances": members,
        }
        return {"AutoScalingGroups": [group]}

    def DescribeNetworkInterfaces(self, params):
        start = int(params.get("NextToken", "0"))
        count = min(params["MaxResults"], self.network_interfaces - start)
        more = {"NextToken": str(start + count)} if start + count < self.network_interfaces else {}
        return {"NetworkInterfaces": [{} for _ in range(count)], **more}

    def GetServiceQuota(self, params):
        assert (params["ServiceCode"], params["QuotaCode"]) == ("vpc", "L-DF5E4CA3")
        return {"Quota": {"Value": 5000.0}}

    def DescribeSubnets(self, params):
        free = dict(zip(("subnet-a", "subnet-b", "subnet-c"), self.free_addresses, strict=True))
        return {
            "Subnets": [
                {"SubnetId": each, "CidrBlock": "10.0.0.0/20", "AvailableIpAddressCount": free[each]}
                for each in params["SubnetIds"]
            ]
        }

    def DescribeInstanceRefreshes(self, params):
        return {"InstanceRefreshes": []}

    def SetDesiredCapacity(self, params):
        if params.get("HonorCooldown"):
            raise AwsError("ScalingActivityInProgress", "the group's cooldown is not over")
        self.size = params["DesiredCapacity"]

    def TerminateInstanceInAutoScalingGroup(self, params):
        self.gone.add(int(params["InstanceId"].removeprefix("i-")))
        self.size -= params["ShouldDecrementDesiredCapacity"]
        return {}

    def ListContainerInstances(self, params):
        return self._page(self.arns, params, "containerInstanceArns")

    def DescribeContainerInstances(self, params):
        assert len(params["containerInstances"]) <= 100
        return {"containerInstances": [self._instance(arn) for arn in params["containerInstances"]]}

    def ListServices(self, params):
        return self._page(list(self.services), params, "serviceArns")

    def DescribeServices(self, params):
        assert len(params["services"]) <= 10
        return {"services": [self._service(arn) for arn in params["services"]]}

    def DescribeTaskDefinition(self, params):
        container = {"name": "app", "image": "shop:1", "cpu": 512, "memory": 1000}
        arn = params["taskDefinition"]
        return {
            "taskDefinition": {"taskDefinitionArn": arn, "networkMode": "awsvpc", "containerDefinitions": [container]}
        }

    def ListTasks(self, params):
        return {"taskArns": []}

    def _page(self, items, params, key):
        start = int(params.get("nextToken", "0"))
        size = params["maxResults"]
        more = {"nextToken": str(start + size)} if start + size < len(items) else {}
        return {key: items[start : start + size], **more}

    def _instance(self, arn):
        number = int(arn.rpartition("/")[2])
        free = 0 if number < self.busy else 2048
        return {
            "containerInstanceArn": arn,
            "ec2InstanceId": f"i-{number}",
            "status": "ACTIVE",
            "agentConnected": True,
            "runningTasksCount": 0 if free else 4,
            "registeredResources": resources(2048, 7700),
            "remainingResources": resources(free, 7700 if free else 3700),
            "attributes": [
                {"name": "ecs.instance-type", "value": "m7g.large"},
                {"name": "ecs.availability-zone", "value": ZONES[number % 3]},
                {"name": tags.TRUNK_ATTRIBUTE, "value": "trunk"},
            ],
        }

    def _service(self, arn) -> dict[str, Any]:
        deployment = {
            "status": "PRIMARY",
            "taskDefinition": f"{self.prefix}task-definition/{arn.rpartition('/')[2]}:1",
            "desiredCount": self.services[arn],
            "rolloutState": "COMPLETED",
            "updatedAt": NOW,
        }
        return {
            "serviceName": arn.rpartition("/")[2],
            "status": "ACTIVE",
            "schedulingStrategy": "DAEMON" if arn.rpartition("/")[2] in self.daemons else "REPLICA",
            "desiredCount": self.services[arn],
            "launchType": "EC2",
            "deployments": [deployment],
        }


class Apart(Api):
    """A service whose tasks must not meet, with one of them on the first instance."""

    def DescribeServices(self, params):
        found = super().DescribeServices(params)["services"]
        return {"services": [each | {"placementConstraints": [{"type": "distinctInstance"}]} for each in found]}

    def ListTasks(self, params):
        assert params["serviceName"] == "s0"
        return {"taskArns": [self.arn("task", 0)]}

    def DescribeTasks(self, params):
        return {"tasks": [{"taskArn": params["tasks"][0], "containerInstanceArn": self.arns[0]}]}


class Busier(Api):
    """One task on each instance, one instance that does not register, and a service whose tasks must not meet."""

    def __init__(self, *, protect, **where):
        super().__init__(9, 1, history=12, **where)
        self.arns, self.protect = self.arns[:-1], protect

    def ListTasks(self, params):
        running = params.get("desiredStatus", "RUNNING") == "RUNNING"
        return {"taskArns": [self.arn("task", params["containerInstance"][-1])] if running else []}

    def DescribeTasks(self, params):
        task = {
            "group": "service:s0",
            "lastStatus": "RUNNING",
            "taskDefinitionArn": f"{self.prefix}task-definition/s0:1",
        }
        return {"tasks": [{"taskArn": arn, **task} for arn in params["tasks"]]}

    def GetTaskProtection(self, params):
        if self.protect == "unknown":
            raise AwsError("ServerException")
        return {"protectedTasks": [{"taskArn": arn, "protectionEnabled": self.protect} for arn in params["tasks"]]}

    def DescribeInstances(self, params):
        return {"Reservations": []}


def resources(cpu, memory):
    return [
        {"name": "CPU", "type": "INTEGER", "integerValue": cpu},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": memory},
    ]


def _own(datum):
    return [each["Name"] for each in datum["Dimensions"]] == ["Cluster", "Controller"]
