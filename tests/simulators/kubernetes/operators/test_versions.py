"""Each simulated operator plays the version that the program installs."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from components import operators as components
from components.operators.helm_chart import Chart
from rehearsal.simulators.kubernetes import operators
from rehearsal.simulators.kubernetes.api.controller import Controller
from rehearsal.simulators.kubernetes.registry import controllers
from tests.support.rehearse import REPOSITORY
from tools.go_tools import TOOLS, GoToolFinder

FOLDER = Path(operators.__file__).parent
OLDER = {
    "external-secrets": "Later releases are split into Go modules, of which the module proxy does not serve "
    "all. `make prove` lists objects with fields that this release lacks; they stay simulated.",
}
"""Operator that the real cluster builds → why it is not of the version that the program installs."""
REAL = {"dapr": "daprd"}
"""Simulated component → its real one, where that has another name."""


def _simulated() -> list[Controller]:
    return [c for c in controllers() if type(c).__module__.startswith(operators.__name__)]


def _versions(controller: Controller) -> dict[str, str]:
    return {
        component: version for component, _, version in (text.partition(" ") for text in controller.plays)
    }


def _pinned() -> dict[str, str]:
    """Name and version of each chart that the program installs."""
    modules = (
        import_module(f"{components.__name__}.{m.name}") for m in pkgutil.iter_modules(components.__path__)
    )
    charts = (module.CHART for module in modules if isinstance(getattr(module, "CHART", None), Chart))
    return {chart.name: chart.version for chart in charts}


def test_every_pinned_chart_is_played_in_its_version() -> None:
    """With another version of the chart ``plays`` has to be read again."""
    pinned = _pinned()
    played = {
        name: controller.chart_version
        for controller in _simulated()
        for name in controller.charts & set(pinned)
    }
    assert played == pinned, "read Chart.yaml of the new chart: its appVersion and its dependencies"


def test_every_simulated_operator_names_what_it_plays() -> None:
    for controller in _simulated():
        assert controller.plays, type(controller).__name__


def _mentioned(component: str, text: str) -> Iterator[str]:
    """Each version that stands behind the component's name, also behind a link with it."""
    yield from re.findall(rf"(?<![-\w]){component}(?:\]\([^)]*\))?\s+v?(\d+(?:\.\d+)+)", text, re.IGNORECASE)


def test_every_source_of_a_simulated_operator_is_of_that_version() -> None:
    wrong: list[str] = []
    for controller in _simulated():
        module = Path(str(import_module(type(controller).__module__).__file__))
        files = (
            [module]
            if module.parent == FOLDER
            else [*module.parent.rglob("*.py"), *module.parent.rglob("*.md")]
        )
        for file in [*files, REPOSITORY / "docs/rehearsal.md"]:
            text = file.read_text(encoding="utf-8")
            for component, version in _versions(controller).items():
                wrong += [
                    f"{file.name}: {component} {mentioned}"
                    for mentioned in _mentioned(component, text)
                    if f"{version}.".find(f"{mentioned}.") != 0
                ]
    assert wrong == []


def test_a_real_operator_of_another_version_has_its_reason() -> None:
    played = {name: version for controller in _simulated() for name, version in _versions(controller).items()}
    real = {name: REAL.get(name, name) for name in played}
    other = {
        name
        for name, tool in real.items()
        if tool in TOOLS and GoToolFinder(TOOLS[tool]).pinned_version() != played[name]
    }
    assert other == set(OLDER)
    assert {"dapr", "external-secrets"} <= {name for name, tool in real.items() if tool in TOOLS}
