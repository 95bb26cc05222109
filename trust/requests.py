"""The delivery of a technique to a workload: the objects that its resources name, and their reader. And what
its objects are about in the whole chain: Kubernetes Secrets that they make, vault objects that they name, the
operator that serves them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trust.graph import Node
from trust.links import Link
from trust.nodes.delivery import Asked
from trust.nodes.kubernetes import HelmRelease, KubernetesObject
from trust.readers import Reader
from trust.values import Text


@dataclass(frozen=True)
class Request:
    """An object of a vault that a resource of the workload names."""

    vault: Text
    kind: str
    """``secret``, ``key`` or ``certificate``."""
    name: Text
    """``*``: whatever a search finds."""
    links: tuple[Link, ...]
    """The links between the workload and the reader of the vault."""
    reader: Reader | None
    """None: the program itself has the value, so no identity of the cluster reads it."""
    copied: bool = False
    """Whether the value gets into a Kubernetes Secret."""
    lists_versions: bool = False
    """Whether older versions are read as well, which the reader has to list."""


@dataclass(frozen=True)
class Delivery:
    """Everything that one technique delivers to a workload."""

    technique: str
    requests: tuple[Request, ...]
    readers: tuple[Reader, ...]
    """The identities as which it reads, also where nothing is named."""
    signs_in: bool = False
    """Whether the pods themselves exchange the token, so that they need the webhook's label."""
    agent: str = ""
    """The reader for the workload. Empty: its pods or an operator do, as its own identity."""
    reaches_pods: bool = True
    """False: something in front of the pods has the values, and they do not."""
    is_complete: bool = True
    """Whether the requests are all that it asks for. False: only the application knows."""


@dataclass(frozen=True)
class _InNamespace:
    """An object of Kubernetes, by its name."""

    provider: str
    namespace: Text
    name: Text

    @property
    def key(self) -> tuple[str, str, str]:
        """Cluster's provider, namespace and name."""
        return self.provider, str(self.namespace or ""), str(self.name or "")


@dataclass(frozen=True)
class DeliveredSecret(_InNamespace):
    """A Kubernetes Secret, and what makes it."""

    keys: frozenset[str] | None
    """None: only the cluster will know them."""
    by: KubernetesObject
    type: str = "Opaque"
    annotations: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Its annotations at creation."""
    follows_running_pods: bool = False
    """It gets new values only while pods of the workload run."""

    @property
    def node(self) -> Node:
        """The resource that makes it."""
        return self.by.node


@dataclass(frozen=True)
class Contents(_InNamespace):
    """The vault objects in a Kubernetes Secret, or in what a volume of the pods mounts."""

    keys: Mapping[str, tuple[Part, ...]]
    """By key or file. An empty key is for those that only the cluster will know."""
    is_refreshed: bool = False
    """Whether an operator writes new values into it while pods run."""


@dataclass(frozen=True)
class Part:
    """A vault object, or a property of its JSON value."""

    vault: Text
    kind: str
    name: Text
    property: str = ""
    version: str = ""
    """Empty: the newest one."""


@dataclass(frozen=True)
class Named:
    """An object of a vault that a resource names."""

    node: Node
    ask: Asked
    vault: Text
    version: str = ""

    @property
    def where(self) -> str:
        """The resource: ``SecretProviderClass 'orders'``."""
        kind = self.node.type.rsplit(":", 1)[-1]
        return f"{kind} '{self.node.get('metadata.name') or self.node.name}'"


@dataclass(frozen=True)
class SignIn:
    """Names in an object for the sign-in to a vault, besides the ServiceAccount."""

    item: KubernetesObject
    url: Any
    """URL of the vault, as far as it is known."""
    cloud: Text
    """The cloud of the vault, in the words of whatever reads it."""
    client_id: Text = ""
    tenant: Text | None = None
    """None: it names none."""


@dataclass(frozen=True)
class Unchanging:
    """An object whose values stay as they were, whatever the vault has."""

    item: KubernetesObject
    problem: str
    fix: str
    """The key that mends it, and its value."""


@dataclass(frozen=True)
class Served:
    """Objects that an operator serves."""

    operator: str
    """Its key in section ``operators``."""
    objects: Sequence[KubernetesObject]
    is_installed: Callable[[KubernetesObject], bool]
    """Whether the stack installs it in the cluster of an object."""


@dataclass(frozen=True)
class TokenRight:
    """The right of an operator to request tokens of every ServiceAccount, by the roles of its own chart."""

    release: HelmRelease
    namespace: str
    """The only namespace in which it has the right; empty: all."""
    why: str
