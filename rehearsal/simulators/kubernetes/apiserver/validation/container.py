"""Validation of one container beyond its declared types: pure, in the API server's words.

pkg/apis/core/validation/validation.go of kubernetes/kubernetes: validateContainers, ValidateEnv,
validateContainerPorts, ValidateVolumeMounts, validateProbe, ValidateContainerResourceRequirements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    NOT_NEGATIVE,
    duplicate,
    forbidden,
    invalid,
    is_hashed,
    mapping,
    mappings,
    masked,
    not_found,
    not_negative,
    one_of,
    required,
)
from rehearsal.simulators.kubernetes.apiserver.validation.names import wrong_with_label, wrong_with_port_name
from rehearsal.simulators.kubernetes.apiserver.validation.quantity import parse
from rehearsal.simulators.shape import Failure

RELAXED_ENVIRONMENT: Final = 32
"""First minor version that allows every printable character but `=` in names of variables.

https://www.kubernetes.dev/resources/keps/4369/
"""
_PORTS: Final = "must be between 1 and 65535, inclusive"
_PROTOCOLS: Final = ("SCTP", "TCP", "UDP")
_HANDLERS: Final = ("exec", "httpGet", "tcpSocket", "grpc")
_DELAYS: Final = (
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
)
_STRICT_NAME: Final = (
    "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', "
    "and must not start with a "
    "digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is "
    "'[-._a-zA-Z][-._a-zA-Z0-9]*')"
)
_RELAXED_NAME: Final = (
    "a valid environment variable name must consist only of printable ASCII characters other than '='"
)


def container_failures(
    container: Mapping[str, Any], path: str, volumes: frozenset[str], minor: int, *, init: bool = False
) -> Iterator[Failure]:
    name, image = container.get("name"), container.get("image")
    if isinstance(name, str) and not is_hashed(name):
        yield from (invalid(f"{path}.name", name, why) for why in wrong_with_label(name))
    if not image:
        yield required(f"{path}.image")
    elif isinstance(image, str) and image != image.strip():
        yield invalid(f"{path}.image", image, "must not have leading or trailing whitespace")
    yield from one_of(container, "imagePullPolicy", path, ("Always", "IfNotPresent", "Never"))
    yield from _ports(mappings(container.get("ports")), f"{path}.ports")
    yield from _environment(mappings(container.get("env")), f"{path}.env", minor)
    yield from _mounts(mappings(container.get("volumeMounts")), f"{path}.volumeMounts", volumes)
    yield from _resources(mapping(container.get("resources")), f"{path}.resources")
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        if probe in container:
            if init and container.get("restartPolicy") != "Always":
                yield forbidden(
                    f"{path}.{probe}", "may not be set for init containers without restartPolicy=Always"
                )
            else:
                yield from _probe(
                    mapping(container[probe]), f"{path}.{probe}", once=probe != "readinessProbe"
                )


def _ports(ports: list[Mapping[str, Any]], path: str) -> Iterator[Failure]:
    names: set[str] = set()
    for index, port in enumerate(ports):
        place, name = f"{path}[{index}]", port.get("name")
        if isinstance(name, str) and name and not is_hashed(name):
            wrong = list(wrong_with_port_name(name))
            yield from (invalid(f"{place}.name", name, why) for why in wrong)
            if not wrong and name in names:
                yield duplicate(f"{place}.name", name)
            names.add(name)
        number = port.get("containerPort")
        if number == 0:
            yield required(f"{place}.containerPort")
        elif isinstance(number, int) and not 1 <= number <= 65535:
            yield invalid(f"{place}.containerPort", number, _PORTS)
        yield from one_of(port, "protocol", place, _PROTOCOLS)


def _environment(variables: list[Mapping[str, Any]], path: str, minor: int) -> Iterator[Failure]:
    for index, variable in enumerate(variables):
        place, name = f"{path}[{index}]", variable.get("name")
        if name == "":
            yield required(f"{place}.name")
        elif isinstance(name, str) and not is_hashed(name):
            yield from (invalid(f"{place}.name", name, why) for why in _wrong_with_variable(name, minor))
        if variable.get("value") and "valueFrom" in variable:
            yield invalid(f"{place}.valueFrom", "", "may not be specified when `value` is not empty")


def _wrong_with_variable(name: str, minor: int) -> Iterator[str]:
    """Problems of a variable's name.

    IsEnvVarName, IsRelaxedEnvVarName in k8s.io/apimachinery, pkg/util/validation/validation.go.
    """
    if minor >= RELAXED_ENVIRONMENT:
        if not re.fullmatch(r"[ -<>-~]+", name):
            yield _RELAXED_NAME
        return
    if not re.fullmatch(r"[-._a-zA-Z][-._a-zA-Z0-9]*", name):
        yield _STRICT_NAME
    if name in (".", ".."):
        yield f"must not be '{name}'"
    elif name.startswith(".."):
        yield "must not start with '..'"


def _mounts(mounts: list[Mapping[str, Any]], path: str, volumes: frozenset[str]) -> Iterator[Failure]:
    paths: set[str] = set()
    for index, mount in enumerate(mounts):
        place, name, where = f"{path}[{index}]", mount.get("name"), mount.get("mountPath")
        if isinstance(name, str) and not is_hashed(name) and name not in volumes:
            yield not_found(f"{place}.name", name)
        if isinstance(where, str):
            if where in paths:
                yield invalid(f"{place}.mountPath", where, "must be unique")
            paths.add(where)


def _resources(resources: Mapping[str, Any], path: str) -> Iterator[Failure]:
    limits, requests = mapping(resources.get("limits")), mapping(resources.get("requests"))
    for kind, amounts in (("limits", limits), ("requests", requests)):
        for name, amount in amounts.items():
            if (number := parse(amount)) is not None and number < 0:
                yield invalid(f"{path}.{kind}[{name}]", f"{masked(amount)}", NOT_NEGATIVE)
    for name, amount in requests.items():
        requested, most = parse(amount), parse(limits.get(name))
        if requested is not None and most is not None and requested > most:
            yield invalid(
                f"{path}.requests",
                f"{masked(amount)}",
                f"must be less than or equal to {name} limit of {masked(limits[name])}",
            )


def _probe(probe: Mapping[str, Any], path: str, *, once: bool) -> Iterator[Failure]:
    handlers = [name for name in _HANDLERS if name in probe]
    if not handlers:
        yield required(path, "must specify a handler type")
    yield from (
        forbidden(f"{path}.{name}", "may not specify more than 1 handler type") for name in handlers[1:]
    )
    for name in handlers[:1]:
        handler = mapping(probe[name])
        if name == "exec" and not handler.get("command"):
            yield required(f"{path}.exec.command")
        if name != "exec":
            yield from _port(handler.get("port"), f"{path}.{name}.port")
        if name == "httpGet":
            yield from one_of(handler, "scheme", f"{path}.httpGet", ("HTTP", "HTTPS"))
    yield from not_negative(probe, path, *_DELAYS)
    threshold = probe.get("successThreshold")
    if once and isinstance(threshold, int) and threshold not in (0, 1):
        yield invalid(f"{path}.successThreshold", threshold, "must be 1")


def _port(port: Any, path: str) -> Iterator[Failure]:
    """Problems of a port's number or name (ValidatePortNumOrName).

    The API server does not check that a named port exists.
    """
    if isinstance(port, int) and not 1 <= port <= 65535:
        yield invalid(path, port, _PORTS)
    if isinstance(port, str) and not is_hashed(port):
        yield from (invalid(path, port, why) for why in wrong_with_port_name(port))
