"""Composition workloads: identities and workloads on a platform that another stack makes, or that exists."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pulumi

from components.cluster_access import AdoptedCluster
from components.identity import ServiceAccount
from components.operators import Operator
from components.workloads import WORKLOADS
from stacks import adopt, outputs, steps
from stacks.operators import Served, make_operators
from stacks.platform_output import Platform, read_platform
from stacks.settings import Settings
from stacks.settings.workloads import WorkloadSettings


async def workloads(settings: Settings) -> Mapping[str, Any]:
    """For each workload the chain from somebody else's cluster to somebody else's vault."""
    found = await steps.look(settings)
    platform = await read_platform(settings.platform.stack) if settings.platform else None
    if platform:
        found = _on(settings, found, platform)
    if found.cluster is None:
        raise RuntimeError("the settings name a platform, or a cluster that exists")
    group = steps.make_group(settings, found.facts.resource_group)
    cluster = AdoptedCluster("cluster", found.cluster.args)
    readers = await steps.make_readers(settings, found.facts, cluster, group)
    vault = steps.make_vault(settings, found.facts, group, readers)
    namespaces = steps.make_namespaces(settings, cluster, platform.namespaces if platform else ())
    operators = _served(platform) if platform else make_operators(settings, cluster, group, namespaces, steps.in_cluster(cluster))
    site = steps.Site(cluster, vault, readers, namespaces, operators)
    made = await steps.make_workloads(settings, site)
    return {
        **outputs.of_workloads(settings, found.facts, site, made),
        **outputs.of_grants(settings, cluster, vault, readers),
    }


def _on(settings: Settings, found: steps.Found, platform: Platform) -> steps.Found:
    """The platform as things that exist: asked like any other, so that what it lacks is said before the first resource."""
    stack, deployer = settings.platform.stack if settings.platform else "", found.facts.deployer
    if platform.subscription_id.lower() != deployer.subscription_id.lower():
        raise pulumi.RunError(
            f"platform.stack: {stack} is in subscription {platform.subscription_id}, and pulumi runs in {deployer.subscription_id};"
            f" choose that one (pulumi config set azure-native:subscriptionId {platform.subscription_id})"
        )
    _must_serve(settings, platform, stack)
    key = f"platform.stack ({stack})"
    cluster = adopt.find_cluster(key, platform.cluster.resource_group, platform.cluster.name)
    vault = adopt.find_vault(key, platform.vault.resource_group, platform.vault.name)
    facts = replace(found.facts, cluster_name=platform.cluster.name, vault=vault)
    steps.must_open_to_lists(settings, facts)
    steps.must_have_windows(settings, cluster.args.windows, f"the cluster of {stack}")
    return steps.Found(facts, cluster)


def _must_serve(settings: Settings, platform: Platform, stack: str) -> None:
    lacking = [
        f"workloads[{index}].{what}" for index, workload in enumerate(settings.workloads) for what in _unserved(workload, platform, stack)
    ]
    if lacking:
        raise pulumi.RunError("\n".join([*lacking, f"say there how they get into the cluster, then pulumi up --stack {stack}"]))


def _unserved(workload: WorkloadSettings, platform: Platform, stack: str) -> Iterator[str]:
    if needed := WORKLOADS[workload.technique].needs:
        told = platform.operators.get(needed.value)
        if told is None:
            yield f"technique: {workload.technique}, and stack {stack} has no operators.{needed}"
        elif told.scoped_namespace not in (None, workload.namespace):
            yield f"namespace: {workload.namespace}, and operators.{needed} of stack {stack} serves {told.scoped_namespace} alone"
    if workload.reload and Operator.RELOADER.value not in platform.operators:
        yield f"reload: true, and stack {stack} has no operators.{Operator.RELOADER}"


def _served(platform: Platform) -> dict[Operator, Served]:
    """They are there already, whoever put them there."""
    known = {operator.value: operator for operator in Operator}
    return {
        known[name]: Served(
            account=ServiceAccount(told.account_namespace, told.account_name) if told.account_namespace and told.account_name else None
        )
        for name, told in platform.operators.items()
        if name in known
    }
