"""The keys of the stack file that stand in no section: misspelled namespaces are errors, those of others are
not.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from pulumi_azure_native import config

from stacks.settings.config_keys import PROVIDER_KEYS
from stacks.settings.loader import SECTIONS, read
from tests.each import each
from tests.settings.cases import ACCEPTED, as_config

_VAULT = {"name": "kv-shop"}


def _problems(key: str, value: Any, project: str = "aks-secrets") -> list[str]:
    config = {key.replace("aks-secrets:", f"{project}:"): value for key, value in ACCEPTED.items()}
    return [
        str(problem) for problem in read(project, "dev", as_config({**config, key: value}), _is_secret)[1]
    ]


def _is_secret(key: str) -> bool:
    return "secret-value" in key.lower()


def _variants(name: str) -> list[str]:
    """Misspellings of a name: another case, another separator, a letter lost, doubled, swapped."""
    separated = [name.replace("-", separator) for separator in ("_", ".", " ", "", "--")]
    lost = [name[:at] + name[at + 1 :] for at in range(len(name))]
    doubled = [name[:at] + name[at] + name[at:] for at in range(len(name))]
    swapped = [name[:at] + name[at + 1] + name[at] + name[at + 2 :] for at in range(len(name) - 1)]
    padded = [f" {name}", f"{name} ", f"{name}-", f"{name}s", name.removesuffix("s")]
    cased = [name.upper(), name.title(), name.capitalize()]
    return sorted({*separated, *lost, *doubled, *swapped, *padded, *cased} - {name})


@pytest.mark.parametrize(
    "namespace", ["aks-secrets", "secret-values", "azure-native", "kubernetes", "random"]
)
def test_a_namespace_that_is_nearly_one_of_ours_is_an_error(namespace: str) -> None:
    for variant in _variants(namespace):
        (problem,) = _problems(f"{variant}:anything", "x")
        assert problem.startswith(f"{variant}:…: unknown namespace {variant!r}; did you mean '{namespace}'?")
        (problem,) = _problems(f"{variant}:vault", "x")
        assert problem.startswith(f"{variant}:vault: unknown namespace {variant!r};")


@each("key", ["secret-value:hunter2", "aks-secret:db:hunter2", "aks-secret:hunter2"])
def test_no_message_repeats_what_may_be_a_value_behind_the_colon_of_a_namespace(key: str) -> None:
    assert "hunter2" not in "".join(_problems(key, "x"))


@each("namespace", ["shop", "settings", "aks", "aks-secrets-dev", "Config"])
@each("key", SECTIONS)
def test_a_section_under_a_foreign_namespace_is_an_error(namespace: str, key: str) -> None:
    value = {
        "tags": {"team": "shop"},
        "labels": {"team": "shop"},
        "workloads": [{"name": "shop", "secrets": []}],
        "vault": _VAULT,
        "people": {"users": []},
        "monitoring": {"retention_days": 30},
        "operators": {"csi_driver": {}},
        "network": {"address_space": "10.1.0.0/16"},
        "platform": {"stack": "x"},
        "cluster": {"system_pool": {}},
        "waivers": [{"proof": "image-pinned", "expires": "2027-01-31"}],
    }.get(key, [{"name": "shop"}])
    problems = _problems(f"{namespace}:{key}", value)
    near = namespace == "aks-secrets-dev"
    assert len(problems) == (0 if key in ("tags", "labels") and not near else 1), problems


@each(
    "key, value",
    [
        ("azure-native:subscriptionId", "x"),
        ("azure-native:useOidc", "true"),
        ("kubernetes:kubeconfig", "x"),
        ("random:anything", "x"),
        ("pulumi:tags", {"team": "shop"}),
        ("pulumi:disable-default-providers", ["*"]),
        ("azuread:tenantId", "x"),
        ("azure:location", "x"),
        ("azure-native-v2:location", "x"),
        ("aws:region", "x"),
        ("pulumiservice:accessToken", "x"),
        ("finops:tags", {"team": "shop"}),
        ("other-project:vault", "kv-other"),
        ("other-project:network", {"cidr": "10.0.0.0/8"}),
        ("landing-zone:cluster", "aks-hub"),
    ],
)
def test_keys_of_others_are_legal(key: str, value: Any) -> None:
    assert _problems(key, value) == []


def test_a_renamed_project_leaves_no_section_behind() -> None:
    (problem,) = _problems("aks-secrets:vault", _VAULT, project="shop-platform")
    assert problem == (
        "aks-secrets:vault: unknown namespace 'aks-secrets'; the sections of this project begin with"
        " 'shop-platform:': rename it in the stack file"
    )


def test_the_keys_of_the_provider_are_those_of_its_release() -> None:
    source = Path(config.__path__[0], "vars.py").read_text(encoding="utf-8")
    assert re.findall(r"__config__\.get\w*\('(\w+)'\)", source) == list(PROVIDER_KEYS)


@each("key", PROVIDER_KEYS)
def test_a_key_of_the_provider_that_is_misspelled_is_an_error(key: str) -> None:
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)
    for variant in {snake, key.lower(), f"{key}s", key[:-1]} - {key}:
        (problem,) = _problems(f"azure-native:{variant}", "x")
        assert problem.startswith(f"azure-native:{variant}: the provider has no key {variant!r}"), problem
