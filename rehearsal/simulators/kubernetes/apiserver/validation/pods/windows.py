"""Pods that name their operating system, and options of Windows: validateOS, validateLinux, validateWindows,
validateWindowsSecurityContextOptions, validateWindowsHostProcessPod in kubernetes/kubernetes 1.36.3,
pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    forbidden,
    invalid,
    mapping,
    mappings,
    required,
    text,
    unsupported,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.shape import Failure

_OF_THE_POD: Final = (
    *("appArmorProfile", "seLinuxOptions", "seccompProfile", "fsGroup", "fsGroupChangePolicy", "sysctls"),
    *("runAsUser", "runAsGroup", "supplementalGroups", "supplementalGroupsPolicy", "seLinuxChangePolicy"),
)
_OF_A_CONTAINER: Final = (
    *("appArmorProfile", "seLinuxOptions", "seccompProfile", "capabilities", "readOnlyRootFilesystem"),
    *("privileged", "allowPrivilegeEscalation", "procMount", "runAsUser", "runAsGroup"),
)
_OF_THE_HOST: Final = ("hostPID", "hostIPC")
_KINDS: Final = ("initContainers", "containers", "ephemeralContainers")
_LONGEST_SPEC: Final = 64 * 1024
_LONGEST_DOMAIN: Final = 256
_LONGEST_USER: Final = 104
_DNS: Final = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DOMAIN: Final = re.compile(rf'[^\\/:*?"<>|.][^\\/:*?"<>|]{{0,14}}|{_DNS}(?:\.{_DNS})*')


def os_failures(spec: Mapping[str, Any], path: str) -> Iterator[Failure]:
    """Fields that the pod's operating system forbids; none for a pod without `os`."""
    if not isinstance(system := spec.get("os"), Mapping):
        return
    name = text(system, "name")
    if not name:
        yield required(f"{path}.os.name")
    elif name == "linux":
        for place, context, _ in _contexts(spec, path):
            if "windowsOptions" in context:
                yield forbidden(f"{place}.windowsOptions", "windows options cannot be set for a linux pod")
    elif name == "windows":
        why = "cannot be set for a windows pod"
        for place, context, names in _contexts(spec, path):
            yield from (forbidden(f"{place}.{name}", why) for name in names if name in context)
        yield from (forbidden(f"{path}.{name}", why) for name in _OF_THE_HOST if spec.get(name))
        for name in ("hostUsers", "shareProcessNamespace"):
            if spec.get(name) is not None:
                yield forbidden(f"{path}.{name}", why)
    else:
        yield unsupported(f"{path}.os", name, ("linux", "windows"))


def option_failures(context: Mapping[str, Any], path: str) -> Iterator[Failure]:
    """`windowsOptions` of a pod or a container."""
    options = mapping(context.get("windowsOptions"))
    if isinstance(name := options.get("gmsaCredentialSpecName"), str):
        yield from wrong(f"{path}.gmsaCredentialSpecName", name, content.subdomain(name))
    if isinstance(value := options.get("gmsaCredentialSpec"), str):
        if not value:
            yield invalid(f"{path}.gmsaCredentialSpec", "", "gmsaCredentialSpec cannot be an empty string")
        elif len(value.encode()) > _LONGEST_SPEC:
            yield invalid(f"{path}.gmsaCredentialSpec", value, "gmsaCredentialSpec size must be under 64 KiB")
    if isinstance(user := options.get("runAsUserName"), str):
        yield from wrong(f"{path}.runAsUserName", user, _wrong_with_user(user))


def host_process_failures(spec: Mapping[str, Any], path: str) -> Iterator[Failure]:
    of_pod = _host_process(spec)
    count = hosts = 0
    for kind in _KINDS:
        for index, container in enumerate(mappings(spec.get(kind))):
            count += 1
            own = _host_process(container)
            if of_pod is not None and own is not None and own != of_pod:
                place = f"{path}.{kind}[{index}].securityContext.windowsOptions.hostProcess"
                shown = "true" if of_pod else "false"
                why = f"pod hostProcess value must be identical if both are specified, was {shown}"
                yield invalid(place, own, why)
            hosts += own is True or (own is None and of_pod is True)
    if hosts and hosts != count:
        why = "If pod contains any hostProcess containers then all containers must be HostProcess containers"
        yield invalid(path, "", why)
    if hosts and spec.get("hostNetwork") is not True:
        why = "hostNetwork must be true if pod contains any hostProcess containers"
        yield invalid(f"{path}.hostNetwork", False, why)


def _host_process(values: Mapping[str, Any]) -> bool | None:
    return mapping(mapping(values.get("securityContext")).get("windowsOptions")).get("hostProcess")


def _wrong_with_user(name: str) -> Iterator[str]:
    if not name:
        yield "runAsUserName cannot be an empty string"
        return
    if re.search(r"[\x00-\x1f\x7f]", name):
        yield "runAsUserName cannot contain control characters"
        return
    if name.count("\\") > 1:
        yield "runAsUserName cannot contain more than one backslash"
        return
    domain, slash, user = name.rpartition("\\")
    if len(domain) >= _LONGEST_DOMAIN:
        yield f"runAsUserName's Domain length must be under {_LONGEST_DOMAIN} characters"
    if slash and not _DOMAIN.fullmatch(domain):
        yield "runAsUserName's Domain doesn't match the NetBios nor the DNS format"
    if not user:
        yield "runAsUserName's User cannot be empty"
    elif len(user) > _LONGEST_USER:
        yield f"runAsUserName's User length must not be longer than {_LONGEST_USER} characters"
    if re.fullmatch(r"[. ]+", user):
        yield "runAsUserName's User cannot contain only periods or spaces"
    if re.search(r'["/\\:;|=,+*?<>@\[\]]', user):
        yield "runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]"


def _contexts(spec: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any], tuple[str, ...]]]:
    yield f"{path}.securityContext", mapping(spec.get("securityContext")), _OF_THE_POD
    for kind in _KINDS:
        for index, container in enumerate(mappings(spec.get(kind))):
            context = mapping(container.get("securityContext"))
            yield f"{path}.{kind}[{index}].securityContext", context, _OF_A_CONTAINER
