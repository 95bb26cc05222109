"""Composition workloads: identities and workloads on a platform that another stack makes, or that exists."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pulumi

from components.cluster.base import AdoptedCluster
from components.identity.workload_identity import ServiceAccount
from components.operators import Operator
from components.workloads import WORKLOADS
from stacks.builders import shared as steps
from stacks.builders.identities import make_readers
from stacks.builders.namespaces import isolated_namespaces, make_namespaces
from stacks.builders.operators import Served, make_operators
from stacks.builders.vaults import make_vaults
from stacks.builders.workloads import Site, make_workloads
from stacks.context import VaultFacts
from stacks.outputs import access as outputs
from stacks.outputs.platform import Platform, PlatformVault, read_platform
from stacks.preflight import existing as adopt
from stacks.preflight.run import Found, look, must_differ, must_have_windows, must_open_to_lists
from stacks.settings import Settings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.rules.vault import named_vaults
from stacks.settings.validation.problems import format_path


async def workloads(settings: Settings) -> Mapping[str, Any]:
    """For each workload the chain from somebody else's cluster to somebody else's vault."""
    found = await look(settings)
    platform = await read_platform(settings.platform.stack) if settings.platform else None
    if platform:
        found = _on(settings, found, platform)
    if found.cluster is None:
        raise RuntimeError("the settings name a platform, or a cluster that exists")
    group = steps.make_group(settings, found.facts.resource_group)
    cluster = AdoptedCluster("cluster", found.cluster.args)
    readers = await make_readers(settings, found.facts, cluster, group)
    vaults = make_vaults(settings, found.facts, group, readers)
    namespaces = make_namespaces(settings, cluster, platform.namespaces if platform else ())
    operators = (
        _served(platform)
        if platform
        else make_operators(settings, cluster, group, namespaces, steps.in_cluster(cluster))
    )
    site = Site(
        cluster,
        vaults,
        readers,
        namespaces,
        operators,
        _isolated(settings, platform),
        _dapr_namespace(settings, platform),
    )
    made = await make_workloads(settings, site)
    return {
        **outputs.of_workloads(settings, found.facts, site, made),
        **outputs.of_grants(settings, cluster, vaults, readers),
    }


def _on(settings: Settings, found: Found, platform: Platform) -> Found:
    """The platform as things that exist: asked like any other, so that what it lacks is said before the first resource."""
    stack, deployer = settings.platform.stack if settings.platform else "", found.facts.deployer
    if platform.subscription_id.lower() != deployer.subscription_id.lower():
        raise pulumi.RunError(
            f"platform.stack: {stack} is in subscription {platform.subscription_id}, and pulumi runs in {deployer.subscription_id};"
            f" choose that one (pulumi config set azure-native:subscriptionId {platform.subscription_id})"
        )
    _must_serve(settings, platform, stack)
    _must_isolate(settings, platform, stack)
    key = f"platform.stack ({stack})"
    cluster = adopt.find_cluster(key, platform.cluster.resource_group, platform.cluster.name)
    facts = replace(found.facts, cluster_name=platform.cluster.name).with_vaults(
        _vaults_of(settings, platform, key)
    )
    must_differ(facts)
    must_open_to_lists(settings, facts)
    must_have_windows(settings, cluster.args.windows, f"the cluster of {stack}")
    return Found(facts, cluster)


def _vaults_of(settings: Settings, platform: Platform, key: str) -> dict[str | None, VaultFacts]:
    """The platform's vault, and those of its others that somebody reads: asked before anything is made."""
    own = {vault.name for vault in settings.vaults}
    if both := sorted(own & set(platform.vaults)):
        raise pulumi.RunError(f"vaults: {', '.join(both)}: {key} has one of that name; call yours otherwise")
    named = [
        (f"workloads[{index}].{format_path(at)}", label)
        for index, workload in enumerate(settings.workloads)
        for at, label in named_vaults(workload)
    ]
    known = sorted(own | set(platform.vaults))
    if lacking := [
        f"{at}: {label!r} is neither in vaults nor a vault of {key}"
        for at, label in named
        if label not in known
    ]:
        raise pulumi.RunError(
            "\n".join(
                [*lacking, f"choose {', '.join(known)}" if known else "list it in vaults, with existing"]
            )
        )
    read = {label: platform.vaults[label] for _, label in named if label in platform.vaults}
    told: dict[str | None, PlatformVault] = {None: platform.vault, **read}
    if closed := sorted(vault.name for vault in told.values() if vault.keeps_policies):
        raise pulumi.RunError(
            f"{key}: {', '.join(closed)} keeps access policies, and its stack's next update would take out what this one adds;"
            " move it to RBAC there first (docs/migrations.md)"
        )
    return {label: adopt.find_vault(key, vault.resource_group, vault.name) for label, vault in told.items()}


def _must_serve(settings: Settings, platform: Platform, stack: str) -> None:
    lacking = [
        f"workloads[{index}].{what}"
        for index, workload in enumerate(settings.workloads)
        for what in _unserved(workload, platform, stack)
    ]
    if lacking:
        raise pulumi.RunError(
            "\n".join([*lacking, f"say there how they get into the cluster, then pulumi up --stack {stack}"])
        )


def _unserved(workload: WorkloadSettings, platform: Platform, stack: str) -> Iterator[str]:
    if needed := WORKLOADS[workload.technique].needs:
        told = platform.operators.get(needed.value)
        if told is None:
            yield f"technique: {workload.technique}, and stack {stack} has no operators.{needed}"
        elif told.scoped_namespace not in (None, workload.namespace):
            yield f"namespace: {workload.namespace}, and operators.{needed} of stack {stack} serves {told.scoped_namespace} alone"
    if workload.reload and Operator.RELOADER.value not in platform.operators:
        yield f"reload: true, and stack {stack} has no operators.{Operator.RELOADER}"


def _must_isolate(settings: Settings, platform: Platform, stack: str) -> None:
    """Pods that say nobody whom they need would reach nobody: the platform's word stands, whatever a team says."""
    against = [
        f"namespaces[{index}].isolated: false, and stack {stack} isolates namespace {said.name!r};"
        f" take it out (pulumi config rm --path 'namespaces[{index}].isolated')"
        for index, said in enumerate(settings.namespaces)
        if said.name in platform.isolated_namespaces
        and not said.isolated
        and "isolated" in said.model_fields_set
    ]
    if against:
        raise pulumi.RunError("\n".join(against))


def _isolated(settings: Settings, platform: Platform | None) -> set[str]:
    """What the platform isolates is isolated; what the team says besides holds for its own pods."""
    return isolated_namespaces(settings) | set(platform.isolated_namespaces if platform else ())


def _dapr_namespace(settings: Settings, platform: Platform | None) -> str:
    told = platform.operators.get(Operator.DAPR.value) if platform else None
    return (told.namespace if told else None) or steps.dapr_namespace(settings)


def _served(platform: Platform) -> dict[Operator, Served]:
    """They are there already, whoever put them there."""
    known = {operator.value: operator for operator in Operator}
    return {
        known[name]: Served(
            account=ServiceAccount(told.account_namespace, told.account_name)
            if told.account_namespace and told.account_name
            else None
        )
        for name, told in platform.operators.items()
        if name in known
    }
