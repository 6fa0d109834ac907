"""What AWS measures of the types that the pack knows, and what a number of it means.

Source: the CloudWatch pages of each service's guide, as "CloudWatch metrics for your Application Load Balancer"; the
list of namespaces: Amazon CloudWatch user guide, AWS services that publish CloudWatch metrics.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from math import inf


class Kind(Enum):
    """What the samples of a metric are, and so which statistic says something."""

    COUNT = "events; every sample is 1, and without an event there is none"
    FLAG = "0 or 1 a request"
    LEVEL = "a number of things at a time"
    SHARE = "percent"
    OTHER = "times, bytes, requests"


@dataclass(frozen=True)
class Meaning:
    """What a metric is."""

    kind: Kind
    worse: str = ""
    """`high` or `low`, whatever an alarm is for; empty where both may be meant, as for scaling."""
    most: float = inf
    """No value is above it."""


@dataclass(frozen=True)
class Namespace:
    """The metrics of one service."""

    dimensions: frozenset[str]
    """All names of dimensions."""
    needed: frozenset[str]
    """One of these has to be there; empty where a metric of the whole account exists."""
    metrics: dict[str, Meaning] = field(default_factory=dict)
    complete: bool = True
    """Whether no other metric exists."""


FAILURES, FLAGS, BAD, GOOD = (
    Meaning(Kind.COUNT, "high"), Meaning(Kind.FLAG, "high"), Meaning(Kind.LEVEL, "high"), Meaning(Kind.LEVEL, "low"),
)  # fmt: skip
LEVELS, PERCENT, OTHERS = Meaning(Kind.LEVEL), Meaning(Kind.SHARE, most=100), Meaning(Kind.OTHER)
CLIENT_ERRORS = Meaning(Kind.COUNT)
"""Of which a busy site has many."""
BURSTING = Meaning(Kind.SHARE)
"""Percent of what was reserved, of which a task may take more."""


def _namespace(
    dimensions: str, *metrics: tuple[Meaning, str], needed: str | None = None, complete: bool = True
) -> Namespace:
    names = frozenset(dimensions.split())
    return Namespace(
        names,
        names if needed is None else frozenset(needed.split()),
        {name: meaning for meaning, text in metrics for name in text.split()},
        complete,
    )


NAMESPACES = {
    "AWS/ApplicationELB": _namespace(
        "LoadBalancer TargetGroup AvailabilityZone",
        (FAILURES, """
            HTTPCode_ELB_5XX_Count HTTPCode_ELB_500_Count HTTPCode_ELB_502_Count
            HTTPCode_ELB_503_Count HTTPCode_ELB_504_Count HTTPCode_Target_5XX_Count
            ClientTLSNegotiationErrorCount TargetConnectionErrorCount TargetTLSNegotiationErrorCount
            RejectedConnectionCount ELBAuthError ELBAuthFailure ELBAuthUserClaimsSizeExceeded
            LambdaInternalError LambdaUserError HTTP_Redirect_Url_Limit_Exceeded_Count
            DroppedInvalidHeaderRequestCount DesyncMitigationMode_NonCompliant_Request_Count
            ForwardedInvalidHeaderRequestCount
        """),
        (CLIENT_ERRORS, "HTTPCode_ELB_4XX_Count HTTPCode_Target_4XX_Count"),
        (BAD, """
            UnHealthyHostCount AnomalousHostCount UnhealthyStateDNS UnhealthyStateRouting
            UnhealthyRoutingRequestCount
        """),
        (GOOD, "HealthyHostCount HealthyStateDNS HealthyStateRouting"),
        (OTHERS, """
            ActiveConnectionCount BYoIPUtilPercentage ConsumedLCUs GrpcRequestCount HTTP_Fixed_Response_Count
            HTTP_Redirect_Count HTTPCode_ELB_3XX_Count HTTPCode_Target_2XX_Count HTTPCode_Target_3XX_Count
            IPv6ProcessedBytes IPv6RequestCount LambdaTargetProcessedBytes LowReputationPacketsDropped
            LowReputationRequestsDenied MitigatedHostCount NewConnectionCount NonStickyRequestCount PeakLCUs
            ProcessedBytes RequestCount RequestCountPerTarget ReservedLCUs RuleEvaluations
            StandardProcessedBytes TargetResponseTime ELBAuthLatency ELBAuthRefreshTokenSuccess ELBAuthSuccess
            ZonalShiftedHostCount
        """),
        needed="LoadBalancer",
    ),
    "AWS/NetworkELB": _namespace(
        "LoadBalancer TargetGroup AvailabilityZone",
        (FAILURES, """
            ClientTLSNegotiationErrorCount TargetTLSNegotiationErrorCount TCP_Client_Reset_Count
            TCP_ELB_Reset_Count TCP_Target_Reset_Count PortAllocationErrorCount RejectedFlowCount
            RejectedFlowCount_TCP
        """),
        (BAD, "UnHealthyHostCount UnhealthyRoutingFlowCount"),
        (GOOD, "HealthyHostCount ZonalHealthStatus"),
        (OTHERS, """
            ActiveFlowCount ActiveFlowCount_TCP ActiveFlowCount_TLS ActiveFlowCount_UDP ConsumedLCUs
            NewFlowCount NewFlowCount_TCP NewFlowCount_TLS NewFlowCount_UDP ProcessedBytes ProcessedBytes_TCP
            ProcessedBytes_TLS ProcessedBytes_UDP ProcessedPackets PeakPacketsPerSecond
        """),
        needed="LoadBalancer", complete=False,
    ),
    "AWS/GatewayELB": _namespace(
        "LoadBalancer TargetGroup AvailabilityZone",
        (BAD, "UnHealthyHostCount"), (GOOD, "HealthyHostCount"), (FAILURES, "RejectedFlowCount"),
        (OTHERS, "ActiveFlowCount ConsumedLCUs NewFlowCount ProcessedBytes"),
        needed="LoadBalancer", complete=False,
    ),
    "AWS/ECS": _namespace(
        "ClusterName ServiceName DiscoveryName TargetDiscoveryName",
        (PERCENT, "CPUReservation MemoryReservation GPUReservation EBSFilesystemUtilization"),
        (BURSTING, "CPUUtilization MemoryUtilization"),
        (OTHERS, """
            ActiveConnectionCount NewConnectionCount ProcessedBytes RequestCount GrpcRequestCount
            HTTPCode_Target_2XX_Count HTTPCode_Target_3XX_Count HTTPCode_Target_4XX_Count
            HTTPCode_Target_5XX_Count RequestCountPerTarget TargetProcessedBytes TargetResponseTime
            ClientTLSNegotiationErrorCount TargetTLSNegotiationErrorCount
        """),
        needed="ClusterName DiscoveryName TargetDiscoveryName",
    ),
    "AWS/ECS/ManagedScaling": _namespace(
        "ClusterName CapacityProviderName", (OTHERS, "CapacityProviderReservation"), needed="CapacityProviderName",
    ),
    "ECS/ContainerInsights": _namespace(
        """
            ClusterName ServiceName TaskDefinitionFamily TaskId ContainerName ContainerInstanceId EC2InstanceId
            InstanceId VolumeName DiscoveryName
        """,
        (GOOD, "RunningTaskCount ContainerInstanceCount"),
        (BAD, "PendingTaskCount UnHealthyContainerHealthStatus"),
        (LEVELS, "DesiredTaskCount TaskCount ServiceCount DeploymentCount TaskSetCount"),
        (PERCENT, """
            instance_cpu_utilization instance_memory_utilization instance_filesystem_utilization
            instance_cpu_reserved_capacity instance_memory_reserved_capacity
        """),
        needed="ClusterName", complete=False,
    ),
    "AWS/AutoScaling": _namespace(
        "AutoScalingGroupName",
        (LEVELS, """
            GroupMinSize GroupMaxSize GroupDesiredCapacity GroupInServiceInstances GroupPendingInstances
            GroupStandbyInstances GroupTerminatingInstances GroupTotalInstances GroupInServiceCapacity
            GroupPendingCapacity GroupStandbyCapacity GroupTerminatingCapacity GroupTotalCapacity
            GroupAndWarmPoolDesiredCapacity GroupAndWarmPoolTotalCapacity WarmPoolDesiredCapacity
            WarmPoolMinSize WarmPoolPendingCapacity WarmPoolTerminatingCapacity WarmPoolTotalCapacity
            WarmPoolWarmedCapacity
        """),
        complete=False,
    ),
    "AWS/Lambda": _namespace(
        "FunctionName Resource ExecutedVersion Alias EventSourceMappingUUID",
        (FLAGS, "Errors Throttles"),
        (FAILURES, "DeadLetterErrors DestinationDeliveryFailures AsyncEventsDropped RecursiveInvocationsDropped"),
        (Meaning(Kind.OTHER, most=900_000), "Duration"),
        (OTHERS, """
            Invocations PostRuntimeExtensionsDuration IteratorAge OffsetLag AsyncEventAge AsyncEventsReceived
            ConcurrentExecutions UnreservedConcurrentExecutions ProvisionedConcurrentExecutions
            ProvisionedConcurrencyInvocations ProvisionedConcurrencySpilloverInvocations
            ProvisionedConcurrencyUtilization ClaimedAccountConcurrency OversizedRecordCount PolledEventCount
            InvokedEventCount FilteredOutEventCount FailedInvokeEventCount DeletedEventCount DroppedEventCount
            OnFailureDestinationDeliveredEventCount ProvisionedPollers
        """),
        needed="",
    ),
    "AWS/SQS": _namespace(
        "QueueName",
        (LEVELS, """
            ApproximateNumberOfMessagesVisible ApproximateNumberOfMessagesNotVisible
            ApproximateNumberOfMessagesDelayed ApproximateNumberOfGroupsWithInflightMessages
        """),
        (OTHERS, """
            ApproximateAgeOfOldestMessage NumberOfEmptyReceives NumberOfMessagesDeleted NumberOfMessagesReceived
            NumberOfMessagesSent SentMessageSize NumberOfDeduplicatedSentMessages
        """),
        complete=False,
    ),
    "AWS/SNS": _namespace(
        "TopicName Application Platform Country SMSType PhoneNumber Protocol",
        (FAILURES, """
            NumberOfNotificationsFailed NumberOfNotificationsRedrivenToDlq
            NumberOfNotificationsFailedToRedriveToDlq
        """),
        (OTHERS, "NumberOfMessagesPublished NumberOfNotificationsDelivered PublishSize"),
        needed="", complete=False,
    ),
    "AWS/EC2": _namespace(
        "InstanceId AutoScalingGroupName ImageId InstanceType",
        (FLAGS, """
            StatusCheckFailed StatusCheckFailed_Instance StatusCheckFailed_System StatusCheckFailed_AttachedEBS
        """),
        (PERCENT, "CPUUtilization EBSIOBalance% EBSByteBalance%"),
        needed="", complete=False,
    ),
    "AWS/Events": _namespace(
        "RuleName EventBusName EventSourceName",
        (FAILURES, """
            FailedInvocations ThrottledRules InvocationsSentToDlq InvocationsFailedToBeSentToDlq
            DeadLetterInvocations
        """),
        (OTHERS, "Invocations MatchedEvents TriggeredRules"),
        needed="", complete=False,
    ),
    "AWS/Scheduler": _namespace(
        "ScheduleGroup",
        (FAILURES, """
            TargetErrorCount TargetErrorThrottledCount InvocationThrottleCount InvocationDroppedCount
            InvocationsSentToDeadLetterCount InvocationsFailedToBeSentToDeadLetterCount
        """),
        (OTHERS, "InvocationAttemptCount"),
        needed="", complete=False,
    ),
    "AWS/NATGateway": _namespace(
        "NatGatewayId",
        (FAILURES, "ErrorPortAllocation PacketsDropCount"),
        (OTHERS, """
            ActiveConnectionCount BytesInFromDestination BytesInFromSource BytesOutToDestination
            BytesOutToSource ConnectionAttemptCount ConnectionEstablishedCount IdleTimeoutCount
            PacketsInFromDestination PacketsInFromSource PacketsOutToDestination PacketsOutToSource
            PeakBytesPerSecond PeakPacketsPerSecond
        """),
    ),
    "AWS/Logs": _namespace(
        "LogGroupName DestinationType FilterName PolicyLevel Class Resource Service Type",
        (FAILURES, "DeliveryErrors DeliveryThrottling"),
        (OTHERS, "IncomingBytes IncomingLogEvents ForwardedBytes ForwardedLogEvents"),
        needed="", complete=False,
    ),
}  # fmt: skip
"""Namespace → what is in it, for the types that the pack knows."""

_HOSTS = frozenset({"LoadBalancer", "TargetGroup"})
NEEDED = {
    "HealthyHostCount": _HOSTS,
    "UnHealthyHostCount": _HOSTS,
    "RequestCountPerTarget": frozenset({"TargetGroup"}),
}
"""Metric of a load balancer → all dimensions that it has to have, where the namespace does not say it."""

_OTHERS = """
    ACMPrivateCA AmazonMQ AmplifyHosting ApiGateway AppFlow ApplicationSignals AppMesh AppRunner AppStream AppSync
    Athena AuroraDSQL Backup Bedrock Bedrock-AgentCore Bedrock/Agents Bedrock/Guardrails Billing Braket Cassandra
    CertificateManager Chatbot Chime ChimeSDK ChimeVoiceConnector ClientVPN CloudFormation CloudFront CloudHSM
    CloudSearch CloudTrail CloudWatch/MetricStreams CodeBuild CodeGuruProfiler CodeWhisperer Cognito Comprehend
    Config Connect DataLifecycleManager DataSync DAX DDoSProtection Deadline DevOps-Guru DirectoryService DMS DocDB
    DX DynamoDB EBS EC2/API EC2/InfrastructurePerformance EC2CapacityReservations EC2Spot ECR EFS EKS ElastiCache
    ElasticBeanstalk ElasticInference ElasticMapReduce ElasticTranscoder ELB EMRServerless ES EventBridge/Pipes
    Fargate Firehose Firewall FIS ForecastService FraudDetector FSx GameLift GlobalAccelerator Glue GroundStation
    GuardDuty HealthLake Inspector IoT IoTAnalytics IoTFleetWise IoTSiteWise IPAM IVS IVSChat IVSRealTime Kafka
    KafkaConnect Kendra Kinesis KinesisAnalytics KinesisVideo KMS Lex LicenseManager/licenseUsage
    LicenseManager/LinuxSubscriptions Location LookoutMetrics LookoutVision M2 MediaConnect MediaConvert MediaLive
    MediaPackage MediaStore MediaTailor MemoryDB MGN ML MWAA Neptune NetworkFirewall NetworkFlowMonitor
    NetworkManager NimbleStudio Omics OpsWorks Outposts Panorama PCS Personalize Pinpoint Polly PrivateLinkEndpoints
    PrivateLinkServices Prometheus QBusiness QLDB QuickSight RDS Redshift RedshiftServerless Rekognition
    rePostPrivate Resource-Explorer Robomaker Route53 Route53RecoveryReadiness Route53Resolver RUM S3
    S3/Storage-Lens S3ObjectLambda SageMaker SageMaker/Endpoints sagemaker/Endpoints sagemaker/ProcessingJobs
    sagemaker/TrainingJobs sagemaker/TransformJobs SDKMetrics SecretsManager SecurityHub ServiceCatalog SES
    SimSpaceWeaver SMSVoice SocialMessaging SSM SSM-RunCommand States StorageGateway SWF Textract ThingsGraph
    Timestream Transcribe Transfer TransitGateway Translate TrustedAdvisor Usage VpcLattice VPN WAF WAFV2 WorkMail
    WorkSpaces WorkSpacesWeb X-Ray XRay
"""
OTHER_NAMESPACES = frozenset(f"AWS/{name}" for name in _OTHERS.split())
"""Namespaces of which the pack knows no more than that they exist."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|5[xX]{2}|[0-9]+")
_WORDS_OF_FAILURE = """
    error errors fault faults failed failure failures exception exceptions throttle throttles throttled rejected dropped
    abandoned blocked lost stuck unhealthy timeout timeouts deadline deadlines unmet unplaceable retained 5xx
"""
_FAILURE = frozenset(_WORDS_OF_FAILURE.split())
"""Words in the name of a custom metric that say that more is worse."""


def meaning_of(namespace: str, metric: str, dimensions: Iterable[str] = ()) -> Meaning:
    """Return what a metric means; of a custom one, what its name says."""
    if namespace in NAMESPACES:
        found = NAMESPACES[namespace].metrics.get(metric, OTHERS)
        return PERCENT if found is BURSTING and "ServiceName" not in dimensions else found
    if namespace.startswith("AWS/"):
        return OTHERS
    words = [word.lower() for word in _WORDS.findall(metric)]
    if words[-1:] in (["percent"], ["percentage"]):
        return Meaning(Kind.SHARE, "high" if "used" in words else "", most=100)
    return BAD if _FAILURE.intersection(words) else OTHERS
