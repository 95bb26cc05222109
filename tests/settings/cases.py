"""A settings document that is accepted, and how a case of ``refused.py`` changes it."""

import copy
import json
from collections.abc import Mapping
from typing import Any

from stacks.settings.loader import read
from stacks.settings.validation.problems import Problem
from stacks.settings.validation.registry import RULES
from tests.settings.refused import Case

ACCEPTED: dict[str, Any] = {
    "azure-native:location": "westeurope",
    "aks-secrets:cluster": {"system_pool": {"vm_size": "Standard_D2s_v5"}},
    "aks-secrets:workloads": [{"name": "shop", "namespace": "shop", "technique": "sdk", "kind": "none"}],
}


def document(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The accepted document with ``changes``: path → value, or None to take the key out."""
    changed = copy.deepcopy(ACCEPTED)
    for path, value in changes.items():
        key, *inner = path.split(".") if ":" not in path else [path]
        full = key if ":" in key else f"aks-secrets:{key}"
        if inner:
            section = changed.setdefault(full, {})
            for step in inner[:-1]:
                section = section.setdefault(step, {})
            section[inner[-1]] = value
        elif value is None:
            del changed[full]
        else:
            changed[full] = value
    return changed


def as_config(settings: Mapping[str, Any]) -> dict[str, str]:
    """As Pulumi hands it to a program: strings, structured values as JSON."""
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in settings.items()}


def problems_of(case: Case) -> list[Problem]:
    """What the settings say of a case."""
    return read("aks-secrets", "dev", as_config(document(case.changes)), case.secret.__contains__)[1]


__all__ = ["ACCEPTED", "RULES", "as_config", "document", "problems_of"]
