"""What can be taken out of the source, and the rules of the policy pack that have to notice it.

With them every rule that no other catalogue has fails a preview, but for service-subnets-multi-az and
taskdef-fits-instance: in an application they need resources of the platform's stack, and are not judged.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """One change of one file."""

    file: str
    old: str
    new: str = ""

    def __call__(self, source: str) -> str:
        """Return the source without the safeguard; raise ValueError when it is not there."""
        if self.old not in source:
            raise ValueError(f"{self.file} does not hold {self.old!r}")
        return source.replace(self.old, self.new, 1)


@dataclass(frozen=True)
class Mutation:
    """A safeguard that is taken out, and the rules that notice."""

    says: str
    rules: frozenset[str]
    edits: tuple[Edit, ...]


def _one(says: str, rules: str, file: str, old: str, new: str = "") -> Mutation:
    return Mutation(says, frozenset(rules.split()), (Edit(f"infra/{file}", old, new),))


PROVIDER = """
        aws.ecs.CapacityProvider(
            f"{name}-provider",
            auto_scaling_group_provider={
                "auto_scaling_group_arn": self.group.arn, "managed_scaling": {"status": "ENABLED"},
            },
            opts=self._child_opts,
        )"""
NEEDS = "self.group = self._group(template, needs)"

INSTANCES = "environment/instances"
CONTROLLERS = "environment/controllers"
BALANCER = "environment/load_balancer"
NETWORK = "environment/network"

OF_THE_PLATFORM = (
    _one("metadata without a session", "lt-imdsv2", f"{INSTANCES}/instances.py", '"required"', '"optional"'),
    _one("volumes in the open", "lt-ebs-encrypted", f"{INSTANCES}/instances.py", '"encrypted": "true"', '"encrypted": "false"'),
    _one("one zone for all instances", "asg-multi-az", f"{INSTANCES}/instances.py",
         "=args.network.private_subnet_ids", "=args.network.private_subnet_ids[:1]"),
    _one("one instance", "asg-min-capacity", f"{INSTANCES}/instances.py", "min_size=args.min_size", "min_size=1"),
    _one("a suspended process", "asg-processes-not-suspended", f"{INSTANCES}/instances.py",
         "metrics_granularity=", 'suspended_processes=["ReplaceUnhealthy"], metrics_granularity='),
    _one("sizes that Pulumi ignores", "no-ignore-changes-on-guarded", f"{INSTANCES}/instances.py",
         '"initialLifecycleHooks",', '"initialLifecycleHooks", "minSize",'),
    _one("Spot without rebalancing", "asg-capacity-rebalance", f"{INSTANCES}/instances.py",
         ": args.on_demand_percent,", ": 50,"),
    _one("instances that live a year", "asg-max-instance-lifetime", f"{INSTANCES}/instances.py",
         "metrics_granularity=", "max_instance_lifetime=31536000, metrics_granularity="),
    _one("two drainers and two scalers", "asg-single-drain-owner capacity-scaling-present", f"{INSTANCES}/instances.py",
         NEEDS, NEEDS + PROVIDER),
    _one("tasks with the role of the instance", "lt-ecs-agent-config", f"{INSTANCES}/user_data.py",
         '"ECS_AWSVPC_BLOCK_IMDS": "true"', '"ECS_AWSVPC_BLOCK_IMDS": "false"'),
    _one("no terminating hook", "asg-termination-hook", f"{INSTANCES}/hooks.py",
         '"autoscaling:EC2_INSTANCE_TERMINATING"', '"autoscaling:EC2_INSTANCE_LAUNCHING"'),
    _one("a hook without a default", "drain-hook-default-result", f"{INSTANCES}/hooks.py",
         'default_result="ABANDON" if args.retain_abandoned else "CONTINUE",'),
    _one("a deadline that is too short", "drain-time-budget", f"{CONTROLLERS}/instance_controller.py",
         "environment=settings.environment(),",
         'environment={**settings.environment(), "DRAIN_DEADLINE_S": "120"},'),
    Mutation("a controller that may not end a drain", frozenset({"asg-drain-handler-wired", "event-target-wired"}), (
        Edit(f"infra/{CONTROLLERS}/instance_controller.py", '"autoscaling:CompleteLifecycleAction"', '"autoscaling:EnterStandby"'),
        Edit(f"infra/{CONTROLLERS}/controller.py", 'principal="events.amazonaws.com"', 'principal="sns.amazonaws.com"'),
    )),
    _one("a controller that may not drain", "drain-handler-permissions", f"{CONTROLLERS}/instance_controller.py",
         '"ecs:UpdateContainerInstancesState"', '"ecs:DescribeTasks"'),
    _one("a controller that may not roll out", "asg-instance-refresh asg-max-instance-lifetime",
         f"{CONTROLLERS}/instance_controller.py", '"autoscaling:StartInstanceRefresh"', '"autoscaling:SetInstanceHealth"'),
    _one("a controller that may not scale", "capacity-scaling-present", f"{CONTROLLERS}/capacity_controller.py",
         '"autoscaling:SetDesiredCapacity"', '"autoscaling:SetInstanceHealth"'),
    _one("functions that log elsewhere", "logs-group-for-every-producer", f"{CONTROLLERS}/function.py",
         '"log_group": f"/aws/lambda/', '"log_group": f"/elsewhere/'),
    _one("functions that fail unheard", "alarms-required-set", f"{CONTROLLERS}/function.py", "metric=metric", 'metric="Duration"'),
    _one("events that are dropped", "event-target-wired", f"{CONTROLLERS}/controller.py",
         "            dead_letter_config=", "            input_path=None and "),
    _one("an alias that does not look", "route53-alias-evaluates-health", f"{BALANCER}/load_balancer.py",
         '"evaluate_target_health": True', '"evaluate_target_health": False'),
    _one("a zone without the load balancer", "alb-multi-az asg-alb-service-azs-agree", f"{BALANCER}/load_balancer.py",
         "subnets=args.network.public_subnet_ids", "subnets=args.network.public_subnet_ids[:2]"),
    _one("a record that is remembered", "dns-ttl-bounds", f"{BALANCER}/certificate.py", "ttl=60", "ttl=86400"),
    _one("logs that go with their bucket", "prod-protect", f"{BALANCER}/access_logs.py",
         "force_destroy=not args.keep_on_destroy", "force_destroy=True"),
    _one("one way out for all zones", "vpc-nat-per-az", f"{NETWORK}/network.py",
         '"perZone": list(public)', '"perZone": list(public)[:1]'),
    _one("no flow logs", "vpc-flow-logs", f"{NETWORK}/network.py", "        FlowLogs(", "        (lambda *_: None)("),
)  # fmt: skip

OF_THE_SHOP = (
    _one("requests cut in flight", "tg-deregistration-delay-bounded", "services/target_group.py",
         "=route.deregistration_delay_s", "=0"),
    _one("targets that are instances", "tg-target-type-matches-network-mode", "services/target_group.py", '"ip"', '"instance"'),
    _one("no time to start", "service-health-grace-period", "services/service.py", "=deployment.grace_s if target_group else None", "=None"),
    _one("no way back", "service-circuit-breaker", "services/service.py",
         'deployment_circuit_breaker={"enable": True, "rollback": True}',
         'deployment_circuit_breaker={"enable": True, "rollback": False}'),
    _one("no room to move", "service-min-healthy service-az-rebalancing", "services/service.py",
         "=deployment.maximum_percent", "=100"),
    _one("one task", "service-desired-at-least-two", "services/task_scaling.py", "=args.scaling.minimum", "=1"),
    _one("tasks packed on hosts", "service-spread-across-azs", "services/service.py",
         "=list(args.placement.strategies)", "=list(args.placement.strategies)[1:]"),
    _one("tasks that stay where a failure put them", "service-az-rebalancing", "services/service.py",
         '"ENABLED" if rebalances', '"DISABLED" if rebalances'),
    _one("a security group that is not their own", "service-own-security-group", "services/service.py",
         "security_groups=[self.security_group_id]",
         "security_groups=[self._args.platform.load_balancer_security_group_id]"),
    _one("no scaling policy", "service-autoscaling-present", "services/task_scaling.py",
         " in args.scaling.targets.items()", " in ()"),
    _one("a count that is set back", "service-desired-count-ignored", "services/service.py",
         'ignore_changes=["desiredCount"]', "ignore_changes=[]"),
    _one("addresses of the dead", "service-registry-health", "services/service.py",
         'health_check_custom_config={"failure_threshold": 1},'),
    _one("addresses that are remembered", "dns-ttl-bounds", "services/service.py", "DNS_TTL_S}", "600}"),
    _one("no memory limit", "taskdef-memory-limit", "services/task.py", "memory=str(args.memory_mib),"),
    _one("an image that moves", "taskdef-image-pinned", "services/container.py", '"image": image,', '"image": "web:latest",'),
    _one("an end that nobody chose", "taskdef-stop-timeout", "services/container.py",
         '"stopTimeout": container.stop_timeout_s,'),
    _one("tasks that hang unseen", "taskdef-container-health-check", "services/container.py",
         "if container.health_command:", "if False:"),
    _one("no alarm on too few tasks", "alarms-required-set", "services/service.py", '"CPUUtilization"', '"Whatever"'),
)  # fmt: skip
