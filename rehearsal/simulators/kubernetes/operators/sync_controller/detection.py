"""The Secrets Store Sync Controller in a cluster: whether it runs, and the settings of its release.

charts/secrets-store-sync-controller of secrets-store-sync-controller v0.0.4: values.yaml and
templates/secrets-store-sync-controller.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import chart_name
from rehearsal.simulators.kubernetes.api.store import RELEASE, ObjectStore

CHART: Final = "secrets-store-sync-controller"
AUDIENCE: Final = "api://AzureADTokenExchange"
_SOCKET: Final = "--endpoint=unix:///provider/azure.sock"
_NEVER: Final = ("0", "0s", "0m", "0h")
_TYPES: Final = (
    "Opaque",
    "kubernetes.io/basic-auth",
    "bootstrap.kubernetes.io/token",
    "kubernetes.io/dockerconfigjson",
    "kubernetes.io/dockercfg",
    "kubernetes.io/ssh-auth",
    "kubernetes.io/tls",
)


@dataclass(frozen=True)
class SyncInstallation:
    """A running controller."""

    namespace: str
    has_provider: bool
    """The container of the Azure provider is in its pod."""
    has_token: bool
    """It requests tokens of ServiceAccounts for Entra."""
    polls: bool
    has_policies: bool
    """The chart's ValidatingAdmissionPolicies are there."""
    types: tuple[str, ...]
    """Types of Secrets that the policies allow."""


def installed(objects: ObjectStore) -> SyncInstallation | None:
    """The controller of the cluster; None if no release of its chart exists."""
    for release in objects.all_of(RELEASE):
        if chart_name(release["spec"]["chart"]) == CHART:
            return _of(objects, release["metadata"]["namespace"], mapping(release["spec"].get("values")))
    return None


def _of(objects: ObjectStore, namespace: str, values: Mapping[str, Any]) -> SyncInstallation:
    matches, policies = objects.world.matches, mapping(values.get("validatingAdmissionPolicies"))
    arguments = [
        argument
        for container in mappings(values.get("providerContainer"))
        for argument in container.get("args") or ()
    ]
    interval = values.get("rotationPollInterval", "12h")
    return SyncInstallation(
        namespace,
        has_provider=any(matches(argument, _SOCKET) for argument in arguments),
        has_token=any(
            matches(entry.get("audience"), AUDIENCE) for entry in mappings(values.get("tokenRequestAudience"))
        ),
        polls=not any(matches(interval, never) for never in _NEVER),
        has_policies=policies.get("applyPolicies", True) is True,
        types=tuple(map(str, policies.get("allowedSecretTypes", _TYPES))),
    )
