"""What a pod gets to see of the vault, and how: plain data, the same for every technique.

Owns: ``WantedObject``, ``Way`` (what may be asked of a technique) and the Kubernetes Secrets that several wanted objects make up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from components.roles import ObjectType

TLS = "kubernetes.io/tls"
TLS_KEYS = ("tls.crt", "tls.key")
"""https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets"""


class Way(StrEnum):
    """What a secret's settings may ask of a technique; the members are the keys of the settings."""

    ENV = "env"
    FILE = "file"
    KUBERNETES_SECRET = "kubernetes_secret"
    VERSION = "version"
    VERSION_HISTORY = "version_history"
    FORMAT = "format"
    ENCODING = "encoding"
    PERMISSION = "permission"
    RELOAD = "reload"
    """Of the whole workload: that new pods see a new value."""
    MOUNT_PATH = "mount_path"
    """Of the whole workload: where its files stand."""
    ACCESS = "access"
    """Of the whole workload: with whose right the vault is read."""
    SERVICE_PRINCIPAL = "service_principal"
    """Of the whole workload: which one, where it is one."""


@dataclass(frozen=True, kw_only=True)
class SecretKey:
    """Where in a Kubernetes Secret a value stands."""

    secret: str
    """Name of the Secret."""
    type: str = "Opaque"
    key: str
    """Of a TLS Secret both keys are made of the one object, and this one is not read."""

    @property
    def keys(self) -> Sequence[str]:
        """The keys that the object fills."""
        return TLS_KEYS if self.type == TLS else (self.key,)


@dataclass(frozen=True, kw_only=True)
class WantedObject:
    """An object of the vault that the pod gets to see."""

    name: str
    type: ObjectType = ObjectType.SECRET
    env: str | None = None
    """Environment variable with the value."""
    file: str | None = None
    """Path below the mount with the value."""
    kubernetes: SecretKey | None = None
    """Where it stands in Kubernetes, if it does."""
    mounted_from_kubernetes: bool = False
    """Whether the file comes from there: it then has the group of the pod, and is not root's alone."""
    version: str | None = None
    """None: the newest."""
    version_history: int | None = None
    """Versions that are mounted, the newest in file 0."""
    format: str | None = None
    encoding: str | None = None
    permission: str | None = None
    """File mode, octal."""


@dataclass(frozen=True)
class KubernetesSecret:
    """A Secret and the objects that fill its keys."""

    name: str
    type: str
    objects: tuple[WantedObject, ...]


def kubernetes_secrets(wanted: Iterable[WantedObject]) -> list[KubernetesSecret]:
    """The Secrets that hold them, each once, in the order of the list."""
    grouped: dict[tuple[str, str], list[WantedObject]] = {}
    for one in wanted:
        if one.kubernetes:
            grouped.setdefault((one.kubernetes.secret, one.kubernetes.type), []).append(one)
    return [KubernetesSecret(name, kind, tuple(objects)) for (name, kind), objects in grouped.items()]


def env_from_secrets(wanted: Iterable[WantedObject]) -> list[dict[str, Any]]:
    """Environment variables that Kubernetes fills from its Secrets."""
    return [
        {"name": one.env, "valueFrom": {"secretKeyRef": {"name": one.kubernetes.secret, "key": one.kubernetes.key}}}
        for one in wanted
        if one.env and one.kubernetes
    ]


SECRETS_VOLUME = "kubernetes-secrets"


def files_from_secrets(wanted: Iterable[WantedObject]) -> list[dict[str, Any]]:
    """The volume with the files that come from Kubernetes Secrets; empty without one. A certificate is a folder with two files."""
    sources = [
        {
            "secret": {
                "name": one.kubernetes.secret,
                "items": [
                    {"key": key, "path": one.file if one.kubernetes.type != TLS else f"{one.file}/{key}"} for key in one.kubernetes.keys
                ],
            }
        }
        for one in wanted
        if one.mounted_from_kubernetes and one.file and one.kubernetes
    ]
    return [{"name": SECRETS_VOLUME, "projected": {"sources": sources}}] if sources else []
