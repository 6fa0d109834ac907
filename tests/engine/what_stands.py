"""What an account of the emulator holds."""

from tests.engine.workspace import Workspace


def what_stands(space: Workspace) -> dict[str, list]:
    """What an account holds of the kinds that cost money or block a name; AWS's own defaults are not counted."""
    ec2, ecs = space.client("ec2"), space.client("ecs")
    groups = space.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    instances = [one for all_ in ec2.describe_instances()["Reservations"] for one in all_["Instances"]]
    return {
        "vpcs": [one["VpcId"] for one in ec2.describe_vpcs()["Vpcs"] if not one["IsDefault"]],
        "addresses": ec2.describe_addresses()["Addresses"],
        "gateways": [one for one in ec2.describe_nat_gateways()["NatGateways"] if one["State"] != "deleted"],
        "templates": ec2.describe_launch_templates()["LaunchTemplates"],
        "instances": [one["InstanceId"] for one in instances if one["State"]["Name"] != "terminated"],
        "groups": [one["AutoScalingGroupName"] for one in groups],
        "clusters": [
            one["clusterArn"]
            for one in ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"]
            if one["status"] == "ACTIVE"
        ],
        "logs": [one["logGroupName"] for one in space.client("logs").describe_log_groups()["logGroups"]],
        "roles": [one["RoleName"] for one in space.client("iam").list_roles()["Roles"]],
        "queues": space.client("sqs").list_queues().get("QueueUrls", []),
        "rules": space.client("events").list_rules()["Rules"],
    }


def left_over(space: Workspace) -> dict[str, list]:
    """What should be gone after a destroy, by kind; empty if nothing is left."""
    return {kind: found for kind, found in what_stands(space).items() if found}
