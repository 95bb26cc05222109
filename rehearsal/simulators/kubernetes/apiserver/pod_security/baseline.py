"""Checks of the baseline level. Each returns the violation of a pod, or None.

https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
Words: kubernetes/pod-security-admission, policy/check_*.go.
"""

from __future__ import annotations

from typing import Final

from rehearsal.simulators.kubernetes.api.fields import mapping, mappings, masked
from rehearsal.simulators.kubernetes.apiserver.pod_security.pod import (
    Subject,
    context,
    counted,
    ordered,
    quoted,
    setters,
)

_APP_ARMOR: Final = "container.apparmor.security.beta.kubernetes.io/"
_CAPABILITIES: Final = frozenset(
    {
        *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE"),
        *("SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
    }
)
_SE_LINUX: Final = frozenset({"", "container_t", "container_init_t", "container_kvm_t"})
_SYSCTLS: Final = {
    **dict.fromkeys(
        (
            *("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies"),
            *("net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start"),
        ),
        0,
    ),
    "net.ipv4.ip_local_reserved_ports": 27,
    **dict.fromkeys(
        (
            f"net.ipv4.tcp_{name}"
            for name in ("keepalive_time", "fin_timeout", "keepalive_intvl", "keepalive_probes")
        ),
        29,
    ),
    **dict.fromkeys(("net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"), 32),
    **dict.fromkeys(("net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat"), 37),
}
"""Safe kernel parameters and the first Kubernetes minor version that allows each."""


def app_armor(pod: Subject) -> str | None:
    bad = [(name, profile.get("type", "")) for name, profile in pod.settings("appArmorProfile")]
    bad = [(name, kind) for name, kind in bad if kind not in ("RuntimeDefault", "Localhost")]
    marks = sorted(
        f'{key}="{masked(value)}"'
        for key, value in pod.annotations.items()
        if key.startswith(_APP_ARMOR)
        and value not in ("", "runtime/default")
        and not str(value).startswith("localhost/")
    )
    values = [*ordered(kind for _, kind in bad), *marks]
    who = [setters(name for name, _ in bad)] if bad else []
    who += ["annotation" if len(marks) == 1 else "annotations"] if marks else []
    if not who:
        return None
    profiles = f"forbidden AppArmor profile{'' if len(values) == 1 else 's'}"
    return f"{profiles} ({' and '.join(who)} must not set AppArmor profile type to {quoted(values)})"


def capabilities(pod: Subject) -> str | None:
    violations = added(pod, _CAPABILITIES)
    return f"non-default capabilities ({violations})" if violations else None


def added(pod: Subject, allowed: frozenset[str]) -> str:
    """Containers that add other capabilities than the allowed ones; empty if none does."""
    bad: list[str] = []
    names = pod.where(lambda own: bool(set(mapping(own.get("capabilities")).get("add") or ()) - allowed))
    for container in pod.containers():
        bad += [
            name
            for name in mapping(context(container).get("capabilities")).get("add") or ()
            if name not in allowed
        ]
    return (
        f"{counted('container', names)} must not include {quoted(ordered(bad))} in "
        "securityContext.capabilities.add"
        if names
        else ""
    )


def host_namespaces(pod: Subject) -> str | None:
    shared = [f"{name}=true" for name in ("hostNetwork", "hostPID", "hostIPC") if pod.spec.get(name)]
    return f"host namespaces ({', '.join(shared)})" if shared else None


def host_paths(pod: Subject) -> str | None:
    names = [volume.get("name") for volume in mappings(pod.spec.get("volumes")) if "hostPath" in volume]
    return f"hostPath volumes ({counted('volume', names)})" if names else None


def host_ports(pod: Subject) -> str | None:
    by_container = {}
    for container in pod.containers():
        if ports := [port["hostPort"] for port in mappings(container.get("ports")) if port.get("hostPort")]:
            by_container[container.get("name")] = ports
    if not by_container:
        return None
    ports = ordered(port for some in by_container.values() for port in some)
    use, noun = "uses" if len(by_container) == 1 else "use", "hostPort" if len(ports) == 1 else "hostPorts"
    return f"hostPort ({counted('container', list(by_container))} {use} {noun} {', '.join(ports)})"


def probe_hosts(pod: Subject) -> str | None:
    """Hosts of probes and lifecycle hooks, which the level forbids since 1.34."""
    names, hosts = set(), []
    for container in pod.containers():
        handlers = [
            mapping(container.get(probe)) for probe in ("livenessProbe", "readinessProbe", "startupProbe")
        ]
        handlers += [
            mapping(mapping(container.get("lifecycle")).get(hook)) for hook in ("postStart", "preStop")
        ]
        own_hosts = [
            mapping(handler.get(kind)).get("host")
            for handler in handlers
            for kind in ("httpGet", "tcpSocket")
        ]
        if any(own_hosts):
            names.add(container.get("name"))
            hosts += [host for host in own_hosts if host]
    if not names or pod.minor < 34:
        return None
    use, noun = (
        "uses" if len(names) == 1 else "use",
        "probe or lifecycle host" + ("" if len(set(hosts)) == 1 else "s"),
    )
    return (
        f"probe or lifecycle host ({counted('container', ordered(names))} {use} {noun} "
        f"{quoted(ordered(hosts))})"
    )


def privileged(pod: Subject) -> str | None:
    names = pod.where(lambda own: own.get("privileged") is True)
    return (
        f"privileged ({counted('container', names)} must not set securityContext.privileged=true)"
        if names
        else None
    )


def proc_mount(pod: Subject) -> str | None:
    return None if pod.has_own_users else unmasked_proc(pod)


def unmasked_proc(pod: Subject) -> str | None:
    names = pod.where(lambda own: own.get("procMount", "Default") != "Default")
    kinds = ordered(
        kind
        for container in pod.containers()
        if (kind := context(container).get("procMount", "Default")) != "Default"
    )
    return (
        f"procMount ({counted('container', names)} must not set securityContext.procMount to {quoted(kinds)})"
        if names
        else None
    )


def se_linux(pod: Subject) -> str | None:
    allowed = _SE_LINUX | ({"container_engine_t"} if pod.minor >= 31 else set())
    bad = [
        (name, options)
        for name, options in pod.settings("seLinuxOptions")
        if options.get("type", "") not in allowed or options.get("user") or options.get("role")
    ]
    if not bad:
        return None
    kinds = ordered(kind for _, options in bad if (kind := options.get("type", "")) not in allowed)
    what = [counted("type", kinds)] if kinds else []
    what += [
        f"{part} may not be set" for part in ("user", "role") if any(options.get(part) for _, options in bad)
    ]
    return (
        f"seLinuxOptions ({setters(name for name, _ in bad)} set forbidden securityContext.seLinuxOptions: "
        f"{'; '.join(what)})"
    )


def seccomp(pod: Subject) -> str | None:
    bad = [(name, profile.get("type", "")) for name, profile in pod.settings("seccompProfile")]
    bad = [(name, kind) for name, kind in bad if kind not in ("RuntimeDefault", "Localhost")]
    if not bad:
        return None
    kinds = quoted(ordered(kind for _, kind in bad))
    return (
        f"seccompProfile ({setters(name for name, _ in bad)} must not set "
        f"securityContext.seccompProfile.type to {kinds})"
    )


def sysctls(pod: Subject) -> str | None:
    names = [sysctl.get("name") for sysctl in mappings(pod.context.get("sysctls"))]
    bad = [str(masked(name)) for name in names if _SYSCTLS.get(str(name), pod.minor + 1) > pod.minor]
    return f"forbidden sysctls ({', '.join(bad)})" if bad else None


def host_process(pod: Subject) -> str | None:
    bad = [name for name, options in pod.settings("windowsOptions") if options.get("hostProcess") is True]
    return (
        f"hostProcess ({setters(bad)} must not set securityContext.windowsOptions.hostProcess=true)"
        if bad
        else None
    )
