"""Sections ``workloads[].compose``, ``find`` and ``external_secrets``: what the External Secrets Operator
adds.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated

from components.workloads import CreationPolicy, DeletionPolicy, RefreshPolicy
from stacks.settings.model.delivery import (
    DeliveryTargetSettings,
    KubernetesSecretName,
    RewriteSettings,
    SecretKeyName,
)
from stacks.settings.model.metadata import AnnotationKey, LabelKey, LabelValue
from stacks.settings.model.section import Section
from stacks.settings.model.vault import VaultLabel
from stacks.settings.types.durations import duration, seconds
from stacks.settings.types.go_template import fields_of

_API = "https://external-secrets.io/latest/api/externalsecret/"

RefreshInterval = Annotated[str, duration("refresh-interval", example="1h", source=_API)]


class ComposeSettings(DeliveryTargetSettings):
    """A value that is composed of several secrets by a template."""

    name: SecretKeyName
    """Key in the Kubernetes Secret, unless `kubernetes_secret.key` sets another."""
    template: str
    """Go template. A listed secret is the field of its key: `{{ .user }}`, or `{{ index . "db-password" }}`
    if it has a hyphen.
    """

    @cached_property
    def fields(self) -> frozenset[str] | None:
        """The keys that the template names. None: only Go's own parser could tell."""
        return fields_of(self.template)


class FindSettings(Section):
    """A search for secrets of the vault. Each match becomes a key of a Kubernetes Secret."""

    vault: VaultLabel | None = None
    """Label of the vault in `vaults`; the vault of section `vault` by default."""
    regexp: str | None = None
    """Regular expression in Go's syntax that the name must match."""
    tags: Mapping[str, str] = {}
    """Tags with values that the secret must have, all of them."""
    kubernetes_secret: KubernetesSecretName | None = None
    """Name of the Kubernetes Secret; `<workload>-external-find` by default."""
    labels: Mapping[LabelKey, LabelValue] = {}
    """Labels of that Kubernetes Secret."""
    annotations: Mapping[AnnotationKey, str] = {}
    """Annotations of that Kubernetes Secret."""
    env_from: bool = False
    """Deliver each match as an environment variable of its name, too."""
    rewrite: tuple[RewriteSettings, ...] = ()
    """Changes of the names, one after the other, before they are keys: `{source: "^app-", target: ""}`."""
    variable_names: bool = False
    """Make names of variables of the names: `db-url` becomes `DB_URL`."""


class ExternalSecretsSettings(Section):
    """How the operator keeps the workload's Kubernetes Secrets in sync with the vault."""

    refresh_interval: RefreshInterval = "1h"
    """With `refresh_policy: Periodic`: time between two reads of the vault, at least 1m."""
    refresh_policy: RefreshPolicy = RefreshPolicy.PERIODIC
    """When the operator reads the vault again: Periodic, CreatedOnce or OnChange (of the ExternalSecret)."""
    creation_policy: CreationPolicy = CreationPolicy.OWNER
    """How the operator treats the Kubernetes Secret: Owner, Orphan, Merge, CreateOrMerge or None (makes
    none).
    """
    deletion_policy: DeletionPolicy = DeletionPolicy.RETAIN
    """Effect on the Kubernetes Secret when the vault no longer has the secret: Retain, Delete or Merge.
    """
    await_ready: bool = True
    """`pulumi up` waits until the operator has read the vault, at most 20 minutes."""

    @property
    def refresh_seconds(self) -> int:
        """The refresh interval in seconds."""
        return seconds(self.refresh_interval)
