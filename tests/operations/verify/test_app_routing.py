"""The certificate of an Ingress, which the application routing add-on brings into the cluster."""

import time
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from operations.checks import exit_status
from tests.operations.verify.azure import ME, ago
from tests.operations.verify.live import Live, made, running, shown
from tests.trust.stacks import BASE, stack, workload
from trust.graph import Graph

pytestmark = pytest.mark.servers

READER = "21090545-7ca7-4776-b22c-e363652d74d2"
CSI = "secrets-store.csi.x-k8s.io/v1"
NAME = "keyvault-web"
CONFIG = stack(
    workload("web", "sdk", port=80, service={"ingress": {"host": "a.example.com", "certificate": "web-tls"}}),
    cluster={**BASE["cluster"], "app_routing": {"default_controller": "Internal"}},
    operators={"csi_driver": {"install": "addon"}},
)


@cache
def graph() -> Graph:
    return made(CONFIG)


@pytest.fixture
def routed(monkeypatch, way) -> Iterator[Live]:
    with running(monkeypatch, way, graph()) as live:
        live.azure.assign(ME, READER, str(live.chain.vaults[0].resource_id))
        yield live


def _of(live: Live, plural: str, group: str = CSI, name: str = NAME):
    return live.object(group, "shop", plural, name)


def no_ingress(live: Live) -> None:
    del live.kubernetes.objects[live.kubernetes.path("networking.k8s.io/v1", "shop", "ingresses", "web")]


def another_certificate(live: Live) -> None:
    key = "kubernetes.azure.com/tls-cert-keyvault-uri"
    ingress = _of(live, "ingresses", "networking.k8s.io/v1", "web")
    ingress["metadata"]["annotations"][key] = "https://kv-old.vault.azure.net/certificates/old"


def add_on_off(live: Live) -> None:
    for document in live.azure.documents.values():
        if "ingressProfile" in document["properties"]:
            document["properties"]["ingressProfile"] = {}


def no_class(live: Live) -> None:
    del live.kubernetes.objects[live.kubernetes.path(CSI, "shop", "secretproviderclasses", NAME)]


def class_of_another_vault(live: Live) -> None:
    _of(live, "secretproviderclasses")["spec"]["parameters"]["keyvaultName"] = "kv-old"


def class_of_another_identity(live: Live) -> None:
    _of(live, "secretproviderclasses")["spec"]["parameters"]["userAssignedIdentityID"] = "older"


def mount_is_forbidden(live: Live) -> None:
    _of(live, "secretproviderclasspodstatuses", name=f"{NAME}-0-{NAME}")["status"]["mounted"] = False
    message = (
        'MountVolume.SetUp failed for volume "secrets": rpc error: code = Unknown desc = failed to mount '
        "secrets store objects for pod shop/keyvault-web-0, err: Caller is not authorized to perform action "
        "on resource. If role assignments, deny assignments or role definitions were changed recently, "
        'please observe propagation time. {"code": "ForbiddenByRbac"}'
    )
    live.kubernetes.objects[live.kubernetes.path("v1", "shop", "events", "e")] = {
        "metadata": {"name": "e"},
        "type": "Warning",
        "reason": "FailedMount",
        "message": message,
        "involvedObject": {"kind": "Pod", "name": f"{NAME}-0"},
    }


def nothing_mounted(live: Live) -> None:
    _of(live, "secretproviderclasspodstatuses", name=f"{NAME}-0-{NAME}")["status"]["mounted"] = False


def older_version(live: Live) -> None:
    live.kubernetes.versions["secret/web-tls"] = "0" * 32


def no_key(live: Live) -> None:
    _of(live, "secrets", "v1")["data"] = {"tls.crt": "eA=="}


def no_secret(live: Live) -> None:
    del live.kubernetes.objects[live.kubernetes.path("v1", "shop", "secrets", NAME)]


def older_secret(live: Live) -> None:
    live.kubernetes.add_secret("shop", NAME, (), changed=ago(90000))


def no_role(live: Live) -> None:
    principal = str(live.chain.clusters[0].app_routing_principal_id)
    held = [row for row in live.azure.assignments if row["properties"]["principalId"] != principal]
    live.azure.assignments[:] = held


BREAKS: dict[Callable[[Live], None], tuple[str, str, str]] = {
    no_ingress: ("ingress web", "Ingress shop/web does not exist", "pulumi up"),
    another_certificate: ("ingress web", "names certificate https://kv-old.vault", "pulumi up"),
    add_on_off: (f"class {NAME}", "the application routing add-on is off", "pulumi up"),
    no_class: (
        f"class {NAME}",
        f"has not made SecretProviderClass shop/{NAME}",
        "kubectl describe ingress web",
    ),
    class_of_another_vault: (
        f"class {NAME}",
        "reads web-tls of kv-old, and the Ingress",
        "kubectl delete secretp",
    ),
    class_of_another_identity: (
        f"class {NAME}",
        "reads as older, and the add-on",
        "kubectl delete secretprov",
    ),
    mount_is_forbidden: (f"mount of {NAME}", "no pod mounts it: MountVolume.SetUp failed", "pulumi up"),
    nothing_mounted: (
        f"mount of {NAME}",
        "no pod of the add-on mounts it",
        "kubectl describe pods --selector",
    ),
    older_version: (f"versions in {NAME}", "has an older version of web-tls", "kubectl rollout restart depl"),
    no_key: (f"secret {NAME}", f"Secret {NAME} has no key tls.key", "kubectl describe secretproviderclass"),
    no_secret: (
        f"secret {NAME}",
        f"Secret shop/{NAME} does not exist",
        "kubectl describe secretproviderclass",
    ),
    older_secret: (f"age of {NAME}", "and web-tls in the vault of", "kubectl rollout restart deployment"),
    no_role: ("grant web-tls", "has no role that reads secret", "pulumi up"),
}


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: broken.__name__)
def test_a_broken_certificate_comes_first_with_what_to_type(broken: Callable[[Live], None], routed: Live):
    check, text, step = BREAKS[broken]
    broken(routed)
    findings = routed.verify(0, "web")
    first = findings[0]
    assert (first.check, first.state) == (check, "wrong"), shown(findings)
    assert text in first.text
    assert step in first.next_step


def test_a_certificate_as_the_add_on_brings_it_is_fine(routed: Live):
    findings = routed.verify()
    assert exit_status(findings) == 0, shown(findings)
    states = {finding.check: finding.state for finding in findings if NAME in finding.check}
    parts = ("class", "mount of", "versions in", "secret", "age of")
    assert states == {f"{part} {NAME}": "fine" for part in parts}


def test_a_rotated_certificate_is_waited_for(routed: Live):
    host = next(iter(routed.azure.vaults))
    routed.azure.write(host, "secrets", "web-tls", created=int(time.time()) - 10)
    states = {finding.check: finding.state for finding in routed.verify(0, "web") if finding.state != "fine"}
    assert states == {f"versions in {NAME}": "waiting", f"age of {NAME}": "waiting"}
