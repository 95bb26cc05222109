"""Security contexts of pods and containers: validatePodSpecSecurityContext, ValidateSecurityContext and what
they call in kubernetes/kubernetes 1.36.3, pkg/apis/core/validation/validation.go. Windows: windows.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    duplicate,
    forbidden,
    invalid,
    mapping,
    mappings,
    number,
    one_of,
    required,
    text,
    too_long,
    unsupported,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.kubernetes.apiserver.validation.pods.windows import option_failures
from rehearsal.simulators.shape import Failure

_TYPES: Final = ("Localhost", "RuntimeDefault", "Unconfined")
_SYSCTL: Final = r"([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_LONGEST_SYSCTL: Final = 253
_LONGEST_PATH: Final = 4095
_IPC: Final = ("kernel/shm", "kernel/msg", "fs/mqueue/", "kernel/sem")


def pod_context_failures(spec: Mapping[str, Any], path: str) -> Iterator[Failure]:
    context = mapping(spec.get("securityContext"))
    yield from id_failures(context, path, "fsGroup", "runAsUser", "runAsGroup")
    groups = context.get("supplementalGroups")
    for index, group in enumerate(groups if isinstance(groups, list) else []):
        if isinstance(group, int) and not 0 <= group <= content.LARGEST_INT32:
            yield invalid(f"{path}.supplementalGroups[{index}]", group, content.IDS)
    if spec.get("shareProcessNamespace") is True and spec.get("hostPID") is True:
        why = "ShareProcessNamespace and HostPID cannot both be enabled"
        yield invalid(f"{path}.shareProcessNamespace", True, why)
    yield from _sysctls(spec, mappings(context.get("sysctls")), f"{path}.sysctls")
    yield from one_of(context, "fsGroupChangePolicy", path, ("Always", "OnRootMismatch"))
    yield from _seccomp(context, f"{path}.seccompProfile")
    yield from option_failures(context, f"{path}.windowsOptions")
    yield from _app_armor(context, f"{path}.appArmorProfile")
    yield from one_of(context, "supplementalGroupsPolicy", path, ("Merge", "Strict"))
    yield from one_of(context, "seLinuxChangePolicy", path, ("MountOption", "Recursive"))


def container_context_failures(
    context: Mapping[str, Any], path: str, *, host_users: bool
) -> Iterator[Failure]:
    yield from id_failures(context, path, "runAsUser", "runAsGroup")
    if (mount := context.get("procMount")) is not None:
        if mount not in ("Default", "Unmasked"):
            yield unsupported(f"{path}.procMount", mount, ("Default", "Unmasked"))
        if host_users and mount == "Unmasked":
            yield invalid(f"{path}.procMount", mount, "`hostUsers` must be false to use `Unmasked`")
    yield from _seccomp(context, f"{path}.seccompProfile")
    if context.get("allowPrivilegeEscalation") is False:
        added = mapping(context.get("capabilities")).get("add")
        if context.get("privileged") is True:
            why = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"
            yield invalid(path, context, why)
        if isinstance(added, list) and "CAP_SYS_ADMIN" in added:
            why = "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"
            yield invalid(path, context, why)
    yield from option_failures(context, f"{path}.windowsOptions")
    yield from _app_armor(context, f"{path}.appArmorProfile")


def id_failures(context: Mapping[str, Any], path: str, *names: str) -> Iterator[Failure]:
    """IsValidUserID, IsValidGroupID."""
    for name in names:
        value = number(context, name)
        if value is not None and not 0 <= value <= content.LARGEST_INT32:
            yield invalid(f"{path}.{name}", value, content.IDS)


def host_users_failures(spec: Mapping[str, Any], path: str) -> Iterator[Failure]:
    """validateHostUsers. The API server writes two of the names with a capital."""
    if spec.get("hostUsers") is not False:
        return
    for name, shown in (("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")):
        if spec.get(name) is True:
            yield forbidden(f"{path}.{shown}", "when `hostUsers` is false")
    for kind in ("initContainers", "containers", "ephemeralContainers"):
        for index, container in enumerate(mappings(spec.get(kind))):
            if container.get("volumeDevices"):
                yield forbidden(f"{path}.{kind}[{index}].volumeDevices", "when `hostUsers` is false")


def _seccomp(context: Mapping[str, Any], path: str) -> Iterator[Failure]:
    """validateSeccompProfileField."""
    if not isinstance(profile := context.get("seccompProfile"), Mapping):
        return
    kind, local = text(profile, "type"), profile.get("localhostProfile")
    if not kind:
        yield required(f"{path}.type", "type is required when seccompProfile is set")
    elif kind not in _TYPES:
        yield unsupported(f"{path}.type", kind, _TYPES)
    if kind == "Localhost":
        if local is None:
            yield required(f"{path}.localhostProfile", "must be set when seccomp type is Localhost")
        elif isinstance(local, str):
            yield from wrong(f"{path}.localhostProfile", local, content.local_path(local))
    elif local is not None:
        shown = {"Type": kind, "LocalhostProfile": local}
        yield invalid(f"{path}.localhostProfile", shown, "can only be set when seccomp type is Localhost")


def _app_armor(context: Mapping[str, Any], path: str) -> Iterator[Failure]:
    """ValidateAppArmorProfileField."""
    if not isinstance(profile := context.get("appArmorProfile"), Mapping):
        return
    kind, local, place = text(profile, "type"), profile.get("localhostProfile"), f"{path}.localhostProfile"
    if kind == "Localhost":
        if local is None:
            yield required(place, "must be set when AppArmor type is Localhost")
        elif isinstance(local, str):
            if local.strip() != local:
                yield invalid(place, local, "must not be padded with whitespace")
            elif not local:
                yield required(place, "must be set when AppArmor type is Localhost")
            if len(local.encode()) > _LONGEST_PATH:
                yield too_long(place, _LONGEST_PATH)
    elif kind in _TYPES:
        if local is not None:
            yield invalid(place, local, "can only be set when AppArmor type is Localhost")
    elif not kind:
        yield required(f"{path}.type", "type is required when appArmorProfile is set")
    else:
        yield unsupported(f"{path}.type", kind, _TYPES)


def _sysctls(spec: Mapping[str, Any], sysctls: list[Mapping[str, Any]], path: str) -> Iterator[Failure]:
    names: set[str] = set()
    for index, sysctl in enumerate(sysctls):
        place, name = f"{path}[{index}].name", text(sysctl, "name")
        if not name:
            yield required(place)
        elif len(name) > _LONGEST_SYSCTL or not re.fullmatch(_SYSCTL, name):
            yield invalid(
                place, name, f"must have at most {_LONGEST_SYSCTL} characters and match regex ^{_SYSCTL}$"
            )
        elif name in names:
            yield duplicate(place, name)
        slashed = _with_slashes(name)
        if spec.get("hostNetwork") is True and slashed.startswith("net/"):
            yield invalid(place, name, "may not be specified when 'hostNetwork' is true")
        elif spec.get("hostIPC") is True and slashed.startswith(_IPC):
            yield invalid(place, name, "may not be specified when 'hostIPC' is true")
        names.add(name)


def _with_slashes(name: str) -> str:
    """NormalizeName in k8s.io/component-helpers, node/util/sysctl/sysctl.go, the other way round."""
    first = re.search(r"[./]", name)
    if first is None or first[0] == "/":
        return name
    return name.translate(str.maketrans("./", "/."))
