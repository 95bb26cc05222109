"""Workloads of a live stack change from federated credentials to identity bindings, and back."""

from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from tests.support.rehearse import Rehearsal, Run

pytestmark = pytest.mark.engine

CREDENTIAL = "/federatedIdentityCredentials/"
BINDING = "/identityBindings/"


def _workload(name: str, technique: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": "shop",
        "technique": technique,
        "image": "registry.example/shop:1",
        "run_as_user": 1654,
        **more,
    }


def _sign_in_by(stack: Rehearsal, access: str) -> Run:
    for workload in stack.config["aks-secrets:workloads"]:
        workload["access"] = access
    return stack.up()


def _ids(stack: Rehearsal, part: str) -> set[str]:
    return {resource["id"].rpartition("/")[2] for resource in stack.world["azure"] if part in resource["id"]}


def _in_order(run: Run, *lines: str) -> None:
    """The lines were written one after the other."""
    places = [run.output.rindex(line) for line in lines]
    assert places == sorted(places), run.output


def test_the_next_way_is_there_before_the_pods_change_and_the_last_one_goes_after_them(
    tmp_path: Path, simulators: Simulators
) -> None:
    stack = Rehearsal.small(
        tmp_path,
        simulators,
        _workload("shop", "csi", secrets=[{"name": "shop-key", "from": "random", "file": "key"}]),
        _workload("audit", "sdk", secrets=[{"name": "shop-key", "from": "existing"}]),
    )
    stack.config["aks-secrets:operators"] = {"csi_driver": {"install": "helm"}}
    stack.up()
    assert len(_ids(stack, CREDENTIAL)) == 2
    assert not _ids(stack, BINDING)

    bound = _sign_in_by(stack, "identity-binding")
    assert _ids(stack, BINDING) == {"aks-secrets-test-audit", "aks-secrets-test-shop"}
    # AKS adds one to each identity.
    assert _ids(stack, CREDENTIAL) == {"aks-identity-binding"}
    for name in ("audit", "shop"):
        pods, gone = f" {name}-deployment updating", f" {name}/shop/{name} deleting"
        _in_order(bound, f" {name}-identity-binding created", pods, gone)
        _in_order(bound, f"ClusterRoleBinding {name}-use-identity created", pods)
    _in_order(bound, "ClusterRoleBinding shop-use-identity created", " shop-secret-provider-class updating")
    assert stack.up().summary == {}
    assert stack.run("refresh").summary == {}
    verified = stack.command("verify", "--json", own_simulators=True)
    assert verified.status == 0, verified.output
    assert verified.output.count("right to use") == 2

    back = _sign_in_by(stack, "workload-identity")
    assert not _ids(stack, BINDING)
    for name in ("audit", "shop"):
        pods = f" {name}-deployment updating"
        _in_order(back, f" {name}/shop/{name} created", pods, f" {name}-identity-binding deleting")
        _in_order(back, pods, f"ClusterRoleBinding {name}-use-identity deleting")
    _in_order(back, " shop/shop/shop created", " shop-secret-provider-class updating")
    assert stack.up().summary == {}

    _sign_in_by(stack, "identity-binding")
    assert stack.run("destroy").status == 0
    assert not _ids(stack, CREDENTIAL) | _ids(stack, BINDING)
