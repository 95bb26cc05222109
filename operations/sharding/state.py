"""A stack's state, read for sharding: the resources that have to move, and the identities' names in Azure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from operations.errors import OperationError
from operations.sharding.groups import Shard

_SECRETS: Final = ("azure-native:keyvault:Secret", "random:index/randomPassword:RandomPassword")
_PRINCIPALS: Final = ("aks-secrets:index:WorkloadIdentity", "aks-secrets:index:BorrowedIdentity")
_STORE: Final = "kubernetes:dapr.io/v1alpha1:Component"
_IDENTITY: Final = "azure-native:managedidentity:UserAssignedIdentity"


@dataclass(frozen=True)
class State:
    """The resources of a state, as `pulumi stack export` prints them."""

    resources: Sequence[Mapping[str, Any]]

    def moved(self, shard: Shard, seeded: Iterable[tuple[str | None, str]]) -> list[str]:
        """URNs of the components and secrets of a shard; children of components move with them."""
        return list(self._moved(shard, {_secret_name(*key) for key in seeded}))

    def _moved(self, shard: Shard, secrets: set[str]) -> Iterator[str]:
        workloads = {workload.name for workload in shard.workloads}
        identities = {workload.identity_name for workload in shard.workloads}
        # Workloads of one namespace move together, and what they share with them.
        stores = tuple(f"dapr-store/{workload.namespace}/" for workload in shard.workloads)
        for resource in self.resources:
            type_, name = resource["type"], resource["urn"].rpartition("::")[2]
            if (
                (type_ == "aks-secrets:index:Workload" and name in workloads)
                or (type_ in _PRINCIPALS and name in identities)
                or (type_ in _SECRETS and name in secrets)
                or (type_ == _STORE and name.startswith(stores))
            ):
                yield resource["urn"]

    def azure_identity(self, name: str) -> tuple[str, str]:
        """Resource group and name of the identity that the program has made under this name.

        Raises OperationError if there is none.
        """
        for resource in self.resources:
            if resource["type"] == _IDENTITY and resource["urn"].endswith(f"::{name}-identity"):
                return resource["inputs"]["resourceGroupName"], resource["inputs"]["resourceName"]
        raise OperationError(
            f"the state has no identity of {name}, so there is nothing to move yet; run `pulumi up` first, or"
            " write stacks of their own from the beginning"
        )


def _secret_name(vault: str | None, secret: str) -> str:
    return f"{f'vault-{vault}' if vault else 'vault'}/{secret.lower()}"
