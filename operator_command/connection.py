"""The connection: which cluster, in which account and Region, and the clients to ask about it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config

from lambdas.cluster.clients import CONFIG, Clients, create, lean_session

from .errors import Exit, OperatorError
from .stack_outputs import stack_outputs

SHORTEST_NAME = "ecs-"
"""Clusters of the platform begin with it."""

VARIABLE = "ECS_PLATFORM_CLUSTER"
"""Names the cluster where the command line names neither a cluster nor a stack."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """What the command line says of where to look; an empty text is what it does not say."""

    cluster: str = ""
    stack: str = ""
    region: str = ""
    profile: str = ""

    def over(self, other: Place) -> Place:
        """This, with what it does not say from another."""
        return Place(
            cluster=self.cluster or other.cluster,
            stack=self.stack or other.stack,
            region=self.region or other.region,
            profile=self.profile or other.profile,
        )


@dataclass(kw_only=True)
class Connection:
    """One cluster and its clients; they are made when they are first needed."""

    place: Place
    acts: bool = False
    """Whether something will be changed: then no cluster is taken that was not named and is not called as ours are."""
    config: Config = CONFIG
    """Of the clients: how long they wait, and how often they try."""
    _made: dict[str, Any] = field(default_factory=dict[str, Any], init=False)

    @cached_property
    def outputs(self) -> Mapping[str, Any]:
        """Outputs of the platform's stack; none where no stack was named."""
        return stack_outputs(self.place.stack) if self.place.stack else {}

    @cached_property
    def session(self) -> boto3.Session:
        """The AWS CLI's configuration, with what the command line says over it."""
        region = self.place.region or self.outputs.get("region")
        return lean_session(region_name=region or None, profile_name=self.place.profile or None)

    @cached_property
    def aws(self) -> Clients:
        """The clients that the controllers' readers take. Their ECS client reads no more than the controllers do."""
        return create(self.session, self.config)

    @property
    def region(self) -> str:
        """Name of the Region."""
        return str(self.aws.ecs.meta.region_name)

    def client(self, service: str) -> Any:
        """A client of another service, by boto3's name."""
        if service not in self._made:
            self._made[service] = self.session.client(service, config=self.config)
        return self._made[service]

    @cached_property
    def cluster(self) -> str:
        """Name of the cluster, checked to be there. Raises OperatorError that names those that are."""
        named = self.place.cluster or str(self.outputs.get("clusterName", "")) or os.environ.get(VARIABLE, "")
        if not named:
            return self._only_one()
        found = self.aws.ecs.describe_clusters(clusters=[named])["clusters"]
        if not any(each["status"] == "ACTIVE" for each in found):
            there = ", ".join(self._clusters()) or "none"
            raise OperatorError(f"{named}: no such cluster in {self.region}; there: {there}", Exit.NOT_THERE)
        return named.rpartition("/")[2]

    def _only_one(self) -> str:
        clusters = self._clusters()
        ours = [each for each in clusters if each.startswith(SHORTEST_NAME)]
        for found in (ours,) if self.acts else (ours, clusters):
            if len(found) == 1:
                return found[0]
        there = ", ".join(clusters) or "none"
        raise OperatorError(f"name the --cluster (or the --stack); in {self.region} there: {there}", Exit.USAGE)

    def _clusters(self) -> list[str]:
        pages = self.aws.ecs.get_paginator("list_clusters").paginate(maxResults=100)
        return sorted(arn.rpartition("/")[2] for page in pages for arn in page["clusterArns"])
