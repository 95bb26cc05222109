"""How each technique is verified: one module per technique, found by a walk, as in ``trust/techniques``.

A module has ``NAME``, that of the technique in ``trust``, and ``checks(observed, subject, delivery)``: what
to look at besides what all techniques share (sign-in, grants, pods). It may have ``EVIDENCE``: API version
and plural of the kinds whose conditions tell why a value does not arrive.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Protocol, cast

from operations.checks import Check
from operations.verify.observed import Observed
from operations.verify.subjects import Subject
from trust.requests import Delivery


class Technique(Protocol):
    """A module of this folder."""

    NAME: str

    @staticmethod
    def checks(observed: Observed, subject: Subject, delivery: Delivery) -> Iterator[Check]:
        """The objects that this technique delivers by."""
        ...


@cache
def techniques() -> Mapping[str, Technique]:
    """The modules by the name of their technique."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [cast("Technique", importlib.import_module(f"{__name__}.{name}")) for name in names]
    return {module.NAME: module for module in modules}


def checks_of(observed: Observed, subject: Subject, delivery: Delivery) -> Iterator[Check]:
    """Checks of a delivery's technique; none for a technique without a module here."""
    if module := techniques().get(delivery.technique):
        yield from module.checks(observed, subject, delivery)


def evidence() -> list[tuple[str, str]]:
    """API version and plural of the operators' kinds to look at after a failure."""
    return [kind for module in techniques().values() for kind in getattr(module, "EVIDENCE", ())]
