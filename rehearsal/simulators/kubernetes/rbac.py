"""What a ServiceAccount may do with Secrets, by Roles and bindings.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/; pkg/registry/rbac/validation/rule.go of kubernetes. The roles that a cluster
comes with are cluster-admin, admin and edit here; aggregated roles have the rules that they are written with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.fields import mapping, mappings
from rehearsal.simulators.kubernetes.inside import Inside
from rehearsal.simulators.kubernetes.kinds import Kind

_GROUP: Final = "rbac.authorization.k8s.io"
_ROLE, _CLUSTER_ROLE, _BINDING, _CLUSTER_BINDING = (
    Kind(_GROUP, "v1", name) for name in ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding")
)
_SHIPPED: Final = ("cluster-admin", "admin", "edit")


def may(inside: Inside, namespace: str, account: str, verb: str, name: str = "") -> bool:
    """Without a name: of all Secrets in the namespace."""
    bindings = [(one, namespace) for one in inside.all_of(_BINDING, namespace)]
    bindings += [(one, "") for one in inside.all_of(_CLUSTER_BINDING)]
    for binding, default in bindings:
        if any(_is(subject, default, namespace, account) for subject in mappings(binding.get("subjects"))):
            reference = mapping(binding.get("roleRef"))
            if reference.get("name") in _SHIPPED and reference.get("kind") == _CLUSTER_ROLE.name:
                return True
            kind, where = (_ROLE, namespace) if reference.get("kind") == _ROLE.name else (_CLUSTER_ROLE, "")
            role = inside.get(kind, where, str(reference.get("name")))
            if any(_allows(rule, verb, name) for rule in mappings((role or {}).get("rules"))):
                return True
    return False


def _is(subject: Mapping[str, Any], default: str, namespace: str, account: str) -> bool:
    if subject.get("kind") == "Group":
        return subject.get("name") in ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated")
    if subject.get("kind") == "User":
        return subject.get("name") == f"system:serviceaccount:{namespace}:{account}"
    return (subject.get("kind"), subject.get("name"), subject.get("namespace") or default) == ("ServiceAccount", account, namespace)


def _allows(rule: Mapping[str, Any], verb: str, name: str) -> bool:
    def has(key: str, value: str) -> bool:
        return any(one in (value, "*") for one in rule.get(key) or [])

    names = rule.get("resourceNames") or []
    return has("apiGroups", "") and has("resources", "secrets") and has("verbs", verb) and (not names or name in names)
