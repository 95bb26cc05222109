"""Syntax of names, labels and annotations: pure, in the API server's words.

https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ (subdomain, label, path segment)
https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/#syntax-and-character-set
Texts: k8s.io/apimachinery, pkg/util/validation/validation.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.shape import Failure

_LABEL: Final = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN: Final = rf"{_LABEL}(\.{_LABEL})*"
_QUALIFIED: Final = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"

_NAMED_AS_LABELS: Final = frozenset({"Namespace", "Service"})
"""Before Kubernetes 1.36 a Service's name has to begin with a letter as well: workloads.py checks that."""
_NAMED_AS_PATH_SEGMENTS: Final = frozenset(
    # roles and bindings: kubernetes.io/docs/reference/access-authn-authz/rbac/#api-overview; the last two
    # hold colons
    {"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "ClusterTrustBundle", "IPAddress"}
)
_MOST: Final[Mapping[str, int]] = {"CronJob": 52}
"""https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ (11 characters are appended)"""
_MOST_ANNOTATIONS: Final = 256 * 1024
_TEMPLATES: Final = (
    ("spec", "template"),
    ("spec", "jobTemplate"),
    ("spec", "jobTemplate", "spec", "template"),
)

_ENDS: Final = "must start and end with an alphanumeric character"
_WRONG_LABEL: Final = (
    f"a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and {_ENDS} "
    "(e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_WRONG_SUBDOMAIN: Final = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
    f"{_ENDS} "
    "(e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_WRONG_1035: Final = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
    "character, and end with an "
    "alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    "'[a-z]([-a-z0-9]*[a-z0-9])?')"
)
_WRONG_QUALIFIED: Final = (
    f"name part must consist of alphanumeric characters, '-', '_' or '.', and {_ENDS} "
    "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_WRONG_VALUE: Final = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and "
    f"{_ENDS} (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)


def name_failures(manifest: Mapping[str, Any]) -> Iterator[Failure]:
    """Problems of an object's metadata and of the pod templates in it. Unknown values fit."""
    kind = str(manifest.get("kind", ""))
    metadata = manifest.get("metadata")
    if isinstance(metadata, Mapping):
        yield from _object_name_failures(kind, metadata)
        yield from _label_failures(metadata, "metadata")
    for path in _TEMPLATES:
        template: Any = manifest
        for step in (*path, "metadata"):
            template = template.get(step) if isinstance(template, Mapping) else None
        if isinstance(template, Mapping):
            yield from _label_failures(template, ".".join((*path, "metadata")))


def wrong_with_label(value: str) -> Iterator[str]:
    return _wrong(value, _LABEL, 63, _WRONG_LABEL)


def wrong_with_subdomain(value: str) -> Iterator[str]:
    return _wrong(value, _SUBDOMAIN, 253, _WRONG_SUBDOMAIN)


def wrong_with_1035_label(value: str) -> Iterator[str]:
    return _wrong(value, r"[a-z]([-a-z0-9]*[a-z0-9])?", 63, _WRONG_1035)


def wrong_with_port_name(value: str) -> Iterator[str]:
    """Problems of a port's name (IsValidPortName in the same file)."""
    if len(value) > 15:
        yield "must be no more than 15 characters"
    if not re.fullmatch("[-a-z0-9]+", value):
        yield "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
    if not re.search("[a-z]", value):
        yield "must contain at least one letter (a-z)"
    if "--" in value:
        yield "must not contain consecutive hyphens"
    if value.startswith("-") or value.endswith("-"):
        yield "must not begin or end with a hyphen"


def _object_name_failures(kind: str, metadata: Mapping[str, Any]) -> Iterator[Failure]:
    name, namespace = metadata.get("name"), metadata.get("namespace")
    if isinstance(name, str):
        yield from (_invalid("metadata.name", name, why) for why in _wrong_with_name(kind, name))
    if isinstance(namespace, str) and namespace:
        yield from (_invalid("metadata.namespace", namespace, why) for why in wrong_with_label(namespace))


def _wrong_with_name(kind: str, name: str) -> Iterator[str]:
    if kind in _NAMED_AS_PATH_SEGMENTS:
        if name in (".", ".."):
            yield f"may not be '{name}'"
        yield from (f"may not contain '{character}'" for character in "/%" if character in name)
    elif kind in _NAMED_AS_LABELS:
        yield from wrong_with_label(name)
    else:
        yield from _wrong(name, _SUBDOMAIN, _MOST.get(kind, 253), _WRONG_SUBDOMAIN)


def _label_failures(metadata: Mapping[str, Any], path: str) -> Iterator[Failure]:
    labels, annotations = metadata.get("labels"), metadata.get("annotations")
    if isinstance(labels, Mapping):
        for key, value in labels.items():
            yield from (_invalid(f"{path}.labels", key, why) for why in _wrong_with_key(key))
            if isinstance(value, str):
                yield from (
                    _invalid(f"{path}.labels", value, why)
                    for why in _wrong(value, f"({_QUALIFIED})?", 63, _WRONG_VALUE)
                )
    if isinstance(annotations, Mapping):
        for key in annotations:
            # Unlike a label's, the prefix of an annotation may have capitals.
            yield from (_invalid(f"{path}.annotations", key, why) for why in _wrong_with_key(key.lower()))
        size = sum(
            len(key.encode()) + len(value.encode())
            for key, value in annotations.items()
            if isinstance(value, str)
        )
        if size > _MOST_ANNOTATIONS:
            yield Failure(
                f"{path}.annotations",
                f"{path}.annotations: Too long: must have at most {_MOST_ANNOTATIONS} bytes",
            )


def _wrong_with_key(key: str) -> Iterator[str]:
    prefix, slash, name = key.rpartition("/")
    if slash:
        if not prefix:
            yield "prefix part must be non-empty"
        else:
            yield from (f"prefix part {why}" for why in _wrong(prefix, _SUBDOMAIN, 253, _WRONG_SUBDOMAIN))
    if not name:
        yield "name part must be non-empty"
    else:
        yield from (
            why if why is _WRONG_QUALIFIED else f"name part {why}"
            for why in _wrong(name, _QUALIFIED, 63, _WRONG_QUALIFIED)
        )


def _wrong(value: str, pattern: str, most: int, text: str) -> Iterator[str]:
    if len(value) > most:
        yield f"must be no more than {most} characters"
    if not re.fullmatch(pattern, value):
        yield text


def _invalid(path: str, value: str, why: str) -> Failure:
    return Failure(path, f'{path}: Invalid value: "{value}": {why}')
