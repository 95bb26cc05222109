"""Kubernetes Secrets that a release up to 0.1.0 named, which keep the values that they have.

Those releases put all values of a workload into one Secret, with a hash of them in its name. Pods that
another tool deploys name it, and with ``grants: external`` nothing waits for new pods; so an upgrade renames
nothing. The state tells which Secrets there are.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from stacks.preflight.own_state import EXTERNAL_SECRET, PROVIDER_CLASS, OwnState
from stacks.settings import Settings
from stacks.settings.model.workloads import ANY_KEY, WorkloadSettings, is_earlier_name

_NOT_IN_KEYS = re.compile(r"[^-._a-zA-Z0-9]")


def with_kept_secrets(settings: Settings, state: OwnState) -> Settings:
    """The settings with ``kept_secrets`` of each workload that does not set it."""
    if not state.specs:
        return settings
    workloads = tuple(
        workload.model_copy(update={"kept_secrets": kept_secrets(workload, state)})
        if workload.spec.secret_per_value and workload.kept_secrets is None
        else workload
        for workload in settings.workloads
    )
    fields = {name: getattr(settings, name) for name in Settings.model_fields}
    return Settings.model_construct(settings.model_fields_set, **{**fields, "workloads": workloads})


def kept_secrets(workload: WorkloadSettings, state: OwnState) -> Mapping[str, tuple[str, ...]]:
    """The Kubernetes Secrets of earlier releases that a workload has, each with the keys that stay in it."""
    groups = [workload.secret_group(vault) for vault in workload.vaults]
    kept: dict[str, tuple[str, ...]] = {}
    for (token, _), spec in state.specs.items():
        for name, key in _KEYS[token](spec):
            if any(is_earlier_name(name, group) for group in groups) and key not in kept.get(name, ()):
                kept[name] = (*kept.get(name, ()), key)
    return kept


def _filled_by_operator(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Secret and key of each value that an ExternalSecret copies."""
    target: Mapping[str, Any] = spec.get("target") or {}
    template: Mapping[str, Any] = target.get("template") or {}
    name = str(target.get("name"))
    for entry in spec.get("dataFrom") or ():
        if extract := entry.get("extract"):
            yield name, f"{_NOT_IN_KEYS.sub('-', extract['key'].removeprefix('secret/'))}.{ANY_KEY}"
        else:
            yield name, ANY_KEY
    for entry in spec.get("data") or () if template.get("mergePolicy") != "Replace" else ():
        yield name, entry["secretKey"]
    for key in template.get("data") or ():
        yield name, key


def _synced_by_driver(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Secret and key of each value that the driver syncs."""
    for secret in spec.get("secretObjects") or ():
        for entry in secret["data"]:
            yield secret["secretName"], entry["key"]


_KEYS = {EXTERNAL_SECRET: _filled_by_operator, PROVIDER_CLASS: _synced_by_driver}
