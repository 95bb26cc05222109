"""Each check of Pod Security: refused pods with the plug-in's words, and admitted ones."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.kubernetes.apiserver.pod_security.admission import Standard
from tests.support.manifests import RESTRICTED, container

ARMOR = "container.apparmor.security.beta.kubernetes.io/app"
HOST = {"tcpSocket": {"port": 80, "host": "10.0.0.1"}}


def violations(level: str, *, minor: int = 37, annotations: dict[str, str] | None = None, **spec: Any) -> str:
    return Standard(level).violations(annotations or {}, {"containers": [container()], **spec}, minor)


def secured(*changes: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """A pod of the restricted level, with a container for each change to it."""
    names = ("app", "side")
    containers = [
        container(names[i], securityContext={**RESTRICTED, **change})
        for i, change in enumerate(changes or ({},))
    ]
    return {"containers": containers, **spec}


def without(name: str) -> dict[str, Any]:
    return container(securityContext={n: v for n, v in RESTRICTED.items() if n != name})


@pytest.mark.parametrize(
    ("spec", "violation"),
    [
        (
            secured(
                {"appArmorProfile": {"type": "Unconfined"}},
                securityContext={"appArmorProfile": {"type": "Unconfined"}},
            ),
            'forbidden AppArmor profile (pod and container "app" must not set AppArmor profile type to '
            '"Unconfined")',
        ),
        (
            secured(
                {"capabilities": {"add": ["NET_RAW", "SYS_ADMIN"]}}, {"capabilities": {"add": ["NET_RAW"]}}
            ),
            'non-default capabilities (containers "app", "side" must not include "NET_RAW", "SYS_ADMIN" '
            "in securityContext.capabilities.add)",
        ),
        (
            {"hostNetwork": True, "hostPID": True, "hostIPC": True},
            "host namespaces (hostNetwork=true, hostPID=true, hostIPC=true)",
        ),
        ({"volumes": [{"name": "a", "hostPath": {"path": "/"}}]}, 'hostPath volumes (volume "a")'),
        (
            {
                "containers": [
                    container(
                        ports=[{"containerPort": 80, "hostPort": 80}, {"containerPort": 81, "hostPort": 0}]
                    )
                ]
            },
            'hostPort (container "app" uses hostPort 80)',
        ),
        (
            {
                "containers": [
                    container(ports=[{"hostPort": 9090}]),
                    container("side", ports=[{"hostPort": 80}]),
                ]
            },
            'hostPort (containers "app", "side" use hostPorts 80, 9090)',
        ),
        (
            {
                "containers": [
                    container(
                        livenessProbe=HOST, lifecycle={"preStop": {"httpGet": {"port": 1, "host": "b"}}}
                    )
                ]
            },
            'probe or lifecycle host (container "app" uses probe or lifecycle hosts "10.0.0.1", "b")',
        ),
        (
            secured({"privileged": True}),
            'privileged (container "app" must not set securityContext.privileged=true)',
        ),
        (
            secured({"procMount": "Unmasked"}),
            'procMount (container "app" must not set securityContext.procMount to "Unmasked")',
        ),
        (
            secured({"seLinuxOptions": {"type": "spc_t", "user": "u", "role": "r"}}),
            'seLinuxOptions (container "app" set forbidden securityContext.seLinuxOptions: type "spc_t"; '
            "user may not be set; role may not be set)",
        ),
        (
            {"securityContext": {"seccompProfile": {"type": "Unconfined"}}},
            'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
        ),
        (
            {
                "securityContext": {
                    "sysctls": [
                        {"name": "kernel.msgmax", "value": "1"},
                        {"name": "net.ipv4.tcp_rmem", "value": "1"},
                    ]
                }
            },
            "forbidden sysctls (kernel.msgmax)",
        ),
        (
            {"securityContext": {"windowsOptions": {"hostProcess": True}}},
            "hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)",
        ),
    ],
)
def test_what_baseline_refuses(spec: dict[str, Any], violation: str) -> None:
    assert violations("baseline", **spec) == violation


def test_baseline_refuses_annotations_of_old() -> None:
    assert violations("baseline", annotations={ARMOR: "unconfined"}) == (
        "forbidden AppArmor profile (annotation must not set AppArmor profile type to "
        f'"{ARMOR}="unconfined"")'
    )
    assert violations("baseline", annotations={ARMOR: "runtime/default", "note": "unconfined"}) == ""


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"volumes": [{"name": "a", "nfs": {"server": "s", "path": "/"}}], "hostNetwork": False},
        secured(
            {"capabilities": {"add": ["CHOWN", "NET_BIND_SERVICE"]}, "appArmorProfile": {"type": "Localhost"}}
        ),
        secured(
            {
                "privileged": False,
                "procMount": "Default",
                "runAsUser": 0,
                "seLinuxOptions": {"type": "container_engine_t"},
            }
        ),
        {"containers": [container(ports=[{"containerPort": 80}], livenessProbe={"tcpSocket": {"port": 80}})]},
        {
            "securityContext": {
                "seccompProfile": {"type": "Localhost"},
                "windowsOptions": {"hostProcess": False},
            }
        },
    ],
)
def test_what_baseline_lets_pass(spec: dict[str, Any]) -> None:
    assert violations("baseline", **spec) == ""


@pytest.mark.parametrize(
    ("spec", "violation"),
    [
        (
            {"containers": [without("allowPrivilegeEscalation")]},
            'allowPrivilegeEscalation != false (container "app" must set '
            "securityContext.allowPrivilegeEscalation=false)",
        ),
        (
            {"containers": [without("capabilities")]},
            'unrestricted capabilities (container "app" must set securityContext.capabilities.drop=["ALL"])',
        ),
        (
            secured({"capabilities": {"add": ["CHOWN"]}}),
            'unrestricted capabilities (container "app" must set securityContext.capabilities.drop=["ALL"]; '
            'container "app" must not include "CHOWN" in securityContext.capabilities.add)',
        ),
        (
            secured(
                volumes=[
                    {"name": "a", "nfs": {"server": "s", "path": "/"}},
                    {"name": "b", "hostPath": {"path": "/"}},
                ]
            ),
            'restricted volume types (volumes "a", "b" use restricted volume types "hostPath", "nfs")',
        ),
        (
            {"containers": [without("runAsNonRoot")]},
            'runAsNonRoot != true (pod or container "app" must set securityContext.runAsNonRoot=true)',
        ),
        (
            secured({"runAsNonRoot": False}, securityContext={"runAsNonRoot": False}),
            'runAsNonRoot != true (pod and container "app" must not set securityContext.runAsNonRoot=false)',
        ),
        (
            secured({"runAsUser": 0}, securityContext={"runAsUser": 0}),
            'runAsUser=0 (pod and container "app" must not set runAsUser=0)',
        ),
        (
            {"containers": [without("seccompProfile")]},
            'seccompProfile (pod or container "app" must set securityContext.seccompProfile.type to '
            '"RuntimeDefault" or "Localhost")',
        ),
        (
            secured({"seccompProfile": {"type": "Unconfined"}}),
            'seccompProfile (container "app" must not set securityContext.seccompProfile.type to '
            '"Unconfined")',
        ),
        (
            secured({"privileged": True}),
            'privileged (container "app" must not set securityContext.privileged=true)',
        ),
        (
            secured({"procMount": "Unmasked"}, hostUsers=False),
            'procMount (container "app" must not set securityContext.procMount to "Unmasked")',
        ),
    ],
)
def test_what_restricted_refuses(spec: dict[str, Any], violation: str) -> None:
    assert violations("restricted", **spec) == violation


@pytest.mark.parametrize(
    "spec",
    [
        secured(),
        secured({"capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}, "runAsUser": 65532}),
        secured(
            volumes=[
                {"name": "a", "emptyDir": {}},
                {"name": "b", "csi": {"driver": "x"}},
                {"name": "c", "projected": {}},
            ]
        ),
        {
            "containers": [
                container(
                    securityContext={"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
                )
            ],
            "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        },
    ],
)
def test_what_restricted_lets_pass(spec: dict[str, Any]) -> None:
    assert violations("restricted", **spec) == ""


@pytest.mark.parametrize("kind", ["initContainers", "ephemeralContainers"])
def test_every_container_is_looked_at(kind: str) -> None:
    message = violations("restricted", **secured(**{kind: [container("other")]}))
    assert 'allowPrivilegeEscalation != false (container "other" must' in message


def test_hosts_of_probes_are_refused_from_1_34_on() -> None:
    spec: dict[str, Any] = {"containers": [container(livenessProbe=HOST)]}
    assert violations("baseline", minor=33, **spec) == ""
    assert violations("baseline", minor=34, **spec)


def test_pods_with_users_of_their_own_may_be_root_from_1_35_on() -> None:
    spec = secured({"runAsUser": 0, "runAsNonRoot": False}, hostUsers=False)
    assert violations("restricted", minor=34, **spec)
    assert violations("restricted", minor=35, **spec) == ""


@pytest.mark.parametrize(
    ("before", "since", "context"),
    [
        (26, 27, {"sysctls": [{"name": "net.ipv4.ip_local_reserved_ports", "value": "1"}]}),
        (28, 29, {"sysctls": [{"name": "net.ipv4.tcp_keepalive_time", "value": "1"}]}),
        (31, 32, {"sysctls": [{"name": "net.ipv4.tcp_wmem", "value": "1"}]}),
        (36, 37, {"sysctls": [{"name": "net.ipv4.tcp_notsent_lowat", "value": "1"}]}),
        (30, 31, {"seLinuxOptions": {"type": "container_engine_t"}}),
    ],
)
def test_what_is_allowed_has_grown(before: int, since: int, context: dict[str, Any]) -> None:
    assert violations("baseline", minor=before, securityContext=context)
    assert violations("baseline", minor=since, securityContext=context) == ""


def test_a_definition_newer_than_the_cluster_is_the_clusters() -> None:
    spec = {"containers": [container(livenessProbe=HOST)]}
    assert Standard("baseline", 37).violations({}, spec, 33) == ""
    assert Standard("baseline", 33).violations({}, spec, 37) == ""
    assert Standard("baseline", 37).violations({}, spec, 37)


def test_windows_pods_need_no_linux_settings() -> None:
    message = violations("restricted", os={"name": "windows"}, securityContext={"runAsNonRoot": True})
    assert message == ""


def test_privileged_lets_everything_pass() -> None:
    assert violations("privileged", hostNetwork=True, **secured({"privileged": True})) == ""
