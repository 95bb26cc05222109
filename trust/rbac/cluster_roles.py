"""The rules that a binding gives: of a role of the stack, or of a ClusterRole that Kubernetes itself makes.

Owns: of the built-in roles, the rules by which a subject reads Secrets, creates pods or requests tokens.
Deliberately not here: what follows from them (possible.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from trust.chain import Chain
from trust.nodes.fields import known
from trust.nodes.kubernetes import RoleBinding

_WRITE: Final = ["create", "delete", "deletecollection", "patch", "update"]
_EDIT: Final[Sequence[Mapping[str, Any]]] = (
    {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list", "watch", *_WRITE]},
    {"apiGroups": [""], "resources": ["serviceaccounts/token"], "verbs": ["create"]},
    {"apiGroups": [""], "resources": ["pods", "pods/exec", "replicationcontrollers"], "verbs": _WRITE},
    {
        "apiGroups": ["apps"],
        "resources": ["daemonsets", "deployments", "replicasets", "statefulsets"],
        "verbs": _WRITE,
    },
    {"apiGroups": ["batch"], "resources": ["cronjobs", "jobs"], "verbs": _WRITE},
)
BUILT_IN: Final[Mapping[str, Sequence[Mapping[str, Any]]]] = {
    # https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles; view reads no Secrets.
    "cluster-admin": ({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},),
    "admin": _EDIT,
    "edit": _EDIT,
    "view": (),
}


def rules_of(chain: Chain, binding: RoleBinding) -> Sequence[Mapping[str, Any]] | None:
    """The rules of a binding's role. None: another tool makes the role, so its rules are unknown."""
    kind, name = binding.role
    for role in chain.roles:
        is_there = role.node.provider == binding.node.provider and (role.kind, role.name) == (kind, name)
        if is_there and known(role.namespace) in ("", known(binding.namespace)):
            return role.rules
    return BUILT_IN.get(str(name)) if kind == "ClusterRole" else None
