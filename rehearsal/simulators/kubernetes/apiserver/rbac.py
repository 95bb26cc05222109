"""What a ServiceAccount may do, by Roles and bindings.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/; pkg/registry/rbac/validation/rule.go of kubernetes. The roles that a cluster
comes with are cluster-admin, admin and edit here; aggregated roles have the rules that they are written with.
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
    """A ServiceAccount; of its name the world may know the hash only."""

    namespace: str
    name: Any


@dataclass(frozen=True)
class ResourceAttributes:
    """Something that it wants to do, in the core group."""

    verb: str
    resource: str
    name: str = ""
    """Without one: with all of them."""


def may(objects: ObjectStore, account: Account, namespace: str, wish: ResourceAttributes) -> bool:
    """In this namespace."""
    bindings = [(one, namespace) for one in objects.all_of(_BINDING, namespace)]
    bindings += [(one, "") for one in objects.all_of(_CLUSTER_BINDING)]
    for binding, default in bindings:
        if any(_is(objects, subject, default, account) for subject in mappings(binding.get("subjects"))):
            reference = mapping(binding.get("roleRef"))
            if reference.get("name") in _SHIPPED and reference.get("kind") == _CLUSTER_ROLE.name:
                return True
            kind, where = (_ROLE, namespace) if reference.get("kind") == _ROLE.name else (_CLUSTER_ROLE, "")
            role = objects.get(kind, where, str(reference.get("name")))
            if any(_allows(rule, wish) for rule in mappings((role or {}).get("rules"))):
                return True
    return False


def _is(objects: ObjectStore, subject: Mapping[str, Any], default: str, account: Account) -> bool:
    kind, name = subject.get("kind"), str(subject.get("name"))
    if kind == "Group":
        return name in (
            "system:serviceaccounts",
            f"system:serviceaccounts:{account.namespace}",
            "system:authenticated",
        )
    if kind == "User":
        of = f"system:serviceaccount:{account.namespace}:"
        return name.startswith(of) and objects.world.matches(account.name, name.removeprefix(of))
    here = (subject.get("namespace") or default) == account.namespace
    return kind == "ServiceAccount" and here and objects.world.matches(account.name, name)


def _allows(rule: Mapping[str, Any], wish: ResourceAttributes) -> bool:
    def has(key: str, value: str) -> bool:
        return any(one in (value, "*") for one in rule.get(key) or [])

    names = rule.get("resourceNames") or []
    return (
        has("apiGroups", "")
        and has("resources", wish.resource)
        and has("verbs", wish.verb)
        and (not names or wish.name in names)
    )
