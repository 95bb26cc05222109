"""The Kubernetes Secrets that a stack makes, with their keys: by itself, by the CSI driver, by the External
Secrets Operator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trust.chain import Chain
from trust.graph import Node
from trust.nodes.delivery import ExternalSecret, SecretProviderClass, class_objects, has_history
from trust.nodes.fields import listed, mapping, text
from trust.nodes.kubernetes import KubernetesObject
from trust.values import UNKNOWN, Text


@dataclass(frozen=True)
class DeliveredSecret:
    """A Kubernetes Secret, and what makes it."""

    provider: str
    namespace: Text
    name: Text
    keys: frozenset[str] | None
    """None: only the cluster will know them."""
    by: KubernetesObject
    type: str = "Opaque"
    annotations: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Its annotations at creation."""

    @property
    def node(self) -> Node:
        """The resource that makes it."""
        return self.by.node

    @property
    def key(self) -> tuple[str, str, str]:
        """Cluster's provider, namespace and name."""
        return self.provider, str(self.namespace or ""), str(self.name or "")


def delivered_secrets(chain: Chain) -> Iterator[DeliveredSecret]:
    """The Secrets of a stack, a Secret of several makers several times."""
    for secret in chain.secrets:
        values = secret.values
        keys = None if values is None else frozenset(values)
        kind = str(secret.node.input("type") or "Opaque")
        annotations = mapping(secret.node.input("metadata.annotations"))
        yield DeliveredSecret(
            secret.node.provider, secret.namespace, secret.name, keys, secret, kind, annotations
        )
    for provider_class in chain.secret_provider_classes:
        for entry in synced(provider_class):
            keys = frozenset(str(mapping(item).get("key")) for item in listed(entry.get("data")))
            name = text(entry.get("secretName"))
            kind = str(entry.get("type") or "Opaque")
            yield DeliveredSecret(
                provider_class.node.provider,
                provider_class.namespace,
                name,
                keys,
                provider_class,
                kind,
                mapping(entry.get("annotations")),
            )
    for external in chain.external_secrets:
        if mapping(external.spec.get("target")).get("creationPolicy") != "None":
            keys = _keys(external)
            template = mapping(mapping(external.spec.get("target")).get("template"))
            kind = str(template.get("type") or "Opaque")
            yield DeliveredSecret(
                external.node.provider,
                external.namespace,
                external.target,
                keys,
                external,
                kind,
                mapping(mapping(template.get("metadata")).get("annotations")),
            )


def synced(provider_class: SecretProviderClass) -> list[Mapping[str, Any]]:
    """The Secrets that the CSI driver fills while a pod mounts the class."""
    return [mapping(entry) for entry in listed(provider_class.spec.get("secretObjects"))]


def mounted_files(provider_class: SecretProviderClass) -> list[tuple[str, ...]] | None:
    """The files that a class mounts, one per object or several of a history. None: they are unknown."""
    objects = provider_class.parameters.get("objects")
    if objects is UNKNOWN:
        return None
    files: list[tuple[str, ...]] = []
    for entry in class_objects(objects):
        file = str(entry.get("objectAlias") or entry.get("objectName"))
        versions = entry["objectVersionHistory"] if has_history(entry) else 0
        files.append(tuple(f"{file}/{version}" for version in range(versions)) or (file,))
    return files


def _keys(external: ExternalSecret) -> frozenset[str] | None:
    """Keys of the Secret: with mergePolicy Replace those of the template.

    https://external-secrets.io/latest/guides/templating/
    """
    spec = external.spec
    template = mapping(mapping(spec.get("target")).get("template"))
    templated = template.get("data")
    if templated is UNKNOWN or listed(template.get("templateFrom")):
        return None
    replaces = bool(templated) and template.get("mergePolicy", "Replace") == "Replace"
    if replaces:
        return frozenset(map(str, mapping(templated)))
    if spec.get("dataFrom") or spec.get("data") is UNKNOWN:
        return None
    return frozenset(
        [
            *(str(mapping(item).get("secretKey")) for item in listed(spec.get("data"))),
            *map(str, mapping(templated)),
        ]
    )
