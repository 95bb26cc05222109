"""A pod of another tool with the hand-over has what a pod of the program has, for every technique."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from aks_secrets_testing.graphs import graph_of
from operations.handover.files import contents
from operations.handover.pods import Target, handed_over
from tests.operations.handover.cases import CASES, built
from tests.operations.handover.kustomize import Manifest, with_component
from trust import Graph, Node
from trust.chain import Chain
from trust.proofs import run

pytestmark = pytest.mark.servers

NAME_LABEL = "app.kubernetes.io/name"
OWN_ENV = {"name": "OWN", "value": "$(DB)"}
OWN_VOLUME = {"name": "cache", "emptyDir": {}}
OWN_MOUNT = {"name": "cache", "mountPath": "/cache"}


def _files(name: str, **targets: Target) -> dict[str, str]:
    outputs = built(name, "none").outputs
    return contents("dev", handed_over("dev", outputs, targets))


def _template(name: str = "shop") -> Manifest:
    """A pod template that another team has written."""
    container = {
        "name": name,
        "image": "registry.example/shop:2",
        "env": [OWN_ENV],
        "volumeMounts": [OWN_MOUNT],
    }
    sidecar = {"name": "logs", "image": "registry.example/logs:1"}
    return {
        "metadata": {"labels": {"app": "shop"}, "annotations": {"team": "shop"}},
        "spec": {"containers": [container, sidecar], "volumes": [OWN_VOLUME]},
    }


def _deployment(name: str = "shop", container: str = "shop", kind: str = "Deployment") -> Manifest:
    return {
        "apiVersion": "batch/v1" if kind == "Job" else "apps/v1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": {"selector": {"matchLabels": {"app": "shop"}}, "template": _template(container)},
    }


def _needs(template: Mapping[str, Any], container: str = "shop") -> Manifest:
    """A technique's additions to a pod, without the pod's own parts."""
    spec, metadata = template["spec"], template["metadata"]
    (main,) = [each for each in spec["containers"] if each["name"] == container]
    own = {"app", "team", NAME_LABEL}
    return {
        "labels": {k: v for k, v in metadata.get("labels", {}).items() if k not in own},
        "annotations": {k: v for k, v in metadata.get("annotations", {}).items() if k not in own},
        "serviceAccountName": spec["serviceAccountName"],
        "env": [each for each in main.get("env") or [] if each != OWN_ENV],
        "envFrom": main.get("envFrom") or [],
        "volumeMounts": [each for each in main.get("volumeMounts") or [] if each != OWN_MOUNT],
        "volumes": [each for each in spec.get("volumes") or [] if each != OWN_VOLUME],
    }


def _of_program(name: str) -> Manifest:
    return built(name, "Deployment").single("apps/v1:Deployment").plain()["spec"]["template"]


@pytest.mark.parametrize("name", CASES)
def test_kustomize_makes_the_pod_that_the_program_makes(tmp_path: Path, name: str) -> None:
    (made,) = with_component(tmp_path, _files(name), "shop", _deployment())
    template = made["spec"]["template"]
    assert _needs(template) == _needs(_of_program(name))
    main, sidecar = template["spec"]["containers"]
    assert main["image"] == "registry.example/shop:2"
    assert sidecar == {"name": "logs", "image": "registry.example/logs:1"}
    assert main["env"][-1] == OWN_ENV, "it may refer to what precedes it"
    assert OWN_MOUNT in main["volumeMounts"]
    assert OWN_VOLUME in template["spec"]["volumes"]
    assert template["metadata"]["labels"]["app"] == "shop"
    assert made["spec"]["selector"] == {"matchLabels": {"app": "shop"}}


@pytest.mark.parametrize("name", CASES)
def test_helm_values_hold_the_pod_that_the_program_makes(name: str) -> None:
    values = yaml.safe_load(_files(name)["shop/values.yaml"])
    template = _template()
    template["metadata"]["labels"] |= values.get("podLabels", {})
    template["metadata"]["annotations"] |= values.get("podAnnotations", {})
    assert values["serviceAccount"]["create"] is False
    template["spec"]["serviceAccountName"] = values["serviceAccount"]["name"]
    template["spec"]["volumes"] += values.get("extraVolumes", [])
    main = template["spec"]["containers"][0]
    main["env"] = [*values.get("extraEnv", []), *main["env"]]
    main["envFrom"] = values.get("extraEnvFrom", [])
    main["volumeMounts"] += values.get("extraVolumeMounts", [])
    assert _needs(template) == _needs(_of_program(name))


def test_a_pod_in_an_isolated_namespace_has_the_label_of_its_network_policy(tmp_path: Path) -> None:
    (made,) = with_component(tmp_path, _files("isolated"), "shop", _deployment())
    selector = built("isolated", "none").single("NetworkPolicy", "shop-network-policy").plain()["spec"]
    labels = made["spec"]["template"]["metadata"]["labels"]
    assert selector["podSelector"]["matchLabels"].items() <= labels.items()
    plain = yaml.safe_load(_files("sdk")["shop/values.yaml"])
    assert NAME_LABEL not in plain["podLabels"], "it may be in a selector of the chart"


@pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet", "ReplicaSet", "Job"])
def test_every_kind_with_a_pod_template_is_patched(tmp_path: Path, kind: str) -> None:
    (made,) = with_component(tmp_path, _files("csi, variables"), "shop", _deployment(kind=kind))
    assert _needs(made["spec"]["template"]) == _needs(_of_program("csi, variables"))


def test_a_cron_job_and_a_pod_are_patched(tmp_path: Path) -> None:
    cron_job = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "shop"},
        "spec": {"schedule": "@daily", "jobTemplate": {"spec": {"template": _template()}}},
    }
    template = _template()
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "shop", **template["metadata"]},
        "spec": template["spec"],
    }
    made = with_component(tmp_path, _files("eso, two vaults"), "shop", cron_job, pod)
    by_kind = {each["kind"]: each for each in made}
    expected = _needs(_of_program("eso, two vaults"))
    assert _needs(by_kind["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]) == expected
    assert _needs(by_kind["Pod"]) == expected


def test_other_objects_stay_as_they_are(tmp_path: Path) -> None:
    others = [_deployment("shop-worker"), _deployment("workshop"), _deployment("other")]
    assert sorted(
        made["metadata"]["name"] for made in with_component(tmp_path, _files("sdk"), "shop", *others)
    ) == [
        "other",
        "shop-worker",
        "workshop",
    ]
    again = with_component(tmp_path / "again", _files("sdk"), "shop", *others)
    assert all(made in others for made in again)


def test_a_target_of_another_name_is_patched(tmp_path: Path) -> None:
    files = _files("sdk", shop=Target("shop.api", "server"))
    made = with_component(
        tmp_path, files, "shop", _deployment("shop.api", "server"), _deployment("shop-api", "server")
    )
    patched = {each["metadata"]["name"]: each["spec"]["template"] for each in made}
    assert _needs(patched["shop.api"], "server") == _needs(_of_program("sdk"))
    assert patched["shop-api"] == _template("server")


def _with_pods(name: str, manifest: Manifest) -> Chain:
    """The trust chain of the stack, with the Deployment of the other team beside the workload's objects."""
    graph = graph_of(built(name, "none"))
    component = next(node for node in graph if node.type == "aks-secrets:index:Workload")
    account = next(node for node in graph.children(component) if node.type.endswith(":ServiceAccount"))
    deployment = Node(
        urn=f"{component.urn}-elsewhere",
        type="kubernetes:apps/v1:Deployment",
        name="elsewhere",
        id="shop/shop",
        op="create",
        parent=component.urn,
        provider=account.provider,
        inputs=manifest,
        outputs=manifest,
    )
    return Chain.read(Graph([*graph, deployment], "build", outputs=graph.outputs))


@pytest.mark.parametrize("name", CASES)
def test_the_proofs_of_the_chain_hold_for_the_pod(tmp_path: Path, name: str) -> None:
    deployment = _deployment()
    deployment["metadata"]["namespace"] = "shop"
    (made,) = with_component(tmp_path, _files(name), "shop", deployment)
    of_program = Chain.read(graph_of(built(name, "Deployment")))
    assert _broken(_with_pods(name, made)) == _broken(of_program)


def test_a_pod_without_the_hand_over_breaks_proofs() -> None:
    deployment = _deployment()
    deployment["metadata"]["namespace"] = "shop"
    assert _broken(_with_pods("sdk", deployment)) >= {"pod-token-label", "pods-run-as-account"}


def _broken(chain: Chain) -> set[str]:
    return {verdict.proof.name for verdict in run(chain) if verdict.status in ("broken", "unknown")}
