"""Users of the API server, and their rights.

Entra's tokens and Azure RBAC: https://learn.microsoft.com/azure/aks/manage-azure-rbac; certificates and
tokens of kubeconfigs: https://learn.microsoft.com/azure/aks/local-accounts;
ServiceAccounts: https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/. A group of
Entra that administers the cluster counts as one of the deployer's, since the world holds no memberships.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

import jwt

from rehearsal.data_planes import tokens
from rehearsal.data_planes.arm.authorization import roles_of
from rehearsal.data_planes.issuers import issuer_of, signing_key
from rehearsal.data_planes.kubernetes_api.paths import Target
from rehearsal.data_planes.kubernetes_api.status import RefusedError
from rehearsal.data_planes.web import Request
from rehearsal.simulators.azure.arm import DEPLOYER
from rehearsal.simulators.azure.invokes import local_token
from rehearsal.simulators.kubernetes.apiserver import rbac
from rehearsal.simulators.kubernetes.apiserver.rbac import Account, ResourceAttributes
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.world import AzureResource

_LOCAL: Final = ("clusterUser", "clusterAdmin")
"""Common names of the certificates in kubeconfigs: members of system:masters."""
_ACTIONS: Final = "Microsoft.ContainerService/managedClusters"


@dataclass(frozen=True, kw_only=True)
class User:
    """A user of the API server."""

    name: str
    is_master: bool = False
    """Whether every request is allowed."""
    account: Account | None = None
    """The ServiceAccount, if it is one."""


def authenticated(cluster: SimulatedCluster, resource: AzureResource, request: Request) -> User:
    """The user of the request. Raises RefusedError."""
    local = not resource.properties.get("disableLocalAccounts")
    if local and request.certificate in _LOCAL:
        return User(name=request.certificate, is_master=True)
    token = request.bearer
    if local and token in [local_token(cluster.world, resource, name) for name in ("user", "admin")]:
        return User(name="clusterUser", is_master=True)
    if token and (resource.properties.get("aadProfile") or {}).get("managed"):
        try:
            tenant = tokens.tenant_of(cluster.world)
            caller = tokens.caller_of(token, (tokens.KUBERNETES_RESOURCE,), tenant)
            return User(name=caller.object_id, is_master=_administers(resource, caller.object_id))
        except tokens.TokenError:
            pass  # it may be a ServiceAccount's
    if (account := _account(resource, token)) is not None:
        return User(name=f"system:serviceaccount:{account.namespace}:{account.name}", account=account)
    raise RefusedError(401, "Unauthorized")


def _administers(resource: AzureResource, object_id: str) -> bool:
    """Members of adminGroupObjectIDs are cluster admins (https://learn.microsoft.com/azure/aks/azure-ad-rbac)."""
    profile = resource.properties.get("aadProfile") or {}
    groups = profile.get("adminGroupObjectIDs") or []
    return object_id in groups or (object_id == DEPLOYER and bool(groups))


def _account(resource: AzureResource, token: str) -> Account | None:
    issuer = issuer_of(resource)
    try:
        key = signing_key(issuer.key_id).public_key()
        claims = jwt.decode(
            token, key, algorithms=["RS256"], issuer=issuer.url, options={"verify_aud": False}
        )
    except jwt.PyJWTError:
        return None
    _, _, namespace, name = str(claims["sub"]).split(":")
    return Account(namespace, name)


def require(
    cluster: SimulatedCluster, resource: AzureResource, user: User, verb: str, target: Target
) -> None:
    """Raise RefusedError unless the user may do this."""
    if may(cluster, resource, user, verb, target):
        return
    subresource = target.subresource.partition("/")[0]
    what = f"{target.plural}/{subresource}" if subresource else target.plural
    named = f' "{target.name}"' if target.name else ""
    where = f' in the namespace "{target.namespace}"' if target.namespace else " at the cluster scope"
    kind = f"{target.plural}.{target.group}" if target.group else target.plural
    # k8s.io/apiserver, pkg/endpoints/handlers/responsewriters/errors.go
    message = (
        f'{kind}{named} is forbidden: User "{user.name}" cannot {verb} resource "{what}" in API group '
        f'"{target.group}"{where}'
    )
    if _uses_azure_rbac(resource) and user.account is None:
        # https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/error-codes/aks-user-does-not-have-access
        message += (
            ": User does not have access to the resource in Azure. Update role assignment to allow access."
        )
    raise RefusedError(403, message, name=target.name, group=target.group, kind=target.plural)


def _uses_azure_rbac(resource: AzureResource) -> bool:
    return bool((resource.properties.get("aadProfile") or {}).get("enableAzureRBAC"))


def may(cluster: SimulatedCluster, resource: AzureResource, user: User, verb: str, target: Target) -> bool:
    """Whether the user may do this: by Azure RBAC, or by bindings in the cluster."""
    if user.is_master:
        return True
    if user.account is not None or not _uses_azure_rbac(resource):
        subresource = target.subresource.partition("/")[0]
        plural = f"{target.plural}/{subresource}" if subresource else target.plural
        attributes = ResourceAttributes(verb, plural, target.name, target.group)
        return rbac.may(cluster, user.account or user.name, target.namespace, attributes)
    scope = f"{resource.id}/namespaces/{target.namespace}" if target.namespace else resource.id
    action = f"{_ACTIONS}/{f'{target.group}/' if target.group else ''}{target.plural}/{_access(verb)}"
    return any(
        _any(role.data_actions, action) and not _any(role.not_data_actions, action)
        for role in roles_of(cluster.world, user.name, scope)
    )


def _access(verb: str) -> str:
    """https://learn.microsoft.com/azure/role-based-access-control/permissions/containers;
    special verbs: getActionName of kubeguard/guard, authz/providers/azure/rbac/checkaccessreqhelper.go.
    """
    if verb in ("bind", "escalate", "impersonate", "use"):
        return f"{verb}/action"
    if verb in ("get", "list", "watch"):
        return "read"
    return "delete" if verb in ("delete", "deletecollection") else "write"


def _any(patterns: tuple[str, ...], action: str) -> bool:
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)
