"""The principal that reads the vaults for a workload, as workloads see it, and the ServiceAccount of their
pods.
"""

from dataclasses import dataclass
from typing import Protocol

import pulumi
from pulumi import Output

from components.authorization.role_assignments import RoleAssignments


@dataclass(frozen=True)
class ServiceAccount:
    """A ServiceAccount by its names; the subject of a federated credential is derived, never typed."""

    namespace: str
    name: str

    @property
    def subject(self) -> str:
        """``system:serviceaccount:<namespace>:<name>``, the ``sub`` of the tokens that the cluster issues to
        it.
        """
        return f"system:serviceaccount:{self.namespace}:{self.name}"


class VaultPrincipal(Protocol):
    """A workload identity (workload_identity.py) or a principal that this program does not create
    (external_principal.py).
    """

    client_id: Output[str]
    principal_id: Output[str]
    tenant_id: Output[str]
    federated: bool
    """Pods authenticate as this principal with the token of their ServiceAccount."""
    role_assignments: RoleAssignments

    @property
    def resource_id(self) -> Output[str] | None:
        """ARM id of the user-assigned identity. None: the principal is external."""
        ...

    def trust_of(self, account: ServiceAccount, /) -> list[pulumi.Resource]:
        """Resources by which the principal accepts tokens of this ServiceAccount."""
        ...

    def dependencies_for(self, account: ServiceAccount, /) -> list[pulumi.Resource]:
        """Resources that have to exist before a pod of this ServiceAccount can read a vault."""
        ...
