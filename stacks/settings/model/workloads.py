"""Sections ``workloads`` and ``identities``: who reads which secret, and what runs."""

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
        remedy="begin it with a slash, no slash at the end, and no folder of the system: the mount would hide what is in it",
        example="/mnt/secrets-store",
        source="https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#volumemount-v1-core",
    ),
]


class Scope(StrEnum):
    """How wide a workload's right to read is."""

    OBJECT = "object"
    """Each listed object, and no other."""
    VAULT = "vault"
    """Every secret of the vault, listed too: for applications that list secrets."""


EXTERNAL_PRINCIPAL_ACCESS = (Access.USER_ASSIGNED_VM, Access.SERVICE_PRINCIPAL)
"""With these the vault is read by an identity that the program does not make."""


class ServicePrincipalSettings(Section):
    """A service principal that reads the vault. Its secret is a Pulumi secret of its own: `secret-values:<config_key>`."""

    client_id: Guid
    """Its application (client) id."""
    object_id: Guid
    """Its object id in the directory, which role assignments name."""
    config_key: ConfigKey
    """The key in `secret-values:` that holds its client secret."""


# Of a secret: where its value comes from. Another source is the vault's business.
_NO_CONTENTS = {
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


class WorkloadSettings(PodSettings):
    """An application, the vault objects it reads and what runs."""

    name: DnsLabel
    """Also the name of its identity and, unless said otherwise, of its ServiceAccount."""
    namespace: DnsLabel
    """Kubernetes namespace; the program makes it, unless `namespaces` says that it is existing."""
    technique: Technique
    """How the secrets get into the pod."""
    service_account: DnsSubdomain | None = None
    """Name of the ServiceAccount; the workload's name if not given."""
    existing_service_account: bool = False
    """It is there already: the program only adds the two annotations that name the identity."""
    identity: IdentityName | None = None
    """Name of a shared identity in `identities`; an identity of its own if not given."""
    scope: Scope = Scope.OBJECT
    """How wide its right to read is."""
    secrets: tuple[SecretSettings, ...] = ()
    """What it reads."""
    mount_path: MountPath = "/mnt/secrets-store"
    """Where files with values stand in the container."""
    reload: bool = False
    """Make new pods when a value changes; needs `operators.reloader`."""
    access: Access = Access.WORKLOAD_IDENTITY
    """Whose right it is to read; anything but workload-identity is for clusters that cannot do better yet."""
    service_principal: ServicePrincipalSettings | None = None
    """With `access: service-principal`: which one."""
    compose: tuple[ComposeSettings, ...] = ()
    """With `eso`: values that are made of several secrets, such as a connection string."""
    find: tuple[FindSettings, ...] = ()
    """With `eso`: secrets that are not listed but looked for, each a key of a Kubernetes Secret; needs `scope: vault`."""
    external_secrets: ExternalSecretsSettings = ExternalSecretsSettings()
    """With `eso`: how its ExternalSecrets behave."""
    dapr: DaprAppSettings = DaprAppSettings()
    """With `dapr`: the application as Dapr knows it, and its sidecar."""

    @property
    def spec(self) -> TechniqueSpec:
        """The traits of the workload's technique."""
        return WORKLOADS[self.technique].spec

    @property
    def service_account_name(self) -> str:
        """The ServiceAccount that its pods run as."""
        return self.service_account or self.name

    @property
    def dapr_app_id(self) -> str:
        """What Dapr calls the application."""
        return self.dapr.app_id or self.name

    @property
    def dapr_store(self) -> str:
        """What the application calls its secret store."""
        return self.dapr.store or default_store(self.name)

    @property
    def delivered_values(self) -> Iterator[tuple[Path, SecretSettings | ComposeSettings]]:
        """Everything with a place of its own in the pod, and where in the settings it stands."""
        yield from ((("secrets", index), secret) for index, secret in enumerate(self.secrets))
        yield from ((("compose", index), composed) for index, composed in enumerate(self.compose))

    def file_path(self, placed: SecretSettings | ComposeSettings) -> str | None:
        """Where below the mount it stands, if it does: called like the object where nobody says how else the pod gets at it."""
        extracted = isinstance(placed, SecretSettings) and placed.extract
        said_otherwise = self.spec.uses_kubernetes_secrets and (
            placed.env or placed.kubernetes_secret or extracted
        )
        return placed.file or (None if said_otherwise else self._key_of(placed, KubernetesSecretSettings()))

    def uses_kubernetes_secret(self, secret: SecretSettings | ComposeSettings) -> bool:
        """Whether its value stands in a Kubernetes Secret."""
        spec = self.spec
        asked = secret.env is not None or secret.kubernetes_secret is not None
        return spec.uses_kubernetes_secrets or (asked and Capability.KUBERNETES_SECRET in spec.capabilities)

    def find_secret_name(self, find: FindSettings) -> str:
        """Name of the Kubernetes Secret that holds what is found."""
        return find.kubernetes_secret or self._default_secret(find.vault)

    def secret_key_ref(self, secret: SecretSettings | ComposeSettings) -> SecretKeyRef:
        """Where in Kubernetes its value stands, if it does."""
        said = secret.kubernetes_secret or KubernetesSecretSettings()
        vault = secret.vault if isinstance(secret, SecretSettings) else None
        return SecretKeyRef(
            secret=said.name or self._default_secret(vault),
            type=said.type.value,
            key=self._key_of(secret, said),
        )

    @property
    def vaults(self) -> list[str | None]:
        """What it calls the vaults that it reads, each once."""
        return list(
            dict.fromkeys([*(secret.vault for secret in self.secrets), *(find.vault for find in self.find)])
        ) or [None]

    def _default_secret(self, vault: str | None) -> str:
        """One for each vault: not every technique can put objects of two vaults into one Secret."""
        spec = self.spec
        begin = "-".join([self.name, spec.secret_suffix, *([vault] if vault else [])])
        if spec.secret_renaming is SecretRenaming.NOTHING:
            return begin
        # Up to 1.5 the driver never gives an existing Secret another key or type: pods that wait for it would wait for ever.
        inside = [
            placed
            for _, placed in self.delivered_values
            if self.uses_kubernetes_secret(placed) and getattr(placed, "vault", None) == vault
        ]
        asked = [(placed, placed.kubernetes_secret or KubernetesSecretSettings()) for placed in inside]
        said = sorted(
            f"{place.type}/{self._key_of(placed, place)}" for placed, place in asked if place.name is None
        )
        if spec.secret_renaming is SecretRenaming.CONTENTS:
            said += [placed.model_dump_json(exclude=_NO_CONTENTS, exclude_defaults=True) for placed in inside]
            said += [find.model_dump_json(exclude={"vault"}) for find in self.find if find.vault == vault]
            said += [self.external_secrets.model_dump_json(include={"refresh_policy", "creation_policy"})]
        return f"{begin}-{hashlib.sha256(' '.join(said).encode()).hexdigest()[:6]}"

    @staticmethod
    def _key_of(secret: SecretSettings | ComposeSettings, said: KubernetesSecretSettings) -> str:
        part = secret.property if isinstance(secret, SecretSettings) else None
        return said.key or ONLY_KEY.get(said.type) or re.sub(r"[^-._a-zA-Z0-9]", "-", part or secret.name)

    @property
    def identity_name(self) -> str:
        """Whoever reads for it. A borrowed identity is one for all workloads that borrow it: its grants are made once."""
        if self.access is Access.USER_ASSIGNED_VM:
            return "csi-addon/identity"  # the slash: no workload and no identity can be called so
        if self.access is Access.SERVICE_PRINCIPAL and self.service_principal:
            return f"service-principal/{self.service_principal.object_id}"
        return self.identity or self.name


@dataclass(frozen=True)
class ReadScope:
    """Something that an identity may read."""

    vault: str | None
    """What the settings call it."""
    type: ObjectType
    name: str | None
    """Name in the vault; None is every secret, listed too."""

    @property
    def access(self) -> ReadAccess:
        """The role that it takes, and where the object stands."""
        return READ_ACCESS[self.type]

    def includes(self, secret: SecretSettings) -> bool:
        """Whether a workload gets at this secret through it."""
        other = READ_ACCESS[secret.type]
        same = self.access == other and self.vault == secret.vault
        return same and (self.name is None or self.name.lower() == secret.name.lower())


def read_scopes(workloads: Sequence[WorkloadSettings]) -> list[ReadScope]:
    """What an identity may read that these workloads take on: the union of what each asks for, each once."""
    open_to = dict.fromkeys(
        vault for workload in workloads if workload.scope is Scope.VAULT for vault in workload.vaults
    )
    # At vault scope the right to secrets only: Certificate User could read them too (docs/security.md).
    found = [ReadScope(vault, ObjectType.SECRET, None) for vault in open_to]
    for secret in (secret for workload in workloads for secret in workload.secrets):
        if not any(reach.includes(secret) for reach in found):
            found.append(ReadScope(secret.vault, secret.type, secret.name))
    return found


# --------------------------------------------------------------------------------------------------------------- cross-key rules
