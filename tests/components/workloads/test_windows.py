"""Windows pools and pods, and operators that avoid Windows nodes."""

from typing import Any

import pytest

from aks_secrets_testing.builds import build
from components.cluster.node_pools import NodePool, OsSku
from components.operators.csi_driver import CsiDriver, CsiDriverArgs
from components.operators.external_secrets import ExternalSecrets, ExternalSecretsArgs
from components.operators.reloader import Reloader, ReloaderArgs
from components.workloads import WORKLOADS, Pod, Technique
from components.workloads.pod import OperatingSystem, Security
from tests.support import samples


def _spec(**pod: Any) -> dict[str, Any]:
    args = {"image": "registry.example/shop:1", "os": OperatingSystem.WINDOWS, **pod}
    return (
        build(lambda: samples.workload(pod=Pod(**args)))
        .single("Deployment")
        .inputs["spec"]["template"]["spec"]
    )


def _values(kind: Any, args: Any) -> dict[str, Any]:
    return build(lambda: samples.in_cluster(kind, args)).single("Release").inputs["values"]


@pytest.mark.parametrize(("sku", "fips"), [(OsSku.WINDOWS_2022, None), (OsSku.WINDOWS_2025, True)])
def test_a_windows_pool_sets_its_os_and_image(sku: OsSku, fips: bool | None) -> None:
    pools = [NodePool(name="win", vm_size="Standard_D4s_v5", os_sku=sku)]
    inputs = build(lambda: samples.cluster(user_pools=pools)).single("AgentPool").inputs
    assert (inputs["osType"], inputs["osSKU"], inputs.get("enableFIPS")) == ("Windows", sku.value, fips)


def test_no_administrator_password_is_sent() -> None:
    """AKS generates a random one. A configured one would be kept in the state, and adding it replaces the
    cluster.
    """
    pools = [NodePool(name="win", vm_size="Standard_D4s_v5", os_sku=OsSku.WINDOWS_2025)]
    built = build(lambda: samples.cluster(user_pools=pools))
    assert "windowsProfile" not in built.single("ManagedCluster").inputs
    assert built.of_type("RandomPassword") == []


def test_a_windows_pod_sets_no_linux_only_field() -> None:
    spec = _spec()
    assert (spec["os"], spec["nodeSelector"]) == ({"name": "windows"}, {"kubernetes.io/os": "windows"})
    assert spec["securityContext"] == {
        "runAsNonRoot": True,
        "windowsOptions": {"runAsUserName": "ContainerUser"},
    }
    assert "securityContext" not in spec["containers"][0]


def test_a_baseline_windows_pod_runs_as_the_images_user() -> None:
    assert _spec(security=Security.BASELINE)["securityContext"] == {}


def test_a_linux_pod_is_unchanged() -> None:
    spec = _spec(os=OperatingSystem.LINUX)
    assert "os" not in spec
    assert spec["nodeSelector"] == {"kubernetes.io/os": "linux"}


@pytest.mark.parametrize(
    "technique", [Technique.SDK, Technique.CSI, Technique.ESO, Technique.KUBERNETES_SECRET]
)
def test_every_technique_but_dapr_works_on_windows(technique: Technique) -> None:
    assert WORKLOADS[technique].spec.windows_limitation == ""
    assert WORKLOADS[Technique.DAPR].spec.windows_limitation


def test_charts_take_windows_nodes_into_account() -> None:
    driver = _values(CsiDriver, CsiDriverArgs(windows=True))
    assert (driver["windows"], driver["secrets-store-csi-driver"]["windows"]) == (
        {"enabled": True},
        {"enabled": True},
    )
    assert _values(ExternalSecrets, ExternalSecretsArgs(among_windows=True))["global"] == {
        "nodeSelector": {"kubernetes.io/os": "linux"}
    }
    reloader = _values(Reloader, ReloaderArgs(namespaces=["shop"], among_windows=True))
    assert reloader["reloader"]["deployment"] == {"nodeSelector": {"kubernetes.io/os": "linux"}}


def test_charts_without_windows_nodes_are_unchanged() -> None:
    assert "windows" not in _values(CsiDriver, CsiDriverArgs())
    assert "global" not in _values(ExternalSecrets, ExternalSecretsArgs())
    assert "deployment" not in _values(Reloader, ReloaderArgs(namespaces=["shop"]))["reloader"]
