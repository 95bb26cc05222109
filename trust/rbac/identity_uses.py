"""Identity bindings of AKS: who may use which identity in a cluster.

The cluster's token proxy exchanges a token of a ServiceAccount for the identity's, if the cluster has an
identity binding for it, and if RBAC lets the ServiceAccount ``use-managed-identity`` on its client id.
https://learn.microsoft.com/azure/aks/identity-bindings
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from trust.chain import Chain
from trust.nodes.azure import Cluster, Identity, IdentityBinding
from trust.nodes.fields import known, listed, mapping
from trust.nodes.kubernetes import Role, RoleBinding
from trust.rbac.cluster_roles import BUILT_IN
from trust.values import UNKNOWN, Text
from trust.workloads import Workload

GROUP: Final = "cid.wi.aks.azure.com"
VERB: Final = "use-managed-identity"
ANNOTATION: Final = "azure.workload.identity/use-identity-binding"
"""Annotation of pods whose token is for the token proxy."""
_EVERY: Final = frozenset({"system:serviceaccounts", "system:authenticated"})


@dataclass(frozen=True)
class Use:
    """A subject that RBAC lets use an identity."""

    binding: RoleBinding
    subject: Mapping[str, Any]
    is_exact: bool
    """Whether the rule is for this identity, and not for every one, or for everything."""

    @property
    def who(self) -> str:
        """``ServiceAccount shop/web``, ``group system:serviceaccounts``."""
        name = str(self.subject.get("name"))
        if self.subject.get("kind") == "ServiceAccount":
            return f"ServiceAccount {self.subject.get('namespace')}/{name}"
        return f"{str(self.subject.get('kind')).lower()} {name}"

    def is_account(self, namespace: Text, name: Text) -> bool:
        """Whether the subject is this ServiceAccount."""
        names = (self.subject.get("namespace"), self.subject.get("name"))
        return self.subject.get("kind") == "ServiceAccount" and names == (namespace, name)

    def includes(self, namespace: Text, name: Text) -> bool:
        """Whether the subject is this ServiceAccount or a group in which it is."""
        groups = _EVERY | {f"system:serviceaccounts:{namespace}"}
        is_group = self.subject.get("kind") == "Group" and self.subject.get("name") in groups
        return is_group or self.is_account(namespace, name)


def identity_binding(chain: Chain, identity: Identity, cluster: Cluster | None) -> IdentityBinding | None:
    """The binding of an identity in a cluster."""
    return next(
        (
            binding
            for binding in chain.identity_bindings
            if _is_of(binding, identity) and (cluster is None or _is_in(binding, cluster))
        ),
        None,
    )


def _is_of(binding: IdentityBinding, identity: Identity) -> bool:
    if UNKNOWN in (binding.identity_id, identity.resource_id):
        return identity.node.urn in binding.node.dependencies
    return known(binding.identity_id).lower() == known(identity.resource_id).lower() != ""


def _is_in(binding: IdentityBinding, cluster: Cluster) -> bool:
    return UNKNOWN in (binding.cluster_name, cluster.name) or binding.cluster_name == cluster.name


def uses(chain: Chain, provider: str, identity: Identity) -> list[Use]:
    """The subjects that RBAC of a cluster lets use an identity, by bindings and roles of the stack."""
    return [
        Use(binding, subject, is_exact)
        for binding in chain.role_bindings
        if binding.node.provider == provider and binding.kind == "ClusterRoleBinding"
        if (is_exact := _allows(chain, binding, identity)) is not None
        for subject in binding.subjects
    ]


def _allows(chain: Chain, binding: RoleBinding, identity: Identity) -> bool | None:
    """Whether the rules are for the identity alone. None: they do not allow it."""
    role = _role_of(chain, binding)
    allowing = [
        rule
        for rule in (role.rules if role else BUILT_IN.get(str(binding.role[1]), ()))
        if _has(rule, "apiGroups", GROUP)
        and _has(rule, "verbs", VERB)
        and (_has(rule, "resources", known(identity.client_id)) or _is_unknown(rule, role, identity))
    ]
    if not allowing:
        return None
    return not any("*" in _values(rule, key) for rule in allowing for key in ("apiGroups", "resources"))


def _role_of(chain: Chain, binding: RoleBinding) -> Role | None:
    kind, name = binding.role
    for role in chain.roles:
        if role.node.provider == binding.node.provider and (role.kind, role.name) == (kind, name):
            return role
    return None


def _values(rule: Mapping[str, Any], key: str) -> list[Any]:
    value = rule.get(key)
    return [UNKNOWN] if value is UNKNOWN else list(listed(value))


def _has(rule: Mapping[str, Any], key: str, value: str) -> bool:
    values = [str(item).lower() for item in _values(rule, key)]
    return "*" in values or (bool(value) and value.lower() in values)


def _is_unknown(rule: Mapping[str, Any], role: Role | None, identity: Identity) -> bool:
    """In a first preview the client id is unknown: the role is that of the identity for which it waits."""
    is_open = UNKNOWN in _values(rule, "resources")
    return is_open and role is not None and identity.node.urn in (role.node.parent, *role.node.dependencies)


def may_be_allowed(chain: Chain, workload: Workload) -> bool:
    """Whether a binding of the stack names the ServiceAccount, with a role that the stack does not know."""
    return any(
        _role_of(chain, binding) is None
        and str(binding.role[1]) not in BUILT_IN
        and Use(binding, subject, is_exact=False).includes(workload.namespace, workload.service_account_name)
        for binding in chain.role_bindings
        if binding.node.provider == workload.provider and binding.kind == "ClusterRoleBinding"
        for subject in binding.subjects
    )


def has_annotation(chain: Chain, workload: Workload) -> bool:
    """Whether the pods' token is for the token proxy; of pods of another tool, what the stack publishes."""
    return any(annotations.get(ANNOTATION) == "true" for annotations in _annotations(chain, workload))


def _annotations(chain: Chain, workload: Workload) -> Iterator[Mapping[str, Any]]:
    for pods in workload.pods:
        yield pods.pod_annotations
    if not workload.pods:
        published = mapping(mapping(mapping(chain.graph.outputs).get("pods")).get(workload.name))
        yield mapping(mapping(published.get("metadata")).get("annotations"))
