"""The outputs of every composition: people, grants that others make, and waivers."""

from collections.abc import Mapping
from typing import Any

from components.cluster.base import Cluster
from components.identity.principal import VaultPrincipal
from stacks.context import StackContext, Vaults
from stacks.outputs.grants import grant_outputs
from stacks.outputs.people import people_outputs
from stacks.outputs.waivers import waiver_outputs


def common_outputs(
    context: StackContext, cluster: Cluster, vaults: Vaults, identities: Mapping[str, VaultPrincipal]
) -> dict[str, Any]:
    return {
        **people_outputs(context, vaults),
        **grant_outputs(context, cluster, vaults, identities),
        **waiver_outputs(context.settings),
    }
