"""A key that no section has: what the person may have meant.

Owns: how much of the key a message shows. Only words that settings or Kubernetes have are shown whole: the
text may be a value that stands in the wrong place, or sticks to its key (``value:hunter2``).
"""

import re
from collections.abc import Mapping
from functools import cache

from pydantic import BaseModel

from stacks.settings.validation.commands import Path, format_path, remove_command
from stacks.settings.validation.model_tree import paths_below, section_at
from stacks.settings.validation.problems import Problem, join_or
from stacks.settings.validation.registry import register_rule
from stacks.settings.validation.repeatable import HIDDEN, kubernetes_fields, may_hold_secret
from stacks.settings.validation.spelling import near_word, snake_case

UNKNOWN_KEY = register_rule("unknown-key", "our own choice: a key that is not read has no effect").id

_OTHER_WORDS: Mapping[str, str] = {
    "environment": "env",
    "envs": "env",
    "variables": "env",
    "liveness_probe": "probes.liveness",
    "readiness_probe": "probes.readiness",
    "startup_probe": "probes.startup",
    "service_account_name": "service_account",
    "priority_class_name": "priority_class",
    "depends_on": "after",
    "role": "rights",
    "roles": "rights",
    "permissions": "rights",
    "container_port": "port",
    "ports": "port",
    "security_context": "overrides",
    "containers": "overrides",
    "volumes": "overrides",
    "volume_mounts": "overrides",
    "node_selector": "overrides",
    "tolerations": "overrides",
    "affinity": "overrides",
    "annotations": "overrides",
    "labels": "overrides",
    "gpu": "overrides",
    "nvidia.com/gpu": "overrides",
    "ephemeral_storage": "overrides",
    "cron": "schedule",
    "timezone": "time_zone",
    "node_count": "count",
    "nodepool": "user_pools",
    "nodepools": "user_pools",
    "node_pool": "user_pools",
    "min_nodes": "autoscale.min_count",
    "max_nodes": "autoscale.max_count",
    "node_pools": "user_pools",
    "firewall": "network",
    "retention_days": "soft_delete_retention_days",
    "region": "azure-native:location",
    "location": "azure-native:location",
    "subscription_id": "azure-native:subscriptionId",
    "tenant_id": "azure-native:tenantId",
}
"""Words of Azure and Kubernetes → the key that means the same, with its section where that helps."""


# https://learn.microsoft.com/entra/workload-id/workload-identities-flexible-federated-identity-credentials
_FLEXIBLE_CREDENTIALS = (
    "claims_matching_expression",
    "flexible_credentials",
    "flexible_federated_credentials",
)

_NO_KEYS = ("project", "stack", "location")
"""Fields of the settings that are no keys of the program."""


def unknown_key(path: Path, model: type[BaseModel], known: list[str], value: object = None) -> Problem:
    """The problem of a key that no section has. ``known`` are the keys of its section."""
    key, parent = str(path[-1]), path[:-1]
    glued = re.match(rf"({'|'.join(sorted(map(re.escape, known), key=len, reverse=True))})\W", key)
    if glued:
        return Problem(
            UNKNOWN_KEY,
            (*parent, glued[1]),
            f"{key[glued.end() - 1]!r} is part of the key, because no space is behind it",
            f"write a space behind the colon: '{glued[1]}: …'",
        )
    if snake_case(key) in ("subscription", "subscription_id") and {"existing", "id"}.intersection(known):
        remedy = "name it by id" if "id" in known else "name what exists there by existing.id"
        problem = "unknown key, since another subscription is part of an ARM id"
        return Problem(UNKNOWN_KEY, path, problem, f"remove it, and {remedy}")
    if snake_case(key) in _FLEXIBLE_CREDENTIALS:
        problem = (
            "unknown key, since Entra takes an expression for tokens of GitHub, GitLab and Terraform Cloud"
        )
        remedy = "remove it; many workloads share an identity with access: identity-binding"
        return Problem(UNKNOWN_KEY, path, f"{problem}, not of AKS", remedy)
    # One of several: `workload` is nearly workloads, although waivers[] has a key of that name.
    several = next((name for name in known if name in (f"{key}s", key.removesuffix("s"))), None)
    home = _join(parent, several) if several else _home(parent, model, key)
    if home and home.endswith(".overrides"):
        return Problem(UNKNOWN_KEY, path, "unknown key", f"write it below {home}, with Kubernetes' own keys")
    if home and home in {_join(parent, name) for name in known}:
        near = home.rpartition(".")[2]
        return Problem(
            UNKNOWN_KEY, path, "unknown key", f"did you mean {near!r}? rename it in the stack file"
        )
    if home:
        return Problem(
            UNKNOWN_KEY, path, "unknown key", f"it belongs to {home}: move it there in the stack file"
        )
    if near := near_word(key, known):
        return Problem(
            UNKNOWN_KEY, path, "unknown key", f"did you mean {near!r}? rename it in the stack file"
        )
    choices = f"choose {join_or(known)}"
    if may_hold_secret(path) or not _vocabulary(model).issuperset(snake_case(key).split("_")):
        shown = (*parent, HIDDEN) if parent else (HIDDEN,)
        return Problem(UNKNOWN_KEY, shown, "unknown key, which is not shown here", choices)
    # What stands below it would be lost.
    command = None if isinstance(value, dict | list) else remove_command(path)
    return Problem(UNKNOWN_KEY, path, "unknown key", choices, command=command)


def _home(parent: Path, model: type[BaseModel], key: str) -> str | None:
    """The right place of a key that stands one level too high or too low, or has another service's name."""
    name = snake_case(key)
    other = _OTHER_WORDS.get(name, name)
    if name in _OTHER_WORDS and ":" in other:
        return other
    for target in dict.fromkeys((name, other)):
        for end in range(len(parent), -1, -1):
            section = section_at(model, parent[:end])
            homes = (
                [path for path in paths_below(section) if f".{path}".endswith(f".{target}")]
                if section
                else []
            )
            if end and homes:
                # Of several, a secret's: `value` of a workload is none of a toleration.
                return _join(parent[:end], min(homes, key=lambda path: "secrets[]" not in path))
            # From the top a name such as `version` could mean many keys.
            homes = [path for path in homes if path not in _NO_KEYS]
            if len(homes) == 1:
                return homes[0]
    return None


def _join(parent: Path, key: str) -> str:
    return f"{format_path(parent)}.{key}" if parent else key


@cache
def _vocabulary(model: type[BaseModel]) -> frozenset[str]:
    """The words of all keys."""
    keys = [path.rpartition(".")[2] for path in paths_below(model)] + [*_OTHER_WORDS, *kubernetes_fields()]
    return frozenset(word for key in keys for word in snake_case(key).split("_"))
