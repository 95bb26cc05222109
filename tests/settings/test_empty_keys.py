"""A key without a value is an error, at every key of every section; and what its message offers is true."""

import re
from typing import Any

from pydantic import BaseModel

from stacks.settings import Settings
from stacks.settings.loader import read
from stacks.settings.validation.empty_keys import EMPTY_KEY
from stacks.settings.validation.problems import Problem
from tests.each import each
from tests.settings.cases import as_config
from tests.settings.test_every_key_matters import scene, section_in, with_value


def _paths(model: type[BaseModel], prefix: str = "") -> list[str]:
    paths: list[str] = []
    for name, field in model.model_fields.items():
        path = f"{prefix}{field.alias or name}"
        paths.append(path)
        section, listed = section_in(field.annotation)
        if section:
            paths += _paths(section, f"{path}[]." if listed else f"{path}.")
    return paths


PATHS = [path for path in _paths(Settings) if path not in ("project", "stack")]


def _problems(path: str, value: Any) -> list[Problem]:
    document = with_value(scene(path), path, value)
    # Pulumi passes a key without a value as an empty text.
    config = {key: "" if inner is None else inner for key, inner in document.items()}
    return read("aks-secrets", "dev", as_config(config), lambda key: key.startswith("secret-values:"))[1]


@each("path", PATHS)
def test_a_key_without_a_value_is_an_error(path: str) -> None:
    (problem,) = [problem for problem in _problems(path, None) if problem.rule == EMPTY_KEY]
    written = path.replace("[]", "[0]").replace("location", "azure-native:location", path == "location")
    assert str(problem).startswith(f"{written}: is empty; write ")
    others = {str(other) for other in _problems(path, None)} - {str(problem)}
    assert [other for other in others if other.startswith(f"{written}:")] == []
    if "write {} " in problem.remedy:
        below = [str(other) for other in _problems(path, {}) if str(other).startswith(written)]
        assert below == []


def test_null_below_overrides_still_removes_a_key() -> None:
    overrides = {"spec": {"template": {"spec": {"hostAliases": None}}}}
    assert _problems("workloads[].overrides", overrides) == []


def test_several_empty_keys_are_reported_at_once_and_nothing_is_guessed_from_them() -> None:
    problems = _problems(
        "cluster", {"system_pool": {"vm_size": "Standard_D2s_v5", "zones": None}, "private": None}
    )
    assert [re.sub(":.*", "", str(problem)) for problem in problems] == [
        "cluster.system_pool.zones",
        "cluster.private",
    ]
