"""Annotations of pods with a meaning of their own: ValidatePodSpecificAnnotations,
validateSeccompAnnotationsAndFields, validateAppArmorAnnotationsAndFieldsMatchOnCreate in
kubernetes/kubernetes 1.36.3, pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import forbidden, invalid, mapping, mappings, text, wrong
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.shape import Failure

_MIRROR: Final = "kubernetes.io/config.mirror"
_COST: Final = "controller.kubernetes.io/pod-deletion-cost"
_SECCOMP_OF_POD: Final = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP: Final = "container.seccomp.security.alpha.kubernetes.io/"
_APP_ARMOR: Final = "container.apparmor.security.beta.kubernetes.io/"
_KINDS: Final = ("initContainers", "containers", "ephemeralContainers")
_DIFFERS: Final = "type in annotation and field must match"


def annotation_failures(annotations: Any, spec: Mapping[str, Any], path: str) -> Iterator[Failure]:
    values = {name: value for name, value in mapping(annotations).items() if isinstance(value, str)}
    if _MIRROR in values and not text(spec, "nodeName"):
        yield invalid(
            f"{path}[{_MIRROR}]", values[_MIRROR], "must set spec.nodeName if mirror pod annotation is set"
        )
    if (cost := values.get(_COST)) is not None and not _is_integer(cost):
        yield invalid(f"{path}[{_COST}]", cost, "must be a 32bit integer")
    for name, value in values.items():
        if name == _SECCOMP_OF_POD or name.startswith(_SECCOMP):
            yield from wrong(f"{path}.{name}", value, _wrong_with_profile(value))
    names = {text(c, "name") for kind in _KINDS for c in mappings(spec.get(kind))}
    for name, value in values.items():
        if not name.startswith(_APP_ARMOR):
            continue
        if (container := name.removeprefix(_APP_ARMOR)) not in names:
            yield invalid(f"{path}[{name}]", container, "container not found")
        if value not in ("", "runtime/default", "unconfined") and not value.startswith("localhost/"):
            yield invalid(f"{path}[{name}]", value, f'invalid AppArmor profile name: "{value}"')


def profile_failures(annotations: Any, spec: Mapping[str, Any], path: str) -> Iterator[Failure]:
    """Profiles that an annotation and a field give differently."""
    values, of_pod = mapping(annotations), mapping(spec.get("securityContext"))
    yield from _seccomp(values.get(_SECCOMP_OF_POD), of_pod.get("seccompProfile"), f"{path}.securityContext")
    for kind in _KINDS:
        for index, container in enumerate(mappings(spec.get(kind))):
            own, name = mapping(container.get("securityContext")), text(container, "name")
            place = f"{path}.{kind}[{index}].securityContext"
            yield from _seccomp(values.get(_SECCOMP + name), own.get("seccompProfile"), place)
            if mapping(spec.get("os")).get("name") != "windows":
                profile = own.get("appArmorProfile") or of_pod.get("appArmorProfile")
                yield from _app_armor(values.get(_APP_ARMOR + name), profile, place)


def _seccomp(annotation: Any, field: Any, path: str) -> Iterator[Failure]:
    if not isinstance(annotation, str) or not isinstance(field, Mapping):
        return
    fits = {
        "Unconfined": annotation == "unconfined",
        "RuntimeDefault": annotation in ("runtime/default", "docker/default"),
        "Localhost": annotation.startswith("localhost/"),
    }
    if not fits.get(text(field, "type"), True):
        yield forbidden(f"{path}.seccompProfile.type", f"seccomp {_DIFFERS}")
    elif field.get("type") == "Localhost" and annotation != f"localhost/{field.get('localhostProfile')}":
        why = "seccomp profile in annotation and field must match"
        yield forbidden(f"{path}.seccompProfile.localhostProfile", why)


def _app_armor(annotation: Any, field: Any, path: str) -> Iterator[Failure]:
    if not isinstance(annotation, str) or not isinstance(field, Mapping):
        return
    fits = {
        "Unconfined": annotation == "unconfined",
        "RuntimeDefault": annotation == "runtime/default",
        "Localhost": annotation.startswith("localhost/"),
    }
    if not fits.get(text(field, "type"), True):
        yield forbidden(f"{path}.appArmorProfile.type", f"apparmor {_DIFFERS}")
    elif field.get("type") == "Localhost" and annotation != f"localhost/{field.get('localhostProfile')}":
        why = "apparmor profile in annotation and field must match"
        yield forbidden(f"{path}.appArmorProfile.localhostProfile", why)


def _wrong_with_profile(profile: str) -> Iterator[str]:
    """ValidateSeccompProfile."""
    if profile in ("runtime/default", "docker/default", "unconfined"):
        return
    if profile.startswith("localhost/"):
        yield from content.local_path(profile.removeprefix("localhost/"))
    else:
        yield "must be a valid seccomp profile"


def _is_integer(value: str) -> bool:
    """GetDeletionCostFromPodAnnotations in pkg/apis/core/helper/helpers.go."""
    return re.fullmatch(r"0|-[0-9]+|[1-9][0-9]*", value) is not None and -(2**31) <= int(value) < 2**31
