"""The preflight: everything that can stop the program stops it here, before the first resource."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pulumi

from components.cluster.base import ExistingClusterArgs
from stacks.context import ResolvedVault, StackContext
from stacks.deployer import deployer_type, find_deployer
from stacks.outputs.platform import Platform
from stacks.preflight.checks.cluster import existing_cluster_args
from stacks.preflight.checks.platform import configured_platform, on_platform
from stacks.preflight.checks.vaults import resolved_vaults
from stacks.preflight.copied_values import copied_values
from stacks.preflight.existing import get_cluster
from stacks.preflight.hand_over import with_handed_over
from stacks.preflight.kept_secrets import with_kept_secrets
from stacks.preflight.lookup import Lookup
from stacks.preflight.named_resources import ask_ahead
from stacks.preflight.own_state import RANDOM, OwnState
from stacks.preflight.recovery import vaults_to_recover
from stacks.preflight.registry import find_problems, find_warnings
from stacks.preflight.vault_objects import ask_for_objects
from stacks.settings import Settings
from stacks.settings.loader import report, settled


@dataclass(frozen=True, kw_only=True)
class PreflightResult:
    """The context, and what exists, for the builders."""

    context: StackContext
    existing_cluster: ExistingClusterArgs | None
    """None: the stack creates its cluster."""
    platform: Platform | None
    """None: the stack runs on no other stack's platform."""


async def run_preflight(settings: Settings) -> PreflightResult:
    """Log every warning, and run every check.

    Raises:
        pulumi.RunError: with every problem, its path, what is allowed, and the command that mends it.
    """
    state = OwnState.read()
    settings = with_kept_secrets(settings, state)
    deployer = await find_deployer(deployer_type(settings))
    context = StackContext.of(settings, deployer)
    lookup = Lookup(context, await configured_platform(settings), state)
    await ask_ahead(lookup)
    await ask_for_objects(lookup)
    for warning in settled(find_warnings(lookup)):
        pulumi.log.warn(str(warning))
    # Before the checks, which report the reads that fail.
    vaults = with_handed_over(
        lookup, {**context.vaults, **resolved_vaults(lookup), **vaults_to_recover(lookup)}
    )
    if problems := find_problems(lookup):
        raise pulumi.RunError(report(settled(problems), "in what the settings rely on"))
    return _result(lookup, vaults)


def _result(lookup: Lookup, vaults: Mapping[str | None, ResolvedVault]) -> PreflightResult:
    context, cluster = lookup.context, existing_cluster_args(lookup)
    if lookup.platform:
        context = on_platform(context, lookup.platform)
    if cluster and (existing := get_cluster(lookup)):
        context = replace(
            context,
            cluster_name=cluster.cluster_name,
            cluster_id=cluster.cluster_id,
            cluster_subscription_id=existing.subscription_id,
        )
    return PreflightResult(
        context=replace(
            context,
            vaults=vaults,
            random_values=lookup.state.of_type(RANDOM),
            copied_values=copied_values(lookup),
            dapr_components=lookup.state.dapr_components,
        ),
        existing_cluster=cluster,
        platform=lookup.platform,
    )
