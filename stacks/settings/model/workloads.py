"""Section ``workloads``: applications, the vault objects that each reads, and what its identity may read."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from components.authorization.roles import READ_ACCESS, ObjectType, ReadAccess
from components.workloads import WORKLOADS, Access, Capability, SecretKeyRef, Technique, TechniqueSpec
from components.workloads.techniques.dapr import default_store
from components.workloads.vault_objects import SecretRenaming
from stacks.settings.model.dapr import DaprAppSettings
from stacks.settings.model.delivery import ONLY_KEY, KubernetesSecretSettings
from stacks.settings.model.external_secrets import ComposeSettings, ExternalSecretsSettings, FindSettings
from stacks.settings.model.pods import PodSettings
from stacks.settings.model.secrets import ConfigKey, SecretSettings
from stacks.settings.model.section import Section
from stacks.settings.types import nearly
from stacks.settings.types.azure import Guid, IdentityName
from stacks.settings.types.kubernetes import DnsLabel, DnsSubdomain
from stacks.settings.validation.constraints import Pattern
from stacks.settings.validation.problems import Path

MountPath = Annotated[
    str,
    Pattern(
        "mount-path",
        r"(?!.*/\.\.?(?:/|$))(?!/(?:bin|boot|etc|home|lib|lib64|root|run|sbin|tmp|usr|var)$)(?!/(?:dev|proc|sys|(?:var/)?run/secrets)(?:/|$))"
        r"(?:/[A-Za-z0-9_.-]+)+",
        is_a="path for a mount",
        remedy=(
            "use an absolute path without a slash at the end, and no system folder, whose files the"
            " mount would hide"
        ),
        example="/mnt/secrets-store",
        mended=nearly.folder,
        source="https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#volumemount-v1-core",
    ),
]


class Scope(StrEnum):
    """How wide a workload's right to read is."""

    OBJECT = "object"
    """Each listed object and no other."""
    VAULT = "vault"
    """Every secret of the vault, with the right to list them: for applications that list secrets."""


EXTERNAL_PRINCIPAL_ACCESS = (Access.USER_ASSIGNED_VM, Access.SERVICE_PRINCIPAL)
"""Access modes in which an identity that the program does not make reads the vault."""


class ServicePrincipalSettings(Section):
    """A service principal that reads the vault. Its client secret is a Pulumi secret:
    `secret-values:<config_key>`.
    """

    client_id: Guid
    """Application (client) id."""
    object_id: Guid
    """Object id of the service principal, which role assignments name."""
    config_key: ConfigKey
    """Key under `secret-values:` that holds the client secret."""


# Keys of a secret that say where the vault's value comes from. They do not change the Kubernetes Secret.
_SOURCE_KEYS = {
    "source",
    "value",
    "sensitive",
    "config_key",
    "length",
    "special",
    "content_type",
    "not_before",
    "expires",
    "manage",
}


_CONTENT_KEYS = (
    *(Capability.VERSION, Capability.VERSION_HISTORY, Capability.FORMAT, Capability.ENCODING),
    *(Capability.PROPERTY, Capability.EXTRACT),
)


class WorkloadSettings(PodSettings):
    """An application, the vault objects that it reads, and its pod."""

    name: DnsLabel
    """Name of the workload; also of its identity and, by default, of its ServiceAccount."""
    namespace: DnsLabel
    """Kubernetes namespace. The program makes it, unless `namespaces` lists it as existing."""
    technique: Technique
    """How the secrets reach the pod."""
    service_account: DnsSubdomain | None = None
    """Name of the ServiceAccount; the workload's name by default."""
    existing_service_account: bool = False
    """The ServiceAccount already exists: the program only adds the two annotations that name the identity."""
    identity: IdentityName | None = None
    """Shared identity, by its name in `identities`; an identity of its own by default."""
    scope: Scope = Scope.OBJECT
    """How wide the identity's right to read is: object (each listed object) or vault (every secret, with the
    right to list).
    """
    secrets: tuple[SecretSettings, ...] = ()
    """Vault objects that the workload reads."""
    mount_path: MountPath = "/mnt/secrets-store"
    """Folder in the container that holds the files with values."""
    reload: bool = False
    """Replace the pods when a value changes. Requires `operators.reloader`."""
    access: Access = Access.WORKLOAD_IDENTITY
    """Principal that reads the vault. Modes other than workload-identity are for clusters that do not have it
    yet.
    """
    service_principal: ServicePrincipalSettings | None = None
    """With `access: service-principal`: the service principal."""
    compose: tuple[ComposeSettings, ...] = ()
    """With technique eso: values composed of several secrets, such as a connection string."""
    find: tuple[FindSettings, ...] = ()
    """With technique eso: searches for secrets instead of a list; each match is a key of a Kubernetes Secret.
    Requires `scope: vault`.
    """
    external_secrets: ExternalSecretsSettings = ExternalSecretsSettings()
    """With technique eso: how its ExternalSecrets behave."""
    dapr: DaprAppSettings = DaprAppSettings()
    """With technique dapr: the Dapr application and its sidecar."""

    @property
    def spec(self) -> TechniqueSpec:
        """The traits of the workload's technique."""
        return WORKLOADS[self.technique].spec

    @property
    def service_account_name(self) -> str:
        """Name of the ServiceAccount that the pods run as."""
        return self.service_account or self.name

    @property
    def dapr_app_id(self) -> str:
        """Dapr app id."""
        return self.dapr.app_id or self.name

    @property
    def dapr_store(self) -> str:
        """Name of the secret store component that the application reads."""
        return self.dapr.store or default_store(self.name)

    @property
    def delivered_values(self) -> Iterator[tuple[Path, SecretSettings | ComposeSettings]]:
        """Every listed secret and composed value, each with its path in the workload."""
        yield from ((("secrets", index), secret) for index, secret in enumerate(self.secrets))
        yield from ((("compose", index), composed) for index, composed in enumerate(self.compose))

    def file_path(self, value: SecretSettings | ComposeSettings) -> str | None:
        """Path of the value's file below the mount. None: the value has no file.

        A value has a file of its object's name, unless a Kubernetes Secret delivers it in another way.
        """
        extracted = isinstance(value, SecretSettings) and value.extract
        delivered_otherwise = self.spec.uses_kubernetes_secrets and (
            value.env or value.kubernetes_secret or extracted
        )
        return value.file or (
            None if delivered_otherwise else self._secret_key(value, KubernetesSecretSettings())
        )

    def uses_kubernetes_secret(self, secret: SecretSettings | ComposeSettings) -> bool:
        """Whether a Kubernetes Secret holds the value."""
        requested = secret.env is not None or secret.kubernetes_secret is not None
        return self.spec.uses_kubernetes_secrets or (
            requested and Capability.KUBERNETES_SECRET in self.spec.capabilities
        )

    def find_secret_name(self, find: FindSettings) -> str:
        """Name of the Kubernetes Secret that holds the matches of a search."""
        return find.kubernetes_secret or self._default_secret(find.vault)

    def secret_key_ref(self, secret: SecretSettings | ComposeSettings) -> SecretKeyRef:
        """Name, key and type of the Kubernetes Secret for a value."""
        target = secret.kubernetes_secret or KubernetesSecretSettings()
        vault = secret.vault if isinstance(secret, SecretSettings) else None
        return SecretKeyRef(
            secret=target.name or self._default_secret(vault),
            type=target.type.value,
            key=self._secret_key(secret, target),
        )

    def content_of(self, secret: SecretSettings) -> tuple[object, ...]:
        """The part of the vault that an entry delivers: entries with equal content deliver one value."""
        keys = [key for key in _CONTENT_KEYS if key in self.spec.capabilities]
        return (*secret.object_key, secret.type, *(getattr(secret, key.value) for key in keys))

    @property
    def vaults(self) -> list[str | None]:
        """Labels of the vaults that the workload reads, each once. The vault of section ``vault`` is None."""
        return list(
            dict.fromkeys([*(secret.vault for secret in self.secrets), *(find.vault for find in self.find)])
        ) or [None]

    def _default_secret(self, vault: str | None) -> str:
        """Default name of the workload's Kubernetes Secret for a vault: not every technique can put two
        vaults into one.
        """
        spec = self.spec
        prefix = "-".join([self.name, spec.secret_suffix, *([vault] if vault else [])])
        if spec.secret_renaming is SecretRenaming.NOTHING:
            return prefix
        # Up to 1.5 the driver adds no key to an existing Secret and keeps its type: pods would wait forever.
        # A hash of the contents in the name makes another Secret.
        values = [
            value
            for _, value in self.delivered_values
            if self.uses_kubernetes_secret(value) and getattr(value, "vault", None) == vault
        ]
        targets = [(value, value.kubernetes_secret or KubernetesSecretSettings()) for value in values]
        contents = sorted(
            f"{target.type}/{self._secret_key(value, target)}"
            for value, target in targets
            if target.name is None
        )
        if spec.secret_renaming is SecretRenaming.CONTENTS:
            contents += [
                value.model_dump_json(exclude=_SOURCE_KEYS, exclude_defaults=True) for value in values
            ]
            contents += [find.model_dump_json(exclude={"vault"}) for find in self.find if find.vault == vault]
            contents += [self.external_secrets.model_dump_json(include={"refresh_policy", "creation_policy"})]
        return f"{prefix}-{hashlib.sha256(' '.join(contents).encode()).hexdigest()[:6]}"

    @staticmethod
    def _secret_key(value: SecretSettings | ComposeSettings, target: KubernetesSecretSettings) -> str:
        part = value.property if isinstance(value, SecretSettings) else None
        return target.key or ONLY_KEY.get(target.type) or re.sub(r"[^-._a-zA-Z0-9]", "-", part or value.name)

    @property
    def identity_name(self) -> str:
        """Name of the principal that reads the vault. Workloads share an external principal, so its roles are
        assigned once.
        """
        if self.access is Access.USER_ASSIGNED_VM:
            return "csi-addon/identity"  # no workload and no identity can have a slash in its name
        if self.access is Access.SERVICE_PRINCIPAL and self.service_principal:
            return f"service-principal/{self.service_principal.object_id}"
        return self.identity or self.name


@dataclass(frozen=True)
class ReadScope:
    """A vault object, or all secrets of a vault, that an identity may read."""

    vault: str | None
    """Label of the vault."""
    type: ObjectType
    name: str | None
    """Name of the object in the vault. None: every secret, with the right to list."""

    @property
    def access(self) -> ReadAccess:
        """Role that the object requires, and the kind of scope."""
        return READ_ACCESS[self.type]

    def includes(self, secret: SecretSettings) -> bool:
        """Whether this scope allows a workload to read a secret."""
        same_access = self.access == READ_ACCESS[secret.type] and self.vault == secret.vault
        return same_access and (self.name is None or self.name.lower() == secret.name.lower())


def read_scopes(workloads: Sequence[WorkloadSettings]) -> list[ReadScope]:
    """What the identity of these workloads may read: the union over the workloads, each scope once."""
    whole_vaults = dict.fromkeys(
        vault for workload in workloads if workload.scope is Scope.VAULT for vault in workload.vaults
    )
    # Only secrets are readable at vault scope: Certificate User could read them too (docs/security.md).
    scopes = [ReadScope(vault, ObjectType.SECRET, None) for vault in whole_vaults]
    for secret in (secret for workload in workloads for secret in workload.secrets):
        if not any(scope.includes(secret) for scope in scopes):
            scopes.append(ReadScope(secret.vault, secret.type, secret.name))
    return scopes
