"""The input of the checks: the settings of a stack, its file, the environment, and Azure."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from operations.azure.reads import AzureReads
from operations.azure.session import AzureSession
from operations.doctor.platform_output import PlatformOutput
from stacks.settings import Composition, Settings
from stacks.settings.azure_names import AzureNames, existing_resources


@dataclass(frozen=True)
class Examination:
    """One stack, before its first `up` or later."""

    stack: str
    folder: Path
    """Folder of Pulumi.yaml and the stack file."""
    settings: Settings
    stack_file: Mapping[str, Any]
    """The document: `config` beside `secretsprovider`, `encryptionsalt` and `encryptedkey`."""
    azure: AzureReads | None = None
    """None: there is no sign-in."""
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    has_network: bool = True
    """False: Azure could not be reached at all, so what is elsewhere in the network is not asked either."""

    @property
    def reads(self) -> AzureReads:
        """Azure, in a family that runs only with a sign-in."""
        if self.azure is None:
            raise RuntimeError("a check of Azure runs without a sign-in")
        return self.azure

    @property
    def session(self) -> AzureSession:
        return self.reads.session

    @property
    def subscription(self) -> str:
        """ARM id of the subscription."""
        return self.session.subscription

    @cached_property
    def names(self) -> AzureNames:
        """The names of all that the stack creates."""
        return AzureNames.of(self.settings, self.session.subscription_id)

    @cached_property
    def existing_ids(self) -> Mapping[str, str]:
        """ARM id of the existing cluster (`cluster`), and of other existing resources by their path."""
        ids: dict[str, str] = {}
        for resource in existing_resources(self.settings):
            key = "/".join(map(str, resource.path))
            ids[key] = resource.id_in(self.session.subscription_id)
        return ids

    @property
    def makes_cluster(self) -> bool:
        """Whether the stack creates its cluster."""
        return (
            self.settings.composition is not Composition.WORKLOADS and self.settings.cluster.existing is None
        )

    @property
    def cluster_id(self) -> str:
        """ARM id of the cluster: created, existing, or the platform's. Empty: the platform's is not known."""
        if self.makes_cluster:
            return self.names.cluster_id
        platform = self._platform_here
        return self.existing_ids.get("cluster/existing") or (platform.cluster_id if platform else "")

    @cached_property
    def platform(self) -> PlatformOutput | None:
        """The output of the stack that a stack of workloads stands on. None: it stands on none."""
        platform = self.settings.platform
        return PlatformOutput.read(self.folder, platform.stack) if platform else None

    @property
    def _platform_here(self) -> PlatformOutput | None:
        """The platform, if it is usable: existing/platform.py has the finding if it is not."""
        platform = self.platform
        return platform if platform and platform.is_usable else None

    def vault_id(self, label: str | None) -> str:
        """ARM id of a vault: created, existing, or the platform's. Empty: it is not known."""
        for path, vault_label, vault in self.settings.all_vaults:
            if vault_label == label:
                if vault.existing:
                    return self.existing_ids["/".join(map(str, (*path, "existing")))]
                if self.makes_vault(label):
                    return self.names.vaults[label].id
        platform = self._platform_here
        return platform.vault_id(label) if platform else ""

    def makes_vault(self, label: str | None) -> bool:
        """Whether the stack creates the vault."""
        vault = next((vault for _, named, vault in self.settings.all_vaults if named == label), None)
        if vault is None or vault.existing:
            return False
        # A stack of workloads makes additional vaults only; that of section `vault` is the platform's.
        return label is not None or self.settings.composition is not Composition.WORKLOADS
