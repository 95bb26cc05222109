"""Rights of a ServiceAccount, by Roles and bindings.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/; pkg/registry/rbac/validation/rule.go of
kubernetes. Of the built-in roles cluster-admin, admin and edit are known (bootstrappolicy/policy.go in
plugin/pkg/auth/authorizer/rbac), without their aggregation. The rule that a user grants only
rights of their own is not simulated: objects are written by a deployer who may do everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
_READ: Final = ("get", "list", "watch")
_WRITE: Final = ("create", "update", "patch", "delete", "deletecollection")


def _rule(verbs: tuple[str, ...], group: str, *resources: str) -> Mapping[str, Any]:
    return {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}


_EDIT: Final = (
    _rule(
        (*_READ, *_WRITE),
        "",
        *("pods", "pods/attach", "pods/proxy", "pods/exec", "pods/portforward", "secrets", "configmaps"),
        *(
            "serviceaccounts",
            "services",
            "services/proxy",
            "persistentvolumeclaims",
            "replicationcontrollers",
        ),
        *("events", "replicationcontrollers/scale"),
    ),
    _rule(_READ, "", "endpoints", "limitranges", "resourcequotas", "namespaces", "pods/log", "pods/status"),
    _rule(("create",), "", "serviceaccounts/token", "pods/eviction"),
    _rule(("impersonate",), "", "serviceaccounts"),
    _rule(
        (*_READ, *_WRITE),
        "apps",
        *("statefulsets", "daemonsets", "deployments", "replicasets"),
        *("statefulsets/scale", "deployments/scale", "replicasets/scale"),
    ),
    _rule(_READ, "apps", "controllerrevisions"),
    _rule((*_READ, *_WRITE), "autoscaling", "horizontalpodautoscalers"),
    _rule((*_READ, *_WRITE), "batch", "jobs", "cronjobs"),
    _rule((*_READ, *_WRITE), "policy", "poddisruptionbudgets"),
    _rule((*_READ, *_WRITE), "networking.k8s.io", "networkpolicies", "ingresses"),
    _rule((*_READ, *_WRITE), "coordination.k8s.io", "leases"),
    _rule(_READ, "discovery.k8s.io", "endpointslices"),
)
_SHIPPED: Final[Mapping[str, tuple[Mapping[str, Any], ...]]] = {
    "cluster-admin": (_rule(("*",), "*", "*"),),
    "admin": (*_EDIT, _rule((*_READ, *_WRITE), _GROUP, "roles", "rolebindings")),
    "edit": _EDIT,
}


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
            if any(_allows(rule, request) for rule in _rules(objects, reference, namespace)):
                return True
    return False


def _rules(objects: ObjectStore, reference: Mapping[str, Any], namespace: str) -> Iterable[Mapping[str, Any]]:
    name, is_role = str(reference.get("name")), reference.get("kind") == _ROLE.name
    if not is_role and name in _SHIPPED:
        return _SHIPPED[name]
    role = objects.get(*((_ROLE, namespace) if is_role else (_CLUSTER_ROLE, "")), name)
    return mappings((role or {}).get("rules"))


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
