"""Sections ``workloads[].compose``, ``find`` and ``external_secrets``: what only the External Secrets Operator can do."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated

from components.workloads import CreationPolicy, DeletionPolicy, RefreshPolicy
from stacks.settings.model.delivery import DeliveryTargetSettings, KubernetesSecretName, SecretKeyName
from stacks.settings.model.section import Section
from stacks.settings.model.vault import VaultLabel
from stacks.settings.types.durations import duration, seconds
from stacks.settings.types.go_template import fields_of

_API = "https://external-secrets.io/latest/api/externalsecret/"

RefreshInterval = Annotated[str, duration("refresh-interval", example="1h", source=_API)]


class ComposeSettings(DeliveryTargetSettings):
    """A value that is made of several secrets."""

    name: SecretKeyName
    """Its key in the Kubernetes Secret, unless `kubernetes_secret.key` says another."""
    template: str
    """Go template; a secret of the list is the field of its key: `{{ .user }}`, or `{{ index . "db-password" }}` with a hyphen."""

    @cached_property
    def fields(self) -> frozenset[str] | None:
        """The keys that it names; None if only Go's own parser could tell."""
        return fields_of(self.template)


class FindSettings(Section):
    """Secrets of the vault that are looked for; each is a key of a Kubernetes Secret."""

    vault: VaultLabel | None = None
    """Which of `vaults` they are in; the one of section `vault` if not given."""
    regexp: str | None = None
    """Regular expression (Go's) that its name matches."""
    tags: Mapping[str, str] = {}
    """Tags that it has, all of them, with these values."""
    kubernetes_secret: KubernetesSecretName | None = None
    """Name of the Kubernetes Secret; the workload's own if not given."""
    env_from: bool = False
    """Each is an environment variable too, by its own name."""


class ExternalSecretsSettings(Section):
    """How the operator keeps the workload's Kubernetes Secrets."""

    refresh_interval: RefreshInterval = "1h"
    """How often it reads the vault, with refresh_policy Periodic."""
    refresh_policy: RefreshPolicy = RefreshPolicy.PERIODIC
    """When it reads the vault again: Periodic, CreatedOnce or OnChange."""
    creation_policy: CreationPolicy = CreationPolicy.OWNER
    """Who owns the Kubernetes Secret: Owner, Orphan, Merge, CreateOrMerge or None."""
    deletion_policy: DeletionPolicy = DeletionPolicy.RETAIN
    """What becomes of it when the vault has the secret no more: Retain, Delete or Merge."""
    await_ready: bool = True
    """Whether `pulumi up` waits until the operator has read the vault, 20 minutes at most."""

    @property
    def refresh_seconds(self) -> int:
        """The interval in seconds."""
        return seconds(self.refresh_interval)
