"""The output ``grants``: the role assignments that the stack needs and does not make (`grants: external`)."""

from collections.abc import Mapping
from typing import Any

from components.authorization.role_assignments import describe
from components.cluster.base import Cluster
from components.identity.principal import VaultPrincipal
from stacks.context import StackContext, Vaults
from stacks.settings import Grants


def grant_outputs(
    context: StackContext, cluster: Cluster, vaults: Vaults, identities: Mapping[str, VaultPrincipal]
) -> dict[str, Any]:
    """The output ``grants``; no output with `grants: managed`."""
    if context.settings.grants is not Grants.EXTERNAL:
        return {}
    owners = [cluster, *vaults.values(), *(identity.role_assignments for identity in identities.values())]
    return {"grants": [describe(grant) for owner in owners for grant in owner.grants]}
