"""A Deployment whose pods are refused: its state, the next update and the refresh."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.forks import Forks
from tests.support.small_program import Program, errors, program

pytestmark = pytest.mark.engine

WORKLOAD = """
import base64

import pulumi
import pulumi_kubernetes as k8s
from pulumi_azure_native import containerservice, resources

privileged = pulumi.Config().require_bool("privileged")
group = resources.ResourceGroup("group", resource_group_name="rg-test")
cluster = containerservice.ManagedCluster(
    "cluster", resource_group_name=group.name, resource_name_="aks-test", dns_prefix="test",
        identity={"type": "SystemAssigned"},
    agent_pool_profiles=[{"name": "system", "mode": "System", "count": 1, "vm_size": "Standard_D2s_v5"}])
credentials = containerservice.list_managed_cluster_user_credentials_output(
    resource_group_name=group.name, resource_name=cluster.name)
kubeconfig = pulumi.Output.secret(credentials.kubeconfigs[0].value).apply(
    lambda v: base64.b64decode(v).decode())
provider = k8s.Provider("kubernetes", kubeconfig=kubeconfig, cluster_identifier=cluster.id)
labels = {"pod-security.kubernetes.io/enforce": "baseline"}
namespace = k8s.core.v1.Namespace(
    "namespace", metadata={"name": "demo", "labels": labels}, opts=pulumi.ResourceOptions(provider=provider))
container = {"name": "app", "image": "app:1", "security_context": {"privileged": privileged}}
template = {"metadata": {"labels": {"app": "app"}}, "spec": {"containers": [container]}}
k8s.apps.v1.Deployment(
    "app", metadata={"name": "app", "namespace": namespace.metadata.name},
        opts=pulumi.ResourceOptions(provider=provider),
    spec={"selector": {"match_labels": {"app": "app"}}, "template": template})
"""
EVENT = (
    'is forbidden: violates PodSecurity "baseline:latest": privileged (container "app" must not set'
    " securityContext.privileged=true)"
)


def with_privileges(workload: Program, value: bool) -> None:
    text = f"config:\n  azure-native:location: westeurope\n  app:privileged: {str(value).lower()}\n"
    (workload.folder / "Pulumi.dev.yaml").write_text(text)


def op_of(document: dict[str, Any], name: str) -> str:
    return next(row["op"] for row in document["resources"] if row["name"] == name)


def test_what_never_became_ready_is_in_the_state_and_mended_in_place(tmp_path: Path, forks: Forks) -> None:
    workload = program(tmp_path / "program", WORKLOAD, forks=forks)
    with_privileges(workload, True)
    made = workload.document("up", succeeds=False)
    assert "was successfully created, but the Kubernetes API server reported" in errors(made)
    assert "Minimum number of live Pods was not attained" in errors(made)
    assert EVENT in errors(made)

    again = workload.document("up", succeeds=False)
    assert (
        'the Kubernetes API server reported that "demo/app" failed to fully initialize or become live:'
        " 'app' timed out" in errors(again)
    )

    with_privileges(workload, False)
    mended = workload.document("up")
    assert op_of(mended, "app") == "update"
    assert set(workload.document("up")["summary"]) == {"same"}

    with_privileges(workload, True)
    assert EVENT in errors(workload.document("up", succeeds=False))
    read = workload.run("refresh")
    assert "'app' was created but failed to initialize" in read.stdout + read.stderr

    assert set(workload.document("destroy")["summary"]) == {"delete"}
    assert workload.world()["kubernetes"] == {}
