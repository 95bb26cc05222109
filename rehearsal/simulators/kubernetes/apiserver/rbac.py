"""Rights of a ServiceAccount, by Roles and bindings.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/; pkg/registry/rbac/validation/rule.go of
kubernetes. Of the built-in roles cluster-admin, admin and edit are known. Aggregation is not simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import ObjectStore

_GROUP: Final = "rbac.authorization.k8s.io"
_ROLE, _CLUSTER_ROLE, _BINDING, _CLUSTER_BINDING = (
    GroupVersionKind(_GROUP, "v1", name)
    for name in ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding")
)
_SHIPPED: Final = ("cluster-admin", "admin", "edit")


@dataclass(frozen=True)
class Account:
    """A ServiceAccount, whose name may be a hash."""

    namespace: str
    name: Any


@dataclass(frozen=True)
class ResourceAttributes:
    """A request."""

    verb: str
    resource: str
    name: str = ""
    """Empty: every object."""
    group: str = ""
    """Empty: the core group."""


def may(objects: ObjectStore, account: Account | str, namespace: str, request: ResourceAttributes) -> bool:
    """Whether the account, or the user of this name, may make the request in this namespace."""
    bindings = [(binding, namespace) for binding in objects.all_of(_BINDING, namespace)]
    bindings += [(binding, "") for binding in objects.all_of(_CLUSTER_BINDING)]
    for binding, default in bindings:
        if any(_is(objects, subject, default, account) for subject in mappings(binding.get("subjects"))):
            reference = mapping(binding.get("roleRef"))
            if reference.get("name") in _SHIPPED and reference.get("kind") == _CLUSTER_ROLE.name:
                return True
            kind, where = (_ROLE, namespace) if reference.get("kind") == _ROLE.name else (_CLUSTER_ROLE, "")
            role = objects.get(kind, where, str(reference.get("name")))
            if any(_allows(rule, request) for rule in mappings((role or {}).get("rules"))):
                return True
    return False


def _is(objects: ObjectStore, subject: Mapping[str, Any], default: str, account: Account | str) -> bool:
    kind, name = subject.get("kind"), str(subject.get("name"))
    if isinstance(account, str):
        return (kind, name) in (("User", account), ("Group", "system:authenticated"))
    if kind == "Group":
        return name in (
            "system:serviceaccounts",
            f"system:serviceaccounts:{account.namespace}",
            "system:authenticated",
        )
    if kind == "User":
        prefix = f"system:serviceaccount:{account.namespace}:"
        return name.startswith(prefix) and objects.world.matches(account.name, name.removeprefix(prefix))
    here = (subject.get("namespace") or default) == account.namespace
    return kind == "ServiceAccount" and here and objects.world.matches(account.name, name)


def _allows(rule: Mapping[str, Any], request: ResourceAttributes) -> bool:
    def has(key: str, value: str) -> bool:
        return any(item in (value, "*") for item in rule.get(key) or [])

    names = rule.get("resourceNames") or []
    return (
        has("apiGroups", request.group)
        and has("resources", request.resource)
        and has("verbs", request.verb)
        and (not names or request.name in names)
    )
