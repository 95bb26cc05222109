"""One `kubernetes.Provider` of a program: its settings, and when a change of them replaces it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.simulators.diff import Difference, changes
from rehearsal.simulators.kubernetes.provider.kubeconfig import Connection, active_cluster
from rehearsal.simulators.wire import has_unknown

_PREFIX = "kubernetes:config:"


@dataclass(frozen=True)
class ProviderInstance:
    """A provider with the cluster that its kubeconfig names."""

    connection: Connection
    settings: Mapping[str, str]

    @classmethod
    def configured(cls, variables: Mapping[str, str]) -> ProviderInstance:
        settings = {name.removeprefix(_PREFIX): value for name, value in variables.items()}
        return cls(Connection.parse(settings), settings)

    def on(self, name: str) -> bool:
        return self.settings.get(name) == "true"

    @property
    def deletes_unreachable(self) -> bool:
        """The setting, else the environment variable (Configure in provider.go)."""
        variable = os.environ.get("PULUMI_K8S_DELETE_UNREACHABLE")
        return self.settings.get("deleteUnreachable", variable) == "true"


def settings_difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    """An equal clusterIdentifier keeps the provider.

    Without one, another or an unknown active cluster replaces it.
    """
    changed = changes(old, new)
    if not changed:
        return Difference()
    identifiers = old.get("clusterIdentifier"), new.get("clusterIdentifier")
    if None not in identifiers:
        same = identifiers[0] == identifiers[1] and not has_unknown(identifiers[1])
        return Difference(changed, frozenset() if same else frozenset({("clusterIdentifier",)}))
    names = ("kubeconfig", "context", "cluster")
    unknown = {(name,) for name in names if has_unknown(new.get(name))}
    if unknown or active_cluster(old) != active_cluster(new):
        replaces = unknown or {path for path in changed if path[0] in names}
        return Difference(changed, frozenset(replaces))
    return Difference(changed)
