"""Section ``workloads``: applications, and the vault objects that each reads."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from components.workloads import WORKLOADS, Access, Capability, SecretKeyRef, Technique, TechniqueSpec
from components.workloads.secret_names import default_secret, search_secret
from components.workloads.techniques.dapr import default_store
from stacks.settings.model.dapr import DaprAppSettings
from stacks.settings.model.delivery import (
    ONLY_KEY,
    KeptKey,
    KubernetesSecretName,
    KubernetesSecretSettings,
    MountPath,
)
from stacks.settings.model.external_secrets import ComposeSettings, ExternalSecretsSettings, FindSettings
from stacks.settings.model.metadata import AnnotationKey, LabelKey, LabelValue
from stacks.settings.model.operator_section import operator_identity
from stacks.settings.model.pods import PodSettings
from stacks.settings.model.pushes import PushSettings
from stacks.settings.model.secrets import ConfigKey, SecretSettings
from stacks.settings.model.section import Section
from stacks.settings.types.azure import Guid, IdentityName
from stacks.settings.types.kubernetes import DnsLabel, DnsSubdomain
from stacks.settings.validation.problems import Path


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


ANY_KEY = "*"
"""Keys that are not known beforehand, in ``kept_secrets``."""


def kept_keys(value: SecretSettings | ComposeSettings, ref: SecretKeyRef) -> Sequence[str]:
    """The keys of a value, in the words of ``kept_secrets``."""
    extracted = isinstance(value, SecretSettings) and value.extract
    return [f"{ref.key}.{ANY_KEY}"] if extracted else ref.keys


def is_earlier_name(name: str, group: str) -> bool:
    """Whether a release up to 0.1.0 gave a Kubernetes Secret of the group this name."""
    digest = name.removeprefix(f"{group}-")
    return name != digest and len(digest) == 6 and set(digest) <= set("0123456789abcdef")


_CONTENT_KEYS = (
    *(Capability.VERSION, Capability.VERSION_HISTORY, Capability.FORMAT, Capability.ENCODING),
    *(Capability.PROPERTY, Capability.EXTRACT, Capability.REWRITE, Capability.VARIABLE_NAMES),
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
    annotate_service_account: bool = True
    """False leaves an existing ServiceAccount as it is; output `service_accounts` has what its owner adds."""
    identity: IdentityName | None = None
    """Shared identity, by its name in `identities`; an identity of its own by default."""
    labels: Mapping[LabelKey, LabelValue] = {}
    """Labels on every object that the program makes for the workload, also on pods and Kubernetes Secrets."""
    annotations: Mapping[AnnotationKey, str] = {}
    """Annotations on every object that the program makes for the workload, also on pods and Kubernetes
    Secrets.
    """
    after: tuple[DnsLabel, ...] = ()
    """Workloads that come first, by name: their pods are ready, or their Job is complete, before these."""
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
    """Principal that reads the vault, and how the workload becomes it. Modes after identity-binding are for
    clusters that do not have workload identity yet.
    """
    former_access: Access | None = None
    """Mode before a change of `access`, which still works until pods of another tool have changed."""
    service_principal: ServicePrincipalSettings | None = None
    """With `access: service-principal`: the service principal."""
    compose: tuple[ComposeSettings, ...] = ()
    """With technique eso: values composed of several secrets, such as a connection string."""
    find: tuple[FindSettings, ...] = ()
    """With technique eso: searches for secrets instead of a list; each match is a key of a Kubernetes Secret.
    Requires `scope: vault`.
    """
    pushes: tuple[PushSettings, ...] = ()
    """With technique eso: secrets of the vault that the operator writes, as an identity that reads nothing
    else. The workload has `kind: none` and no `secrets`.
    """
    external_secrets: ExternalSecretsSettings = ExternalSecretsSettings()
    """With technique eso: how its ExternalSecrets behave."""
    dapr: DaprAppSettings = DaprAppSettings()
    """With technique dapr: the Dapr application and its sidecar."""
    kept_secrets: Mapping[KubernetesSecretName, tuple[KeptKey, ...]] | None = None
    """Kubernetes Secrets that a release up to 0.1.0 named, each with the keys that stay in it: a key, `*` for
    what `find` finds, `<name>.*` for what `extract` delivers. By default as in the stack's
    state; `{}` moves every value to a Secret of its own.
    """

    @property
    def spec(self) -> TechniqueSpec:
        """The traits of the workload's technique."""
        return WORKLOADS[self.technique].spec

    @property
    def service_account_name(self) -> str:
        """Name of the ServiceAccount that the pods run as."""
        return self.service_account or self.name

    def signs_in_by(self, access: Access) -> bool:
        """Whether the workload has what an access mode needs, maybe besides another."""
        return not self.spec.operator_reads and access in (self.access, self.former_access)

    @property
    def has_identity(self) -> bool:
        """Whether a user-assigned identity, of its own or of ``identities``, reads the vault for it."""
        return not self.spec.operator_reads and self.access not in EXTERNAL_PRINCIPAL_ACCESS

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

    @property
    def labelled_secrets(self) -> Iterator[tuple[Path, str, KubernetesSecretSettings | FindSettings]]:
        """The entries that may label a Kubernetes Secret: path in the workload, name of the Secret, entry."""
        for where, value in self.delivered_values:
            if value.kubernetes_secret:
                secret = self.secret_key_ref(value).secret
                yield (*where, "kubernetes_secret"), secret, value.kubernetes_secret
        for index, find in enumerate(self.find):
            yield ("find", index), self.find_secret_name(find), find

    def file_path(self, value: SecretSettings | ComposeSettings) -> str | None:
        """Path of the value's file below the mount. None: the value has no file.

        A value has a file of its object's name, unless a Kubernetes Secret delivers it in another way.
        """
        extracted = isinstance(value, SecretSettings) and value.extract
        delivered_otherwise = self.spec.uses_kubernetes_secrets and (
            value.env or value.kubernetes_secret or extracted
        )
        return value.file or (None if delivered_otherwise else self._own_name(value))

    def uses_kubernetes_secret(self, secret: SecretSettings | ComposeSettings) -> bool:
        """Whether a Kubernetes Secret holds the value."""
        requested = secret.env is not None or secret.kubernetes_secret is not None
        return self.spec.uses_kubernetes_secrets or (
            requested and Capability.KUBERNETES_SECRET in self.spec.capabilities
        )

    def find_secret_name(self, find: FindSettings) -> str:
        """Name of the Kubernetes Secret that holds the matches of a search."""
        group = self.secret_group(find.vault)
        by_default = search_secret(group) if self.spec.secret_per_value else group
        return find.kubernetes_secret or self._kept_secret(group, [ANY_KEY]) or by_default

    def secret_key_ref(self, secret: SecretSettings | ComposeSettings) -> SecretKeyRef:
        """Name, key and type of the Kubernetes Secret for a value."""
        target = secret.kubernetes_secret or KubernetesSecretSettings()
        key, type_ = self.secret_key(secret), target.type.value
        if target.name:
            return SecretKeyRef(secret=target.name, type=type_, key=key)
        group = self.secret_group(secret.vault if isinstance(secret, SecretSettings) else None)
        own = SecretKeyRef(secret=group, type=type_, key=key, group=group)
        name = self._kept_secret(group, kept_keys(secret, own)) or (
            default_secret(group, key, type_) if self.spec.secret_per_value else group
        )
        return replace(own, secret=name)

    def secret_group(self, vault: str | None) -> str:
        """Beginning of the default names of the workload's Kubernetes Secrets for a vault: not every
        technique can put two vaults into one.
        """
        return "-".join([self.name, self.spec.secret_suffix, *([vault] if vault else [])])

    def content_of(self, secret: SecretSettings) -> tuple[object, ...]:
        """The part of the vault that an entry delivers: entries with equal content deliver one value."""
        keys = [key for key in _CONTENT_KEYS if key in self.spec.capabilities]
        return (*secret.object_key, secret.type, *(getattr(secret, key.value) for key in keys))

    @property
    def vaults(self) -> list[str | None]:
        """Labels of the vaults that the workload reads, each once. The vault of section ``vault`` is None."""
        return list(
            dict.fromkeys([*(secret.vault for secret in self.objects), *(find.vault for find in self.find)])
        ) or [None]

    @property
    def objects(self) -> list[SecretSettings]:
        """The objects of vaults that the workload lists, those that the operator writes as its identity among
        them.
        """
        return [*self.secrets, *(push.written for push in self.pushes)]

    def _kept_secret(self, group: str, keys: Sequence[str]) -> str | None:
        """Kubernetes Secret of an earlier release that keeps these keys. None: they have not been in one."""
        return next(
            (
                name
                for name, kept in (self.kept_secrets or {}).items()
                if is_earlier_name(name, group) and set(keys) <= set(kept)
            ),
            None,
        )

    @staticmethod
    def secret_key(value: SecretSettings | ComposeSettings) -> str:
        """Key of the Kubernetes Secret that holds a value."""
        target = value.kubernetes_secret or KubernetesSecretSettings()
        return target.key or ONLY_KEY.get(target.type) or WorkloadSettings._own_name(value)

    @staticmethod
    def _own_name(value: SecretSettings | ComposeSettings) -> str:
        """Name of a value, as a key or as a file."""
        part = value.property if isinstance(value, SecretSettings) else None
        return re.sub(r"[^-._a-zA-Z0-9]", "-", part or value.name)

    @property
    def identity_name(self) -> str:
        """Name of the principal that reads the vault. Workloads share an external principal or an operator,
        so its roles are assigned once.
        """
        if self.spec.operator_reads and self.spec.operator:
            return operator_identity(self.spec.operator)
        if self.access is Access.USER_ASSIGNED_VM:
            return "csi-addon/identity"  # no workload and no identity can have a slash in its name
        if self.access is Access.SERVICE_PRINCIPAL and self.service_principal:
            return f"service-principal/{self.service_principal.object_id}"
        return self.identity or self.name
