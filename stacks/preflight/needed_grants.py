"""The role assignments that workloads need, as far as scope and principal are known before the update."""

from dataclasses import dataclass

from pulumi_azure_native import authorization

from components import naming
from components.authorization.role_assignments import grant_command
from components.authorization.roles import PrincipalType, Role
from components.key_vault.access_policies import Authorization
from components.resource_ids import child_id
from components.workloads import Access
from stacks.context import ResolvedVault
from stacks.preflight.existing import get_cluster
from stacks.preflight.lookup import Lookup
from stacks.preflight.named_resources import read_resource, read_resources
from stacks.settings.model.rights import ReadScope, RightScope
from stacks.settings.validation.problems import Path

_ADDON = "azureKeyvaultSecretsProvider"


@dataclass(frozen=True, kw_only=True)
class NeededGrant:
    """A role that the principal of an identity needs at an object of a vault, or at the vault."""

    role: Role
    scope: str
    """ARM id, as the program writes it."""
    principal_id: str

    @property
    def name(self) -> str:
        """Name of the role assignment, which the program and its command give it."""
        return naming.role_assignment(self.scope, self.role.value, self.principal_id)

    @property
    def command(self) -> str:
        """The az command that makes it."""
        return grant_command(self.role, PrincipalType.SERVICE_PRINCIPAL, self.scope, self.principal_id)

    def is_found(self, lookup: Lookup, path: Path) -> bool:
        """Whether Azure returns it under its name. False: it does not exist, or cannot be read."""
        answer = lookup.read_if_allowed(
            path,
            f"role assignment {self.name}",
            None,
            lambda: authorization.get_role_assignment(scope=self.scope, role_assignment_name=self.name),
        )
        return answer is not None


def needed_grant(
    reach: ReadScope | RightScope, vault: ResolvedVault, principal_id: str
) -> NeededGrant | None:
    """The grant for a reach. None: the vault uses access policies."""
    if vault.authorization is not Authorization.RBAC:
        return None
    access = reach.access
    scope = vault.id if reach.name is None else child_id(vault.id, access.collection, reach.name.lower())
    return NeededGrant(role=access.role, scope=scope, principal_id=principal_id)


def principal_before_the_update(lookup: Lookup, identity: str) -> str | None:
    """Object id of the principal that the settings call ``identity``. None: the update makes it, or it cannot
    be read.
    """
    settings = lookup.settings
    workload = settings.workloads_by_identity[identity][0]
    if published := lookup.platform and lookup.platform.operator_principals.get(identity):
        return published.principal_id
    if workload.service_principal:
        return workload.service_principal.object_id
    if workload.access is Access.USER_ASSIGNED_VM:
        cluster = get_cluster(lookup)
        addons = (cluster.answer.addon_profiles if cluster else None) or {}
        addon = addons.get(_ADDON)
        return addon.identity.object_id if addon and addon.identity else None
    entry = settings.listed_identity(identity)
    if entry is None or entry[1].existing is None:
        return lookup.state.principals.get(f"{identity}-identity") or None
    path = ("identities", entry[0], "existing")
    existing = next((resource for resource in read_resources(lookup) if resource.path == path), None)
    answer = read_resource(lookup, existing) if existing else None
    return str(answer["principalId"]) if answer else None
