"""Routes of ARM: path patterns with the function that answers, registered by the files beside this one."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from rehearsal.data_planes.web import Answer, Request
from rehearsal.simulators.azure.arm import SUBSCRIPTION
from rehearsal.simulators.azure.entra import Caller
from rehearsal.simulators.world import World


@dataclass(frozen=True, kw_only=True)
class Kubeconfigs:
    """Addresses and certificate of the servers on this machine, for the kubeconfigs of AKS."""

    authority: bytes
    """The authority of the API servers' certificates, as PEM."""
    client_certificate: Callable[[str], tuple[bytes, bytes]]
    """User → certificate and key, as PEM."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request to a route. The world's lock is held."""

    world: World
    request: Request
    caller: Caller
    parameters: Mapping[str, str]
    """Parts of the path by name."""
    kubeconfigs: Kubeconfigs

    @property
    def subscription(self) -> str:
        return self.parameters.get("subscription", SUBSCRIPTION)

    @property
    def filter(self) -> str:
        return self.request.query.get("$filter", "")


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, kw_only=True)
class Route:
    """A method and a path; `action` is the right that the caller needs, empty for none."""

    method: str
    pattern: re.Pattern[str]
    action: str
    handler: Handler = field(repr=False)
    scope: str = ""
    """Template of the scope at which the right is needed; empty: the subscription."""


_ROUTES: Final[list[Route]] = []
_WHOLE: Final = ("scope", "uri")
"""Parameters that are whole ids, and not one segment."""


def route(method: str, template: str, action: str = "", scope: str = "") -> Callable[[Handler], Handler]:
    """Register the answer to a path. ARM compares paths without regard to case."""

    def register(handler: Handler) -> Handler:
        text = re.escape(template)
        for name in re.findall(r"\{(\w+)\}", template):
            part = ".*" if name in _WHOLE else "[^/]+"
            text = text.replace(rf"\{{{name}\}}", f"(?P<{name}>{part})", 1)
        pattern = re.compile(text, re.IGNORECASE)
        _ROUTES.append(Route(method=method, pattern=pattern, action=action, handler=handler, scope=scope))
        return handler

    return register


def listed(items: Iterator[Any] | list[Any]) -> Answer:
    """A list on one page."""
    return Answer(status=200, body={"value": list(items)})


@cache
def routes() -> tuple[Route, ...]:
    """All routes; the more special one of two comes first."""
    package = importlib.import_module("rehearsal.data_planes.arm")
    for info in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{info.name}")
    return tuple(sorted(_ROUTES, key=lambda each: ".*" in each.pattern.pattern))
