"""A section whose values the settings accept is accepted by the simulated Azure, API server and operators.

The sections and the values come from the models, so that a new key is tried without an entry anywhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from components.workloads.pod import WorkloadKind
from stacks.settings import Settings
from stacks.settings.loader import read
from tests.settings.cases import as_config, is_encrypted
from tests.settings.fuzzed import proved
from tests.settings.fuzzed.values import of_type
from tests.settings.simulated_up import refusal_of_up
from tests.settings.test_every_key_matters import KEYS, scene, section_in, value_at, with_sections, with_value
from tests.settings.test_simulated import OTHERS, SEED

_NOT_THERE = re.compile(
    OTHERS.pattern
    + r"|ResourceReference|ResourceGroupNotFound|is in subscription|no node pool of|no PriorityClass"
    r"|does not exist|DoesNotExist"
    r"|does not run the application routing|in a different subscription|cannot be read"
)
"""Refusals of what refers to things that are not in this cloud."""


@dataclass(frozen=True)
class _Section:
    path: str
    model: type[BaseModel]
    listed: bool


def _sections(model: type[BaseModel], prefix: str = "") -> Iterator[_Section]:
    for name, field in model.model_fields.items():
        section, listed = section_in(field.annotation)
        if section is not None:
            path = f"{prefix}{field.alias or name}"
            yield _Section(path, section, listed)
            yield from _sections(section, f"{path}[]." if listed else f"{path}.")


SECTIONS = [
    section for section in _sections(Settings) if any(key.path.startswith(section.path) for key in KEYS)
]
_KINDS = [kind.value for kind in WorkloadKind if kind is not WorkloadKind.NONE]


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A scene of the tests of keys, with other values in one section, and maybe another kind of workload."""
    section = draw(st.sampled_from(SECTIONS))
    base = scene(next(key.path for key in KEYS if key.path.startswith(section.path)))
    drawn, path = draw(of_type(section.model)), f"{section.path}[]" if section.listed else section.path
    before = value_at(base, path)
    value = {**before, **drawn} if isinstance(before, dict) and draw(st.booleans()) else drawn
    document = with_value(
        with_sections(base, section.path), section.path, [value] if section.listed else value
    )
    if section.path.startswith("workloads[].") and draw(st.booleans()):
        kind = draw(st.sampled_from(_KINDS))
        document = with_value(document, "workloads[].kind", kind)
        if kind == WorkloadKind.CRON_JOB:
            document = with_value(document, "workloads[].schedule", "@daily")
    return document


@proved(60)
@given(documents())
def test_what_the_settings_accept_is_accepted(document: dict[str, Any]) -> None:
    accepted, problems = read("aks-secrets", "dev", as_config(document), is_encrypted)
    if accepted is not None and not list(problems):
        refusal = refusal_of_up(document, SEED)
        assert not refusal or _NOT_THERE.search(refusal), refusal


def test_every_section_is_tried() -> None:
    assert len(SECTIONS) > 40
