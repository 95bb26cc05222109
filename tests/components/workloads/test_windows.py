"""Pools and pods of Windows, and what keeps to Linux beside them."""

from typing import Any

import pytest

from components.cluster.node_pools import NodePool, OsSku
from components.operators.csi_driver import CsiDriver, CsiDriverArgs
from components.operators.external_secrets import ExternalSecrets, ExternalSecretsArgs
from components.operators.reloader import Reloader, ReloaderArgs
from components.workloads import WORKLOADS, Pod, Technique
from components.workloads.pod import OperatingSystem, Security
from tests.support import samples
from tests.support.harness import build


def _spec(**pod: Any) -> dict[str, Any]:
    args = {"image": "registry.example/shop:1", "os": OperatingSystem.WINDOWS, **pod}
    return (
        build(lambda: samples.workload(pod=Pod(**args))).one("Deployment").inputs["spec"]["template"]["spec"]
    )


def _values(kind: Any, args: Any) -> dict[str, Any]:
    return build(lambda: samples.in_cluster(kind, args)).one("Release").inputs["values"]


@pytest.mark.parametrize(("sku", "fips"), [(OsSku.WINDOWS_2022, None), (OsSku.WINDOWS_2025, True)])
def test_a_pool_of_windows_says_so_and_takes_the_image_that_there_is(sku: OsSku, fips: bool | None) -> None:
    pools = [NodePool(name="win", vm_size="Standard_D4s_v5", os_sku=sku)]
    inputs = build(lambda: samples.cluster(user_pools=pools)).one("AgentPool").inputs
    assert (inputs["osType"], inputs["osSKU"], inputs.get("enableFIPS")) == ("Windows", sku.value, fips)


def test_no_password_of_an_administrator_is_said() -> None:
    """AKS makes one that nobody knows; one of ours would stand in the state, and a first one would replace
    the cluster.
    """
    pools = [NodePool(name="win", vm_size="Standard_D4s_v5", os_sku=OsSku.WINDOWS_2025)]
    built = build(lambda: samples.cluster(user_pools=pools))
    assert "windowsProfile" not in built.one("ManagedCluster").inputs
    assert built.of_type("RandomPassword") == []


def test_a_pod_of_windows_asks_for_nothing_that_windows_does_not_know() -> None:
    spec = _spec()
    assert (spec["os"], spec["nodeSelector"]) == ({"name": "windows"}, {"kubernetes.io/os": "windows"})
    assert spec["securityContext"] == {
        "runAsNonRoot": True,
        "windowsOptions": {"runAsUserName": "ContainerUser"},
    }
    assert "securityContext" not in spec["containers"][0]


def test_an_image_that_needs_an_administrator_runs_as_whom_it_says() -> None:
    assert _spec(security=Security.BASELINE)["securityContext"] == {}


def test_a_pod_of_linux_is_what_it_was() -> None:
    spec = _spec(os=OperatingSystem.LINUX)
    assert "os" not in spec
    assert spec["nodeSelector"] == {"kubernetes.io/os": "linux"}


def test_every_technique_but_dapr_works_on_windows() -> None:
    assert [technique for technique in Technique if WORKLOADS[technique].spec.windows_limitation] == [
        Technique.DAPR
    ]


def test_charts_are_told_of_windows_nodes_where_there_are_any() -> None:
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


def test_charts_without_windows_nodes_say_what_they_said() -> None:
    assert "windows" not in _values(CsiDriver, CsiDriverArgs())
    assert "global" not in _values(ExternalSecrets, ExternalSecretsArgs())
    assert "deployment" not in _values(Reloader, ReloaderArgs(namespaces=["shop"]))["reloader"]
