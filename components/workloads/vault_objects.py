"""The vault objects of a workload and their delivery to the pod: plain data, the same for every technique.

Owns: ``Capability``, ``VaultObject``, ``TemplatedSecret`` and ``SecretQuery``, and the Kubernetes Secrets in
which values are kept.
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
    """A feature that a technique may support; the members are the names of the keys in the settings."""

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
    REWRITE = "rewrite"
    VARIABLE_NAMES = "variable_names"
    RELOAD = "reload"
    """Workload: new values restart the pods."""
    MOUNT_PATH = "mount_path"
    """Workload: folder of its files."""
    SERVICE_PRINCIPAL = "service_principal"
    """Workload: the service principal that reads the vault."""
    COMPOSE = "compose"
    """Workload: values that a template composes of several secrets."""
    FIND = "find"
    """Workload: queries for secrets by name or tag."""
    EXTERNAL_SECRETS = "external_secrets"
    """Workload: behaviour of its ExternalSecrets."""
    DAPR = "dapr"
    """Workload: its Dapr application and sidecar."""
    KEPT_SECRETS = "kept_secrets"
    """Workload: values that stay in Kubernetes Secrets of an earlier release."""
    PUSHES = "pushes"
    """Workload: secrets of the vault that the technique's operator writes."""


WORKLOAD_CAPABILITIES = tuple(Capability)[tuple(Capability).index(Capability.RELOAD) :]
"""Capabilities that are keys of a workload; the others are keys of a secret."""


@dataclass(frozen=True, kw_only=True)
class SecretKeyRef:
    """The key of a Kubernetes Secret that holds a value."""

    secret: str
    """Name of the Secret."""
    type: str = "Opaque"
    key: str
    """In a TLS Secret `tls.crt` or `tls.key`. Anything else there: the object fills both keys."""
    group: str | None = None
    """The workload's Secrets with default names for one vault. None: the name is the user's choice."""

    @property
    def place(self) -> str:
        """The Secret, or the group of Secrets to which it belongs."""
        return self.group or self.secret

    @property
    def keys(self) -> Sequence[str]:
        """The keys that the object fills."""
        return TLS_KEYS if self.type == TLS and self.key not in TLS_KEYS else (self.key,)


@dataclass(frozen=True, kw_only=True)
class DeliveryTarget:
    """The destinations of a value in the pod."""

    env: str | None = None
    """Environment variable with the value."""
    file: str | None = None
    """Path of the value's file, relative to the mount."""
    secret_key_ref: SecretKeyRef | None = None
    """Key of the Kubernetes Secret that holds the value. None: the value is in no Kubernetes Secret."""
    mounted_from_secret: bool = False
    """The file is mounted from the Kubernetes Secret; it then has the pod's group, and is not readable by
    root only.
    """
    mode: str | None = None
    """Mode of that file, octal. None: Kubernetes' own, 0644."""


@dataclass(frozen=True, kw_only=True)
class VaultObject(DeliveryTarget):
    """A vault object that is delivered to the pod."""

    name: str
    vault: str | None = None
    """Name of one of the additional vaults. None: the vault of section ``vault``."""
    type: ObjectType = ObjectType.SECRET
    version: str | None = None
    """None: the newest version."""
    version_history: int | None = None
    """Number of versions that are mounted; file 0 is the newest."""
    format: str | None = None
    encoding: str | None = None
    permission: str | None = None
    """File mode, octal."""
    property: str | None = None
    """Property of a JSON secret that is delivered. None: the whole value."""
    extract: bool = False
    """Every property of a JSON secret becomes a key of the Kubernetes Secret."""
    env_from: bool = False
    """With ``extract``: every key becomes an environment variable too."""
    rewrite: Sequence["KeyRewrite"] = ()
    """With ``extract``: changes of the keys, one after the other."""
    variable_names: bool = False
    """With ``extract``: the keys become names of variables: capital letters, digits and underscores."""


@dataclass(frozen=True, kw_only=True)
class KeyRewrite:
    """A change of keys: what matches a regular expression of Go is replaced."""

    source: str
    target: str
    """With ``$1`` or ``${name}`` for groups."""


@dataclass(frozen=True, kw_only=True)
class TemplatedSecret(DeliveryTarget):
    """A value that a template composes of other values."""

    template: str
    """Go text/template, in which other values are fields named like their keys."""
    fields: frozenset[str] | None = None
    """Keys that the template refers to. None: it may refer to any key."""


@dataclass(frozen=True, kw_only=True)
class SecretQuery:
    """A query for vault secrets by name or tag. Each match becomes a key of a Kubernetes Secret."""

    secret: str
    """Name of the Kubernetes Secret."""
    vault: str | None = None
    """Name of one of the additional vaults. None: the vault of section ``vault``."""
    regexp: str | None = None
    """Go regular expression for the names."""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    """Tags that a secret must have, with these values."""
    env_from: bool = False
    """Every match becomes an environment variable too."""
    rewrite: Sequence[KeyRewrite] = ()
    """Changes of the matches' keys, one after the other."""
    variable_names: bool = False
    """The keys become names of variables: capital letters, digits and underscores."""


def suffix(vault: str | None) -> str:
    """Suffix of volumes and folders that exist once per vault; empty for the vault of section ``vault``."""
    return f"-{vault}" if vault else ""


def qualified_name(name: str, vault: str | None) -> str:
    """Name of a Kubernetes object that exists once per vault. Names of workloads contain no full stop, so the
    names never collide.
    """
    return f"{name}.{vault}" if vault else name


def env_suffix(vault: str | None) -> str:
    """Suffix of environment variables that exist once per vault."""
    return suffix(vault).replace("-", "_").upper()


@dataclass(frozen=True)
class KubernetesSecret:
    """A Kubernetes Secret and the vault objects that fill its keys."""

    name: str
    type: str
    objects: tuple[VaultObject, ...]


def kubernetes_secrets(objects: Iterable[VaultObject]) -> list[KubernetesSecret]:
    """The Kubernetes Secrets of the objects, each once, in the order of the list."""
    grouped: dict[tuple[str, str], list[VaultObject]] = {}
    for secret in objects:
        if ref := secret.secret_key_ref:
            grouped.setdefault((ref.secret, ref.type), []).append(secret)
    return [KubernetesSecret(name, kind, tuple(objects)) for (name, kind), objects in grouped.items()]


def env_from_secrets(targets: Iterable[DeliveryTarget]) -> list[dict[str, Any]]:
    """Environment variables with a reference to a Kubernetes Secret."""
    return [
        {
            "name": target.env,
            "valueFrom": {"secretKeyRef": {"name": ref.secret, "key": ref.key}},
        }
        for target in targets
        if target.env and (ref := target.secret_key_ref)
    ]


SECRETS_VOLUME = "kubernetes-secrets"


def files_from_secrets(targets: Iterable[DeliveryTarget]) -> list[dict[str, Any]]:
    """The volume of the files from Kubernetes Secrets; empty without such a file. A certificate that fills
    both keys of a TLS Secret is a folder with two files.
    """
    sources = [
        {
            "secret": {
                "name": ref.secret,
                "items": [
                    {
                        "key": key,
                        "path": target.file if len(ref.keys) == 1 else f"{target.file}/{key}",
                        **({"mode": int(target.mode, 8)} if target.mode else {}),
                    }
                    for key in ref.keys
                ],
            }
        }
        for target in targets
        if target.mounted_from_secret and target.file and (ref := target.secret_key_ref)
    ]
    return [{"name": SECRETS_VOLUME, "projected": {"sources": each_once(sources)}}] if sources else []


def each_once(manifests: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without repetitions: several entries may deliver one value."""
    once: list[dict[str, Any]] = []
    for manifest in manifests:
        if manifest not in once:
            once.append(manifest)
    return once
