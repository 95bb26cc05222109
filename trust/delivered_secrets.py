"""The Kubernetes Secrets that a stack makes, with their keys: by itself, and by the objects of techniques."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from trust.chain import Chain
from trust.nodes.delivery import SecretProviderClass, class_objects, has_history
from trust.nodes.fields import listed, mapping
from trust.requests import DeliveredSecret
from trust.techniques import made_secrets
from trust.values import UNKNOWN


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
    yield from made_secrets(chain)


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
