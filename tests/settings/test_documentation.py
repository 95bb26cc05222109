"""Every stack file that the documentation shows is one that the settings accept."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from stacks.settings.loader import read
from tests.settings.cases import ACCEPTED, as_config

REPOSITORY = Path(__file__).parents[2]
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]


def _examples() -> list[Any]:
    """Page and number of the block, and what stands below its ``config:``."""
    stack_files: list[Any] = []
    for page in PAGES:
        for number, block in enumerate(
            re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL), 1
        ):
            document = YAML(typ="safe").load(block)
            config = document.get("config") if isinstance(document, dict) else None
            if config and any(key.startswith("aks-secrets:") for key in config):
                stack_files.append(pytest.param(config, id=f"{page.stem}-{number}"))
    return stack_files


EXAMPLES = _examples()


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 5


@pytest.mark.parametrize("config", EXAMPLES)
def test_an_example_is_accepted(config: dict[str, Any]) -> None:
    """An example is completed with the required keys, and encrypted keys get a value."""
    composition = config.get("aks-secrets:composition", "all-in-one")
    whole = {"azure-native:location": "westeurope", **config}
    if composition != "workloads":
        whole.setdefault("aks-secrets:cluster", ACCEPTED["aks-secrets:cluster"])
    if (
        composition == "all-in-one"
        and "aks-secrets:namespaces" in config
        and "aks-secrets:workloads" not in config
    ):
        named = [entry["name"] for entry in config["aks-secrets:namespaces"]]
        whole["aks-secrets:workloads"] = [
            {"name": name, "namespace": name, "technique": "sdk", "kind": "none"} for name in named
        ]
    encrypted = {key for key, value in whole.items() if isinstance(value, dict) and "secure" in value}
    plain = {key: "a value" if key in encrypted else value for key, value in whole.items()}
    assert [
        str(problem) for problem in read("aks-secrets", "dev", as_config(plain), encrypted.__contains__)[1]
    ] == []


def test_the_errors_that_the_page_on_deploying_shows_are_the_programs() -> None:
    config = ACCEPTED | {
        "aks-secrets:cluster": {"system_pool": {"vm_size": "Standard_B1ms"}},
        "aks-secrets:vault": {"network": {"default_action": "Deny"}},
        "aks-secrets:workloads": [
            {
                "name": "orders",
                "namespace": "kube-system",
                "technique": "sdk",
                "kind": "none",
                "secrets": [
                    {"name": "db-password", "from": "literal", "value": "x"},
                    {"name": "mail-token", "from": "config"},
                ],
            }
        ],
    }
    problems = read("aks-secrets", "dev", as_config(config), lambda _: False)[1]
    page = (REPOSITORY / "docs" / "deploying.md").read_text(encoding="utf-8")
    shown = re.findall(r"^error: .*\n((?:  .*\n)+)", page, re.MULTILINE)[0].splitlines()
    assert [line.strip() for line in shown] == [str(problem) for problem in problems]
