"""A refused case: how it changes a settings document that is accepted, and what the settings say then."""

import copy
import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from aks_secrets_testing.stacks import as_config
from stacks.settings.loader import read
from stacks.settings.validation.problems import Problem
from stacks.settings.validation.registry import RULES


@dataclass(frozen=True)
class Case:
    """A change of the accepted document, and the messages of its refusal."""

    rule: str
    changes: Mapping[str, Any]
    """Path → value, as `pulumi config set --path` has it. None removes the key."""
    says: tuple[str, ...]
    secret: tuple[str, ...] = ()
    """Keys that are encrypted in the stack file."""


def case(rule: str, changes: Mapping[str, Any], *says: str, secret: tuple[str, ...] = ()) -> Case:
    """A case whose messages are written one below the other."""
    return Case(rule, changes, says, secret)


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


_QUOTED = re.compile(r"(?<!\w)'[^']*'|`[^`]*`|\"[^\"]*\"")
_LAST_BRACKET = re.compile(r"\((?:[^()]|\$\([^()]*\))*\)")


def has_form(message: str) -> bool:
    """Whether a message has one bracket at most, at its end, and no full stop. Quotes may hold any."""
    text = _QUOTED.sub("", message)
    first = text.find("(")
    return not message.endswith(".") and (first < 0 or bool(_LAST_BRACKET.fullmatch(text[first:])))


def is_encrypted(key: str) -> bool:
    """Whether a key of a stack file holds a secret value."""
    return key.startswith("secret-values:")


def refused_modules() -> dict[ModuleType, Path]:
    """The modules of refused cases, each with its file."""
    folder = Path(__file__).parent
    files = sorted(folder.rglob("refused_*.py"))
    names = [".".join(file.relative_to(folder.parents[1]).with_suffix("").parts) for file in files]
    return dict(zip(map(importlib.import_module, names), files, strict=True))


def problems_of(case: Case) -> list[Problem]:
    """The problems that the settings report for a case."""
    return read("aks-secrets", "dev", as_config(document(case.changes)), case.secret.__contains__)[1]


__all__ = ["ACCEPTED", "RULES", "as_config", "document", "problems_of", "refused_modules"]
