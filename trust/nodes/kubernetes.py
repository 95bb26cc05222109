"""The links of the chain in Kubernetes: what decides who a pod is and what it may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from trust.graph import Node
from trust.nodes.fields import listed, mapping, text
from trust.values import SECRET, UNKNOWN, Text

CLIENT_ID: Final = "azure.workload.identity/client-id"
TENANT_ID: Final = "azure.workload.identity/tenant-id"
SERVICE_ACCOUNT: Final = "kubernetes:core/v1:ServiceAccount"


@dataclass(frozen=True)
class KubernetesObject:
    """An object in a cluster."""

    node: Node
    namespace: Text
    """Empty for an object of the whole cluster."""
    name: Text

    @classmethod
    def of(cls, node: Node) -> Self:
        return cls(node, namespace_of(node), name_of(node))

    @property
    def kind(self) -> str:
        """Its kind, without the Patch of what the program only patches."""
        return self.node.type.rsplit(":", 1)[-1].removesuffix("Patch")

    @property
    def api_version(self) -> str:
        """``external-secrets.io/v1``; ``v1`` in the core group."""
        version = self.node.type.removeprefix("kubernetes:").rsplit(":", 1)[0]
        return version.removeprefix("core/")

    @property
    def labels(self) -> Mapping[str, Any]:
        return mapping(self.node.input("metadata.labels"))

    @property
    def annotations(self) -> Mapping[str, Any]:
        return mapping(self.node.input("metadata.annotations"))

    @property
    def spec(self) -> Mapping[str, Any]:
        """The spec that the program has set; empty if it is unknown."""
        return mapping(self.node.input("spec"))

    @property
    def key(self) -> tuple[str, str, str]:
        """Cluster's provider, namespace and name; unknown ones are empty."""
        return self.node.provider, str(self.namespace or ""), str(self.name or "")


def name_of(node: Node) -> Text:
    """The name of an object. Pulumi makes one up for an object without one."""
    if node.external and isinstance(node.id, str) and node.id:
        return node.id.rpartition("/")[2]
    return text(node.get("metadata.name") or UNKNOWN)


def namespace_of(node: Node) -> Text:
    """The namespace of an object."""
    if node.external and isinstance(node.id, str) and "/" in node.id:
        return node.id.split("/", 1)[0]
    value = node.input("metadata.namespace", node.get("metadata.namespace"))
    return text(value, "" if node.type.rsplit(":", 1)[-1] in _CLUSTER_SCOPED else "default")


_CLUSTER_SCOPED: Final = frozenset(
    {"Namespace", "NamespacePatch", "ClusterRole", "ClusterRoleBinding", "ClusterSecretStore", "Node"}
)


@dataclass(frozen=True)
class Namespace(KubernetesObject):
    """A namespace. Whether it is isolated, its NetworkPolicies tell."""


@dataclass(frozen=True)
class ServiceAccount(KubernetesObject):
    """A ServiceAccount, made or patched by the program."""

    is_foreign: ClassVar[bool] = False
    """Whether another tool owns it and its annotations: the stack only publishes them."""

    @property
    def client_id(self) -> Text:
        """Client id of the identity that the webhook and the operators use for it; empty without one."""
        return text(self._annotation(CLIENT_ID))

    @property
    def tenant_id(self) -> Text:
        return text(self._annotation(TENANT_ID))

    def _annotation(self, name: str) -> Any:
        whole = self.node.input("metadata.annotations")
        return UNKNOWN if whole is UNKNOWN else self.node.get(("metadata", "annotations", name))

    @property
    def is_patch(self) -> bool:
        """Whether the ServiceAccount existed before, and the program only annotates it."""
        return self.node.type.endswith("Patch")

    @property
    def subject(self) -> Text:
        """The subject of its tokens."""
        if UNKNOWN in (self.namespace, self.name):
            return UNKNOWN
        return f"system:serviceaccount:{self.namespace}:{self.name}"


@dataclass(frozen=True)
class ForeignAccount(ServiceAccount):
    """A ServiceAccount of another tool. Its node is the workload's component."""

    is_foreign: ClassVar[bool] = True


@dataclass(frozen=True)
class Role(KubernetesObject):
    """A Role or ClusterRole."""

    @property
    def rules(self) -> list[Mapping[str, Any]]:
        return [mapping(rule) for rule in listed(self.node.input("rules"))]

    @property
    def token_accounts(self) -> frozenset[str] | None:
        """The ServiceAccounts of which it allows to create tokens; empty: all. None: it allows none.

        https://kubernetes.io/docs/concepts/security/rbac-good-practices/#token-request
        """
        rules = [rule for rule in self.rules if "serviceaccounts/token" in listed(rule.get("resources"))]
        if not rules:
            return None
        names = [
            listed(rule.get("resourceNames"))
            for rule in rules
            if "create" in listed(rule.get("verbs")) and "" in listed(rule.get("apiGroups"))
        ]
        return frozenset(str(name) for entry in names for name in entry) if all(names) else frozenset()

    @property
    def grants_more_than_tokens(self) -> bool:
        """Whether a rule of it is about something else than tokens of ServiceAccounts."""
        return any({*listed(rule.get("resources"))} - {"serviceaccounts/token"} for rule in self.rules)


@dataclass(frozen=True)
class RoleBinding(KubernetesObject):
    """A RoleBinding or ClusterRoleBinding."""

    @property
    def role(self) -> tuple[Text, Text]:
        """Kind and name of the role."""
        return text(self.node.input("roleRef.kind")), text(self.node.input("roleRef.name"))

    @property
    def subjects(self) -> list[Mapping[str, Any]]:
        return [mapping(subject) for subject in listed(self.node.input("subjects"))]


@dataclass(frozen=True)
class KubernetesSecret(KubernetesObject):
    """A Secret that the program writes. Its values are ``SECRET``, or plain by mistake."""

    @property
    def values(self) -> Mapping[str, Any] | None:
        """Key → ``SECRET`` or a plain value. None: all of it is secret, so not even the keys are known."""
        values: dict[str, Any] = {}
        for part in ("data", "stringData"):
            data = self.node.input(part)
            if data is SECRET or data == SECRET or data is UNKNOWN:
                return None
            values |= mapping(data)
        return values


@dataclass(frozen=True)
class ConfigMap(KubernetesObject):
    """A ConfigMap."""

    @property
    def values(self) -> Mapping[str, Any]:
        return {**mapping(self.node.input("data")), **mapping(self.node.input("binaryData"))}


@dataclass(frozen=True)
class NetworkPolicy(KubernetesObject):
    """A NetworkPolicy."""

    @property
    def pod_selector(self) -> Mapping[str, Any]:
        return mapping(self.spec.get("podSelector"))

    @property
    def egress(self) -> list[Mapping[str, Any]]:
        return [mapping(rule) for rule in listed(self.spec.get("egress"))]

    @property
    def denies_by_default(self) -> bool:
        """Whether it selects every pod and allows nothing in or out."""
        everything = not self.pod_selector.get("matchLabels") and not self.pod_selector.get(
            "matchExpressions"
        )
        types = set(listed(self.spec.get("policyTypes")))
        return (
            everything
            and {"Ingress", "Egress"} <= types
            and not self.egress
            and not listed(self.spec.get("ingress"))
        )


@dataclass(frozen=True)
class HelmRelease(KubernetesObject):
    """A Helm release; its name and namespace are those of the release."""

    @classmethod
    def of(cls, node: Node) -> Self:
        return cls(node, text(node.get("namespace"), "default"), text(node.get("name") or UNKNOWN))

    @property
    def chart(self) -> Text:
        return text(self.node.input("chart"))

    @property
    def version(self) -> Text:
        return text(self.node.input("version"))

    @property
    def values(self) -> Mapping[str, Any]:
        return mapping(self.node.input("values"))
