"""What a pod gets to see of the vault, and how: plain data, the same for every technique.

Owns: ``Way`` (what may be asked of a technique), ``VaultObject`` and ``TemplatedSecret`` (what arrives), and the Kubernetes Secrets that
several of them make up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from components.authorization.roles import ObjectType

TLS = "kubernetes.io/tls"
TLS_KEYS = ("tls.crt", "tls.key")
"""https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets"""


class Capability(StrEnum):
    """What a secret's settings may ask of a technique; the members are the keys of the settings."""

    ENV = "env"
    FILE = "file"
    KUBERNETES_SECRET = "kubernetes_secret"
    VERSION = "version"
    VERSION_HISTORY = "version_history"
    FORMAT = "format"
    ENCODING = "encoding"
    PERMISSION = "permission"
    PROPERTY = "property"
    EXTRACT = "extract"
    ENV_FROM = "env_from"
    RELOAD = "reload"
    """Of the whole workload: that new pods see a new value."""
    MOUNT_PATH = "mount_path"
    """Of the whole workload: where its files stand."""
    ACCESS = "access"
    """Of the whole workload: with whose right the vault is read."""
    SERVICE_PRINCIPAL = "service_principal"
    """Of the whole workload: which one, where it is one."""
    COMPOSE = "compose"
    """Of the whole workload: values that are made of several."""
    FIND = "find"
    """Of the whole workload: secrets that are not listed but looked for."""
    EXTERNAL_SECRETS = "external_secrets"
    """Of the whole workload: how its ExternalSecrets behave."""
    DAPR = "dapr"
    """Of the whole workload: its sidecar."""


WORKLOAD_CAPABILITIES = tuple(Capability)[tuple(Capability).index(Capability.RELOAD) :]
"""The others are keys of a secret."""


class SecretRenaming(StrEnum):
    """What makes another Kubernetes Secret, where nobody has said its name."""

    NOTHING = "nothing"
    """It is changed in place."""
    KEYS = "keys"
    """Other keys."""
    CONTENTS = "contents"
    """Anything else in it than a value."""


@dataclass(frozen=True, kw_only=True)
class SecretKeyRef:
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
class DeliveryTarget:
    """A value that the pod gets to see."""

    env: str | None = None
    """Environment variable with the value."""
    file: str | None = None
    """Path below the mount with the value."""
    secret_key_ref: SecretKeyRef | None = None
    """Where it stands in Kubernetes, if it does."""
    mounted_from_secret: bool = False
    """Whether the file comes from there: it then has the group of the pod, and is not root's alone."""


@dataclass(frozen=True, kw_only=True)
class VaultObject(DeliveryTarget):
    """An object of the vault that the pod gets to see."""

    name: str
    vault: str | None = None
    """Which of the further vaults it is in; None: in the vault."""
    type: ObjectType = ObjectType.SECRET
    version: str | None = None
    """None: the newest."""
    version_history: int | None = None
    """Versions that are mounted, the newest in file 0."""
    format: str | None = None
    encoding: str | None = None
    permission: str | None = None
    """File mode, octal."""
    property: str | None = None
    """Of a secret that is JSON: the one that is wanted."""
    extract: bool = False
    """Of a secret that is JSON: every property, each as a key of the Kubernetes Secret."""
    env_from: bool = False
    """With ``extract``: as environment variables too."""


@dataclass(frozen=True, kw_only=True)
class TemplatedSecret(DeliveryTarget):
    """A value made of others."""

    template: str
    """In the words of Go's text/template; other values are fields, called like their keys."""
    fields: frozenset[str] | None = None
    """Keys that the template names; None: nobody can tell, so it may be any."""


@dataclass(frozen=True, kw_only=True)
class SecretQuery:
    """Secrets of the vault that are found by what they are called; each is a key of a Kubernetes Secret."""

    secret: str
    """Name of that Secret."""
    vault: str | None = None
    """Which of the further vaults they are in; None: in the vault."""
    regexp: str | None = None
    """In the words of Go's regexp."""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    """All of them, with these values."""
    env_from: bool = False
    """Whether each is an environment variable too."""


def suffix(vault: str | None) -> str:
    """Behind the names of volumes and folders, of which there is one per vault; nothing for the vault that has no name."""
    return f"-{vault}" if vault else ""


def qualified_name(name: str, vault: str | None) -> str:
    """The same for objects, which share their names' space with other workloads': those have no full stop."""
    return f"{name}.{vault}" if vault else name


def env_suffix(vault: str | None) -> str:
    """The same for environment variables."""
    return suffix(vault).replace("-", "_").upper()


@dataclass(frozen=True)
class KubernetesSecret:
    """A Secret and the objects that fill its keys."""

    name: str
    type: str
    objects: tuple[VaultObject, ...]


def kubernetes_secrets(objects: Iterable[VaultObject]) -> list[KubernetesSecret]:
    """The Secrets that hold them, each once, in the order of the list."""
    grouped: dict[tuple[str, str], list[VaultObject]] = {}
    for one in objects:
        if one.secret_key_ref:
            grouped.setdefault((one.secret_key_ref.secret, one.secret_key_ref.type), []).append(one)
    return [KubernetesSecret(name, kind, tuple(objects)) for (name, kind), objects in grouped.items()]


def env_from_secrets(targets: Iterable[DeliveryTarget]) -> list[dict[str, Any]]:
    """Environment variables that Kubernetes fills from its Secrets."""
    return [
        {
            "name": one.env,
            "valueFrom": {"secretKeyRef": {"name": one.secret_key_ref.secret, "key": one.secret_key_ref.key}},
        }
        for one in targets
        if one.env and one.secret_key_ref
    ]


SECRETS_VOLUME = "kubernetes-secrets"


def files_from_secrets(targets: Iterable[DeliveryTarget]) -> list[dict[str, Any]]:
    """The volume with the files that come from Kubernetes Secrets; empty without one. A certificate is a folder with two files."""
    sources = [
        {
            "secret": {
                "name": one.secret_key_ref.secret,
                "items": [
                    {"key": key, "path": one.file if one.secret_key_ref.type != TLS else f"{one.file}/{key}"}
                    for key in one.secret_key_ref.keys
                ],
            }
        }
        for one in targets
        if one.mounted_from_secret and one.file and one.secret_key_ref
    ]
    return [{"name": SECRETS_VOLUME, "projected": {"sources": sources}}] if sources else []
