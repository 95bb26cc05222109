"""The platform that workloads run on: what it lacks is reported before the first resource."""

from collections.abc import Iterator
from dataclasses import replace

import pulumi

from components.operators import Operator
from stacks.context import ResolvedVault, StackContext
from stacks.outputs.platform import Platform, PlatformVault
from stacks.preflight import existing
from stacks.settings import Settings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.rules.vault import named_vaults
from stacks.settings.validation.problems import format_path


def resolve_platform(
    context: StackContext, platform: Platform, stack: str
) -> tuple[StackContext, existing.ResolvedCluster]:
    """The platform as things that exist: asked like any other, so that what it lacks is said before the first resource."""
    settings, deployer = context.settings, context.deployer
    if platform.subscription_id.lower() != deployer.subscription_id.lower():
        raise pulumi.RunError(
            f"platform.stack: {stack} is in subscription {platform.subscription_id}, and pulumi runs in {deployer.subscription_id};"
            f" choose that one (pulumi config set azure-native:subscriptionId {platform.subscription_id})"
        )
    _must_serve(settings, platform, stack)
    _must_isolate(settings, platform, stack)
    key = f"platform.stack ({stack})"
    cluster = existing.get_cluster(key, platform.cluster.resource_group, platform.cluster.name)
    context = replace(
        context,
        cluster_name=platform.cluster.name,
        platform_namespaces=platform.namespaces,
        isolated_namespaces=context.isolated_namespaces | set(platform.isolated_namespaces),
    ).with_vaults(_vaults_of(settings, platform, key))
    return context, cluster


def _vaults_of(settings: Settings, platform: Platform, key: str) -> dict[str | None, ResolvedVault]:
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
    return {label: existing.get_vault(key, vault.resource_group, vault.name) for label, vault in told.items()}


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
    if needed := workload.spec.operator:
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
