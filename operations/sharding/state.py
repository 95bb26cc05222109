"""A stack's state, read for sharding: the resources that have to move, and the identities' names in Azure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from operations.errors import OperationError
from operations.sharding.groups import Shard

_SECRETS: Final = ("azure-native:keyvault:Secret", "random:index/randomPassword:RandomPassword")
BORROWED: Final = "aks-secrets:index:BorrowedIdentity"
_PRINCIPALS: Final = ("aks-secrets:index:WorkloadIdentity", BORROWED)
_STORE: Final = "kubernetes:dapr.io/v1alpha1:Component"
_IDENTITY: Final = "azure-native:managedidentity:UserAssignedIdentity"
_BINDING: Final = "azure-native:containerservice:IdentityBinding"
_ROLE_ASSIGNMENT: Final = "azure-native:authorization:RoleAssignment"
ObjectKey = tuple[str | None, str]
"""Label of the vault, and lower-case name."""


@dataclass(frozen=True)
class State:
    """The resources of a state, as `pulumi stack export` prints them."""

    resources: Sequence[Mapping[str, Any]]

    def moved(self, shard: Shard, seeded: Iterable[ObjectKey], granted: Iterable[ObjectKey]) -> list[str]:
        """URNs of the components and secrets of a shard; children of components move with them.

        ``granted``: certificates that its stack lets the application routing add-on read.
        """
        certificates = {_certificate_grant(*key) for key in granted}
        return list(self._moved(shard, {_secret_name(*key) for key in seeded}, certificates))

    def _moved(self, shard: Shard, secrets: set[str], certificates: set[str]) -> Iterator[str]:
        workloads = {workload.name for workload in shard.workloads}
        identities = {w.identity_name for w in shard.workloads if not w.spec.operator_reads}
        # The identity of an operator stays with the operator; what it may read for workloads moves with them.
        of_operators = tuple(f"{w.identity_name}/" for w in shard.workloads if w.spec.operator_reads)
        # A binding is below the cluster, which stays, and a certificate's grant below the cluster's add-on.
        bindings = {f"{identity}-identity-binding" for identity in identities}
        # Workloads of one namespace move together, and what they share with them.
        stores = tuple(f"dapr-store/{workload.namespace}/" for workload in shard.workloads)
        for resource in self.resources:
            type_, name = resource["type"], resource["urn"].rpartition("::")[2]
            if (
                (type_ == "aks-secrets:index:Workload" and name in workloads)
                or (type_ in _PRINCIPALS and name in identities)
                or (type_ in _SECRETS and name in secrets)
                or (type_ == _STORE and name.startswith(stores))
                or (type_ == _BINDING and name in bindings)
                or (
                    type_ == _ROLE_ASSIGNMENT
                    and (name in certificates or name.startswith(of_operators))
                    and not resource.get("external")
                )
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

    def binding_name(self, name: str) -> str | None:
        """Name in the cluster of the identity binding of this identity. None: it has none."""
        for resource in self.resources:
            if resource["type"] == _BINDING and resource["urn"].endswith(f"::{name}-identity-binding"):
                return resource["inputs"]["identityBindingName"]
        return None


def _certificate_grant(vault: str | None, certificate: str) -> str:
    return f"cluster/app-routing/{f'{vault}/' if vault else ''}secrets/{certificate}"


def _secret_name(vault: str | None, secret: str) -> str:
    return f"{f'vault-{vault}' if vault else 'vault'}/{secret.lower()}"
