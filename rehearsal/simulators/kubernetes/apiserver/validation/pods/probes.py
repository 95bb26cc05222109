"""Probes and lifecycle hooks: validateProbe, validateHandler, validateLifecycle in kubernetes/kubernetes
1.36.3, pkg/apis/core/validation/validation.go. `stopSignal` is behind a gate that is off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    forbidden,
    invalid,
    is_hashed,
    mapping,
    mappings,
    not_negative,
    number,
    required,
    text,
    unsupported,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.shape import Failure

PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
_OF_PROBES: Final = ("exec", "httpGet", "tcpSocket", "grpc")
_OF_HOOKS: Final = ("exec", "httpGet", "tcpSocket", "sleep")
_DELAYS: Final = (
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
)


def probe_failures(container: Mapping[str, Any], path: str, grace: int | None) -> Iterator[Failure]:
    """Problems of the probes of a container that may have them."""
    for name in PROBES:
        if name not in container:
            continue
        probe, place = mapping(container[name]), f"{path}.{name}"
        yield from _handler(probe, place, _OF_PROBES, grace)
        yield from not_negative(probe, place, *_DELAYS)
        patience = number(probe, "terminationGracePeriodSeconds")
        if patience is not None and patience <= 0:
            yield invalid(f"{place}.terminationGracePeriodSeconds", patience, "must be greater than 0")
        threshold = number(probe, "successThreshold")
        if name != "readinessProbe" and threshold not in (None, 1):
            yield invalid(f"{place}.successThreshold", threshold, "must be 1")
        if name == "readinessProbe" and patience is not None:
            why = "must not be set for readinessProbes"
            yield invalid(f"{place}.terminationGracePeriodSeconds", patience, why)


def lifecycle_failures(container: Mapping[str, Any], path: str, grace: int | None) -> Iterator[Failure]:
    hooks = mapping(container.get("lifecycle"))
    for name in ("postStart", "preStop"):
        if name in hooks:
            yield from _handler(mapping(hooks[name]), f"{path}.lifecycle.{name}", _OF_HOOKS, grace)


def port_failures(port: Any, path: str) -> Iterator[Failure]:
    """ValidatePortNumOrName. The API server does not check that a named port exists."""
    if isinstance(port, str):
        yield from wrong(path, port, content.port_name(port))
    elif not is_hashed(port):
        yield from wrong(path, port or 0, content.port_number(port or 0))


def _handler(
    values: Mapping[str, Any], path: str, kinds: tuple[str, ...], grace: int | None
) -> Iterator[Failure]:
    handlers = [kind for kind in kinds if kind in values]
    if not handlers:
        yield required(path, "must specify a handler type")
    for index, kind in enumerate(handlers):
        action, place = mapping(values[kind]), f"{path}.{kind}"
        if index:
            yield forbidden(place, "may not specify more than 1 handler type")
        elif kind == "exec":
            if not action.get("command"):
                yield required(f"{place}.command")
        elif kind == "sleep":
            seconds = number(action, "seconds") or 0
            if grace is not None and not 0 <= seconds <= grace:
                why = f"must be non-negative and less than terminationGracePeriodSeconds ({grace})"
                yield invalid(place, seconds, why)
        else:
            yield from port_failures(action.get("port"), f"{place}.port")
            if kind == "httpGet":
                yield from _http(action, place)


def _http(action: Mapping[str, Any], path: str) -> Iterator[Failure]:
    if (scheme := action.get("scheme", "")) not in ("HTTP", "HTTPS"):
        yield unsupported(f"{path}.scheme", scheme, ("HTTP", "HTTPS"))
    for header in mappings(action.get("httpHeaders")):
        name = text(header, "name")
        yield from wrong(f"{path}.httpHeaders", name, content.header_name(name))
