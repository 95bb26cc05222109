"""The keys of a stack file that are in no section: their namespaces, and the keys of the Azure provider.

Pulumi passes the keys of every namespace to the program, and reads none of a misspelled one. Deliberately not
here: the keys within the program's own namespace, and what Pulumi keeps beside `config` (it never passes that
to a program).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, cast

from pydantic import BaseModel

from stacks.settings.model.settings import Settings
from stacks.settings.validation.empty_keys import EMPTY, EMPTY_KEY
from stacks.settings.validation.model_tree import annotation_at, fields_by_key, unwrap
from stacks.settings.validation.problems import Problem, nearest
from stacks.settings.validation.registry import register_rule
from stacks.settings.validation.repeatable import HIDDEN

SECRET_VALUES = "secret-values"
"""Namespace of the config keys that hold secret values, each a Pulumi secret of its own."""
PROVIDER = "azure-native"
PROVIDER_KEYS = (
    "auxiliaryTenantIds",
    "clientCertificatePassword",
    "clientCertificatePath",
    "clientId",
    "clientSecret",
    "disableInstanceDiscovery",
    "disablePulumiPartnerId",
    "environment",
    "location",
    "metadataHost",
    "msiEndpoint",
    "oidcRequestToken",
    "oidcRequestUrl",
    "oidcToken",
    "oidcTokenFilePath",
    "partnerId",
    "subscriptionId",
    "tenantId",
    "useDefaultAzureCredential",
    "useMsi",
    "useOidc",
)
"""The keys that azure-native reads; a test compares them with the SDK."""
_OTHERS = ("kubernetes", "random", "pulumi")
"""Namespaces of other providers and of Pulumi."""
_RESEMBLING = ("azure-native-v2",)
"""Namespaces of providers that resemble one of those by design."""

_CONFIG = "https://www.pulumi.com/docs/iac/concepts/config/#configuration-keys"
UNKNOWN_NAMESPACE = register_rule(
    "namespace-is-known", f"{_CONFIG} (a key of another namespace is not read)"
).id
UNKNOWN_PROVIDER_KEY = register_rule(
    "provider-key-is-known",
    "https://www.pulumi.com/registry/packages/azure-native/installation-configuration/",
).id


def namespace_problems(project: str, config: Mapping[str, str], sections: Sequence[str]) -> Iterator[Problem]:
    """The keys whose namespace is a misspelled one, and the sections that are in a foreign namespace."""
    known = (project, SECRET_VALUES, PROVIDER, *_OTHERS)
    for key, value in config.items():
        namespace, _, name = key.partition(":")
        if namespace == PROVIDER and name not in PROVIDER_KEYS:
            yield _unknown_provider_key(key, name)
        elif namespace == PROVIDER and name != "location" and value.strip() in EMPTY:
            yield Problem(EMPTY_KEY, (key,), "is empty", "write a value, or leave the key out")
        if namespace in (project, SECRET_VALUES, PROVIDER, *_RESEMBLING):
            continue
        problem = f"unknown namespace {namespace!r}"
        near = None if namespace in _OTHERS else nearest(namespace, known)
        if near:
            # Behind the colon may stand a value without its space: only what the program knows is shown.
            shown = key if name in (*sections, *PROVIDER_KEYS) else f"{namespace}:{HIDDEN}"
            yield Problem(
                UNKNOWN_NAMESPACE, (shown,), problem, f"did you mean {near!r}? rename it in the stack file"
            )
        elif name in sections and _is_section(name, value):
            problem = "is read by no provider" if namespace in _OTHERS else problem
            remedy = f"the sections of this project begin with '{project}:': rename it in the stack file"
            yield Problem(UNKNOWN_NAMESPACE, (key,), problem, remedy)


def _unknown_provider_key(key: str, name: str) -> Problem:
    if near := {"region": "location"}.get(name.lower()) or nearest(name, PROVIDER_KEYS):
        remedy = f"did you mean {near!r}? rename it in the stack file"
        return Problem(UNKNOWN_PROVIDER_KEY, (key,), f"the provider has no key {name!r}", remedy)
    # Its text may be a value in the wrong place.
    problem, remedy = "the provider has no key of this name", "remove it: it would have no effect"
    return Problem(UNKNOWN_PROVIDER_KEY, (f"{PROVIDER}:{HIDDEN}",), problem, remedy)


def _is_section(name: str, text: str) -> bool:
    """Whether a value has keys of the section, or is a choice. Others may use its name for something else."""
    section = unwrap(annotation_at(Settings, (name,)))
    if isinstance(section, type) and issubclass(section, StrEnum):
        return text in [member.value for member in section]
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return False
    keys = {
        str(key)
        for item in (cast("list[Any]", value) if isinstance(value, list) else [value])
        if isinstance(item, dict)
        for key in cast("dict[Any, Any]", item)
    }
    if not isinstance(section, type) or not issubclass(section, BaseModel):
        return False
    return bool(keys.intersection(fields_by_key(section)))
