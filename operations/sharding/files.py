"""The stack files of a split: the platform's, and one for each stack of workloads.

Deliberately not here: which workloads go where (groups.py), and what the state has (state.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from operations.sharding.groups import Shard
from operations.sharding.state import State
from stacks.settings import Settings
from stacks.settings.model.workloads import EXTERNAL_PRINCIPAL_ACCESS

Config = dict[str, Any]
_SHARED: Final = ("aks-secrets:technique", "aks-secrets:grants", "aks-secrets:tags", "aks-secrets:labels")
"""Sections that every stack of the split has alike, besides those of Pulumi and of the provider."""
_OF_WORKLOADS: Final = ("aks-secrets:workloads", "aks-secrets:identities", "aks-secrets:technique")
_WRITING: Final = (
    *("from", "value", "sensitive", "config_key", "length", "special", "rotated", "stack", "resource"),
    *("content_type", "not_before", "expires", "manage"),
)
"""Keys of a secret that say what the program writes; the others say how it is read."""


@dataclass(frozen=True)
class Split:
    """A stack that is to be split."""

    settings: Settings
    config: Mapping[str, Any]
    """The sections as they are written, by full key."""
    state: State
    organization: str

    def platform(self) -> Config:
        """The stack itself, without its workloads."""
        listed = [entry for entry in self._list("namespaces") if not entry.get("existing")]
        kept = {
            key: value
            for key, value in self.config.items()
            if key not in _OF_WORKLOADS and not key.startswith("secret-values:")
        }
        namespaces = [*listed, *({"name": name} for name in self.unlisted_namespaces())]
        return {
            **kept,
            "aks-secrets:composition": "platform",
            **({"aks-secrets:namespaces": namespaces} if namespaces else {}),
        }

    def unlisted_namespaces(self) -> list[str]:
        """Namespaces that the stack makes only because a workload names them; a platform has to list them."""
        listed = {entry["name"] for entry in self._list("namespaces")}
        names = dict.fromkeys(workload.namespace for workload in self.settings.workloads)
        return [name for name in names if name not in listed]

    def workloads(self, shard: Shard, seeded: set[tuple[str | None, str]]) -> Config:
        """One stack of workloads. `seeded`: the secrets that it writes; it only reads all others."""
        written = {entry["name"]: entry for entry in self._list("workloads")}
        own: list[Config] = []
        groups: dict[str, None] = {}
        for name in dict.fromkeys(w.identity_name for w in shard.workloads if _has_identity(w)):
            entry = next((each for each in self._list("identities") if each["name"] == name), {"name": name})
            if not entry.get("existing"):
                group, azure_name = self.state.azure_identity(name)
                groups[group] = None
                entry = {**entry, "resource_name": azure_name}
            own.append(entry)
        namespaces = {workload.namespace for workload in shard.workloads}
        existing = [
            entry
            for entry in self._list("namespaces")
            if entry.get("existing") and entry["name"] in namespaces
        ]
        group = next(iter(groups), None)
        return {
            **{key: value for key, value in self.config.items() if key in _SHARED or _is_providers(key)},
            "aks-secrets:composition": "workloads",
            "aks-secrets:platform": {
                "stack": f"{self.organization}/{self.settings.project}/{self.settings.stack}"
            },
            **(
                {
                    "aks-secrets:cluster": {"resource_group": group},
                    "aks-secrets:resource_groups": [{"name": group, "existing": True}],
                }
                if group
                else {}
            ),
            **({"aks-secrets:namespaces": existing} if existing else {}),
            **({"aks-secrets:identities": own} if own else {}),
            "aks-secrets:workloads": [
                self._workload(
                    written[workload.name], workload.identity_name, seeded, _has_identity(workload)
                )
                for workload in shard.workloads
            ],
        }

    def seeded(self, shard: Shard) -> set[tuple[str | None, str]]:
        """The secrets that a shard's workloads write."""
        return {
            secret.object_key for workload in shard.workloads for secret in workload.secrets if secret.seeded
        }

    def secret_values(self, config: Config) -> list[str]:
        """Config keys of secret values that a stack file needs, which only a person can encrypt for it."""
        return sorted({key for workload in config["aks-secrets:workloads"] for key in _config_keys(workload)})

    def _workload(
        self, entry: Config, identity: str, seeded: set[tuple[str | None, str]], has_identity: bool
    ) -> Config:
        secrets = [
            secret
            if secret.get("from", "existing") == "existing"
            or (secret.get("vault"), secret["name"].lower()) in seeded
            else {**{key: value for key, value in secret.items() if key not in _WRITING}, "from": "existing"}
            for secret in entry.get("secrets", ())
        ]
        named = {"identity": identity} if has_identity else {}
        return {**entry, **named, **({"secrets": secrets} if secrets else {})}

    def _list(self, section: str) -> list[Config]:
        return list(self.config.get(f"aks-secrets:{section}") or [])


def _config_keys(workload: Config) -> Iterator[str]:
    for secret in workload.get("secrets", ()):
        if secret.get("from") == "config":
            yield secret.get("config_key", secret["name"])
    if principal := workload.get("service_principal"):
        yield principal["config_key"]


def _has_identity(workload: Any) -> bool:
    return workload.access not in EXTERNAL_PRINCIPAL_ACCESS


def _is_providers(key: str) -> bool:
    return key.startswith(("azure-native:", "pulumi:"))
