"""Environment variables of a container: ValidateEnv, ValidateEnvFrom and what they call in
kubernetes/kubernetes 1.36.3, pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    invalid,
    mapping,
    mappings,
    required,
    text,
    unsupported,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.kubernetes.apiserver.validation.pods.rules import PodRules
from rehearsal.simulators.kubernetes.apiserver.validation.quantity import canonical, parse
from rehearsal.simulators.shape import Failure

FIELDS_OF_VOLUMES: Final = (
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
)
_FIELDS_OF_VARIABLES: Final = (
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)
_KNOWN_FIELDS: Final = frozenset(
    {*FIELDS_OF_VOLUMES, *_FIELDS_OF_VARIABLES, "spec.restartPolicy", "spec.schedulerName", "status.phase"}
)
"""ConvertDownwardAPIFieldLabel in pkg/apis/core/pods/helpers.go."""
_RESOURCES: Final = tuple(
    sorted(
        f"{kind}.{name}" for kind in ("limits", "requests") for name in ("cpu", "memory", "ephemeral-storage")
    )
)
_HUGE: Final = ("limits.hugepages-", "requests.hugepages-")
_BYTES: Final = ("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei")
_ONE: Final = "must specify one of: "


def environment_failures(variables: Any, path: str, rules: PodRules) -> Iterator[Failure]:
    for index, variable in enumerate(mappings(variables)):
        place, name = f"{path}[{index}]", text(variable, "name")
        if not name:
            yield required(f"{place}.name")
        else:
            yield from wrong(f"{place}.name", name, _wrong_with_name(name, rules))
        if "valueFrom" in variable:
            yield from _source(variable, f"{place}.valueFrom", rules)


def environment_source_failures(sources: Any, path: str, rules: PodRules) -> Iterator[Failure]:
    """`envFrom`. The API server reports a wrong number of sources at the list."""
    for index, source in enumerate(mappings(sources)):
        place = f"{path}[{index}]"
        if prefix := text(source, "prefix"):
            yield from wrong(f"{place}.prefix", prefix, _wrong_with_name(prefix, rules))
        kinds = [name for name in ("configMapRef", "secretRef") if name in source]
        for kind in kinds:
            if not (name := text(mapping(source[kind]), "name")):
                yield required(f"{place}.{kind}.name")
            else:
                masked = f"{name[:-2]}a" if len(name) > 1 and name.endswith("-") else name
                yield from wrong(f"{place}.{kind}.name", name, content.subdomain(masked))
        if not kinds:
            yield invalid(path, "", f"{_ONE}`configMapRef` or `secretRef`")
        elif len(kinds) > 1:
            yield invalid(path, "", "may not have more than one field specified at a time")


def _wrong_with_name(name: str, rules: PodRules) -> Iterator[str]:
    return content.relaxed_variable_name(name) if rules.relaxed_variables else content.variable_name(name)


def _source(variable: Mapping[str, Any], path: str, rules: PodRules) -> Iterator[Failure]:
    """validateEnvVarValueFrom."""
    source = mapping(variable.get("valueFrom"))
    count = 0
    for name, check in (
        ("fieldRef", lambda value, at: field_failures(value, _FIELDS_OF_VARIABLES, at)),
        ("resourceFieldRef", lambda value, at: resource_failures(value, at, in_volume=False)),
        ("configMapKeyRef", _key),
        ("secretKeyRef", _key),
        *([("fileKeyRef", _file_key)] if rules.variables_from_files else []),
    ):
        if name in source:
            count += 1
            yield from check(mapping(source[name]), f"{path}.{name}")
    if not count:
        kinds = "`fieldRef`, `resourceFieldRef`, `configMapKeyRef`"
        more = ", `secretKeyRef` or `fileKeyRef`" if rules.variables_from_files else " or `secretKeyRef`"
        yield invalid(path, "", f"{_ONE}{kinds}{more}")
    elif variable.get("value"):
        yield invalid(path, "", "may not be specified when `value` is not empty")
    elif count > 1:
        yield invalid(path, "", "may not have more than one field specified at a time")


def field_failures(reference: Mapping[str, Any], fields: Iterable[str], path: str) -> Iterator[Failure]:
    """validateObjectFieldSelector."""
    version, field = text(reference, "apiVersion"), text(reference, "fieldPath")
    if not version:
        yield required(f"{path}.apiVersion")
        return
    if not field:
        yield required(f"{path}.fieldPath")
        return
    subscripted = re.fullmatch(r"(.+?)\['(.*)'\]", field)
    if version != "v1":
        why = f"error converting fieldPath: unsupported pod version: {version}"
        yield invalid(f"{path}.fieldPath", field, why)
    elif subscripted and subscripted[1] in ("metadata.annotations", "metadata.labels"):
        kind, key = subscripted.groups()
        key = key.lower() if kind == "metadata.annotations" else key
        yield from wrong(path, key, content.qualified_name(key))
    elif subscripted:
        why = f"error converting fieldPath: field label does not support subscript: {field}"
        yield invalid(f"{path}.fieldPath", field, why)
    elif field != "spec.host" and field not in _KNOWN_FIELDS:
        why = f"error converting fieldPath: field label not supported: {field}"
        yield invalid(f"{path}.fieldPath", field, why)
    elif (used := "spec.nodeName" if field == "spec.host" else field) not in (known := sorted(fields)):
        yield unsupported(f"{path}.fieldPath", used, known)


def resource_failures(reference: Mapping[str, Any], path: str, *, in_volume: bool) -> Iterator[Failure]:
    """validateContainerResourceFieldSelector."""
    resource = text(reference, "resource")
    if in_volume and not text(reference, "containerName"):
        yield required(f"{path}.containerName")
    elif not resource:
        yield required(f"{path}.resource")
    elif resource not in _RESOURCES and not resource.startswith(_HUGE):
        yield unsupported(f"{path}.resource", resource, _RESOURCES)
    divisor = reference.get("divisor")
    if not parse(divisor):
        return
    kind = resource.partition(".")[2]
    if kind == "cpu" and canonical(divisor) not in ("1m", "1"):
        yield invalid(
            f"{path}.divisor", resource, "only divisor's values 1m and 1 are supported with the cpu resource"
        )
    names = {"memory": "memory", "ephemeral-storage": "local ephemeral storage"}
    name = "hugepages" if resource.startswith(_HUGE) else names.get(kind)
    if name and canonical(divisor) not in _BYTES:
        yield invalid(
            f"{path}.divisor",
            resource,
            f"only divisor's values {', '.join(_BYTES)} are supported with the {name} resource",
        )


def _key(reference: Mapping[str, Any], path: str) -> Iterator[Failure]:
    """validateConfigMapKeySelector, validateSecretKeySelector."""
    name, key = text(reference, "name"), text(reference, "key")
    yield from wrong(f"{path}.name", name, content.subdomain(name))
    if not key:
        yield required(f"{path}.key")
    else:
        yield from wrong(f"{path}.key", key, content.config_key(key))


def _file_key(reference: Mapping[str, Any], path: str) -> Iterator[Failure]:
    """validateFileKeySelector."""
    for name, check in (
        ("key", content.relaxed_variable_name),
        ("volumeName", content.label),
        ("path", content.no_backsteps),
    ):
        if not (value := text(reference, name)):
            yield required(f"{path}.{name}")
        else:
            yield from wrong(f"{path}.{name}", value, check(value))
