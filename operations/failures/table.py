"""The table of all failures, and the one that explains a symptom.

Owns: the register (each module of this package is searched), the choice between failures, and the names in
their sentences.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Final

from operations.failures.failure import Failure, Symptom
from operations.failures.names import names_in

PAGE: Final = "docs/troubleshooting.md"
_PLACE: Final = re.compile(r"\{([a-z_]{1,30})\}")


@dataclass(frozen=True)
class Explanation:
    """The failure that a symptom shows, with the names of what it is about."""

    failure: Failure
    names: Mapping[str, str] = field(default_factory=dict)
    """``{"vault": "kv-shop", "subject": "system:serviceaccount:shop:orders"}``."""

    @property
    def title(self) -> str:
        return self.failure.title

    @property
    def cause(self) -> str:
        return filled(self.failure.cause, self.names)

    @property
    def proof(self) -> str:
        return filled(self.failure.proof, self.names)

    @property
    def next_step(self) -> str:
        return filled(self.failure.next_step, self.names)

    @property
    def page(self) -> str:
        """``docs/troubleshooting.md#forbiddenbyrbac``."""
        return f"{PAGE}#{self.failure.id}"


def explain(symptom: Symptom, names: Mapping[str, str] | None = None) -> Explanation | None:
    """The failure that the symptom shows. None: the table has none.

    Args:
        symptom: What was observed.
        names: Names that the caller knows, such as ``workload`` or ``vault``. They stand before those that
            the symptom contains.
    """
    claimed = claims(symptom)
    if not claimed:
        return None
    failure = claimed[0]
    groups: dict[str, str] = {}
    for match in failure.signs(symptom):
        if isinstance(match, re.Match):
            groups = {**{name: value for name, value in match.groupdict().items() if value}, **groups}
    return Explanation(failure, {**names_in(symptom.message), **groups, **(names or {})})


def claims(symptom: Symptom) -> list[Failure]:
    """The failures whose signs the symptom shows, without those that only wrap another one of them."""
    claiming = [failure for failure in failures().values() if any(True for _ in failure.signs(symptom))]
    innermost = min((failure.wraps for failure in claiming), default=0)
    return [failure for failure in claiming if failure.wraps == innermost]


def filled(text: str, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """The text with its names; ``<vault>`` for a name that is not known."""
    return _PLACE.sub(lambda place: names.get(place[1]) or f"<{place[1].replace('_', '-')}>", text)


@cache
def failures() -> Mapping[str, Failure]:
    """Every failure by id, in the order of files and lines."""
    by_id: dict[str, Failure] = {}
    for failure in (failure for family in families().values() for failure in family):
        if by_id.setdefault(failure.id, failure) is not failure:
            raise ValueError(f"two failures have the id {failure.id}")
    return MappingProxyType(by_id)


@cache
def families() -> Mapping[str, tuple[Failure, ...]]:
    """Name of a module → its failures, for each module that has some."""
    package = importlib.import_module("operations.failures")
    names = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    modules = {name: importlib.import_module(f"operations.failures.{name}") for name in names}
    return MappingProxyType(
        {name: module.FAILURES for name, module in modules.items() if hasattr(module, "FAILURES")}
    )
