"""The stack files of a split: the platform's, and one for each stack of workloads.

Deliberately not here: which workloads go where (groups.py), and what the state has (state.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from operations.sharding.groups import Shard
from operations.sharding.state import ObjectKey, State
from stacks.settings import Grants, Settings

Config = dict[str, Any]
_SHARED: Final = ("aks-secrets:technique", "aks-secrets:grants", "aks-secrets:tags", "aks-secrets:labels")
"""Sections that every stack of the split has alike, besides those of Pulumi and of the provider."""
_OF_WORKLOADS: Final = ("aks-secrets:workloads", "aks-secrets:identities", "aks-secrets:technique")
_APART: Final = ("aks-secrets:namespaces", "aks-secrets:waivers")
"""Sections of which each stack gets the entries that are about it."""
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
        reloaded = self._reloaded()
        # One that exists is the platform's only where its Reloader watches it.
        listed = [
            entry
            for entry in self._list("namespaces")
            if not entry.get("existing") or entry["name"] in reloaded
        ]
        kept = {
            key: value
            for key, value in self.config.items()
            if key not in (*_OF_WORKLOADS, *_APART) and not key.startswith("secret-values:")
        }
        namespaces = [*listed, *({"name": name} for name in self.unlisted_namespaces())]
        if reloaded:
            operators = kept["aks-secrets:operators"]
            reloader = {**operators["reloader"], "namespaces": reloaded}
            kept["aks-secrets:operators"] = {**operators, "reloader": reloader}
        operators = {section.identity for section in self.settings.operators.reading.values()}
        identities = [entry for entry in self._list("identities") if entry["name"] in operators]
        return {
            **kept,
            "aks-secrets:composition": "platform",
            **_unless_empty("namespaces", namespaces),
            **_unless_empty("identities", identities),
            **_unless_empty("waivers", self._waivers(())),
        }

    def _reloaded(self) -> list[str]:
        """Namespaces that the platform's Reloader has to list: those of the workloads, which are then of
        other stacks, and those that it lists already.
        """
        reloader = self.settings.operators.reloader
        if reloader is None or reloader.existing:
            return []
        own = {workload.namespace for workload in self.settings.workloads if workload.reload}
        return sorted(own | set(reloader.namespaces))

    @property
    def widens_reloader(self) -> bool:
        """Whether Reloader watches mounted objects as soon as it watches for stacks of workloads alone."""
        return bool(self._reloaded() and self.settings.operators.csi_driver)

    def unlisted_namespaces(self) -> list[str]:
        """Namespaces that the stack makes only because a workload names them; a platform has to list them."""
        listed = {entry["name"] for entry in self._list("namespaces")}
        return [
            name
            for name, namespace in self.settings.namespaces_by_name.items()
            if name not in listed and not namespace.existing
        ]

    def workloads(self, shard: Shard, seeded: set[ObjectKey], granted: set[ObjectKey]) -> Config:
        """One stack of workloads. `seeded`: the secrets that it writes; it only reads all others. `granted`:
        the certificates of Ingresses that it grants.
        """
        written = {entry["name"]: entry for entry in self._list("workloads")}
        own: list[Config] = []
        groups: dict[str, None] = {}
        for name in dict.fromkeys(w.identity_name for w in shard.workloads if w.has_identity):
            entry = next((each for each in self._list("identities") if each["name"] == name), {"name": name})
            if not entry.get("existing"):
                group, azure_name = self.state.azure_identity(name)
                groups[group] = None
                entry = {**entry, "resource_name": azure_name}
            # Both names contain the stack's by default.
            if binding := self.state.binding_name(name):
                entry = {**entry, "binding_name": binding}
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
            **_unless_empty("namespaces", existing),
            **_unless_empty("identities", own),
            **_unless_empty("waivers", self._waivers([workload.name for workload in shard.workloads])),
            "aks-secrets:workloads": [
                {
                    **self._workload(
                        written[workload.name], workload.identity_name, seeded, workload.has_identity
                    ),
                    **_service(written[workload.name], granted),
                }
                for workload in shard.workloads
            ],
        }

    def granted(self, shard: Shard) -> set[ObjectKey]:
        """The certificates that the Ingresses of a shard need and this program grants."""
        grants = self.settings.certificate_grants
        return {
            key
            for workload in shard.workloads
            if (ingress := workload.service and workload.service.ingress)
            and grants[key := (ingress.vault, ingress.certificate.lower())] is Grants.MANAGED
        }

    def seeded(self, shard: Shard) -> set[ObjectKey]:
        """The secrets that a shard's workloads write."""
        return {
            secret.object_key for workload in shard.workloads for secret in workload.secrets if secret.seeded
        }

    def secret_values(self, config: Config) -> list[str]:
        """Config keys of secret values that a stack file needs, which only a person can encrypt for it."""
        return sorted({key for workload in config["aks-secrets:workloads"] for key in _config_keys(workload)})

    def _workload(self, entry: Config, identity: str, seeded: set[ObjectKey], has_identity: bool) -> Config:
        secrets = [
            secret
            if secret.get("from", "existing") == "existing"
            or (secret.get("vault"), secret["name"].lower()) in seeded
            else {**{key: value for key, value in secret.items() if key not in _WRITING}, "from": "existing"}
            for secret in entry.get("secrets", ())
        ]
        named = {"identity": identity} if has_identity else {}
        return {**entry, **named, **({"secrets": secrets} if secrets else {})}

    def _waivers(self, workloads: Collection[str]) -> list[Config]:
        """Those of these workloads, and those of the whole stack, which hold in each stack of the split."""
        return [entry for entry in self._list("waivers") if entry.get("workload") in (None, *workloads)]

    def _list(self, section: str) -> list[Config]:
        return list(self.config.get(f"aks-secrets:{section}") or [])


def _config_keys(workload: Config) -> Iterator[str]:
    for secret in workload.get("secrets", ()):
        if secret.get("from") == "config":
            yield secret.get("config_key", secret["name"])
    if principal := workload.get("service_principal"):
        yield principal["config_key"]


def _service(entry: Config, granted: set[ObjectKey]) -> Config:
    """The workload's Service, if another stack grants the certificate of its Ingress."""
    service = entry.get("service") or {}
    ingress = service.get("ingress")
    if not ingress or (ingress.get("vault"), ingress["certificate"].lower()) in granted:
        return {}
    return {"service": {**service, "ingress": {**ingress, "grants": Grants.EXTERNAL.value}}}


def _unless_empty(section: str, entries: list[Config]) -> Config:
    return {f"aks-secrets:{section}": entries} if entries else {}


def _is_providers(key: str) -> bool:
    return key.startswith(("azure-native:", "pulumi:"))
