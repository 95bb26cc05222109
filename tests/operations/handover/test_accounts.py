"""A ServiceAccount of another tool: its owner gets the annotations with the pods' part."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from operations.handover import files
from operations.handover.pods import Target, handed_over
from tests.operations.handover.kustomize import with_component
from tests.stacks.composing import DB, compose, workload

_FLUX: dict[str, Any] = {
    "namespace": "flux-system",
    "service_account": "kustomize-controller",
    "existing_service_account": True,
}
_ANNOTATIONS = {
    "azure.workload.identity/client-id": "<flux-identity.clientId>",
    "azure.workload.identity/tenant-id": "<flux-identity.tenantId>",
}


def _files(**keys: Any) -> dict[str, str]:
    outputs = compose({"workloads": [workload("flux", DB, **_FLUX, **keys)]}).outputs
    targets = {"flux": Target("kustomize-controller", "manager")}
    return files.contents("dev", handed_over("dev", outputs, targets))


@pytest.mark.servers
def test_kustomize_annotates_the_service_account_and_labels_the_pods(tmp_path: Path) -> None:
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "kustomize-controller"}}
    other = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "source-controller"}}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "kustomize-controller"},
        "spec": {
            "template": {
                "metadata": {"labels": {"app": "kustomize-controller"}},
                "spec": {
                    "serviceAccountName": "kustomize-controller",
                    "containers": [
                        {"name": "manager", "image": "ghcr.io/fluxcd/kustomize-controller:v1.6.0"}
                    ],
                },
            }
        },
    }
    made = with_component(
        tmp_path, _files(annotate_service_account=False), "flux", account, other, deployment
    )
    by_name = {(each["kind"], each["metadata"]["name"]): each for each in made}
    assert by_name["ServiceAccount", "kustomize-controller"]["metadata"]["annotations"] == _ANNOTATIONS
    assert by_name["ServiceAccount", "source-controller"] == other
    template = by_name["Deployment", "kustomize-controller"]["spec"]["template"]
    assert template["metadata"]["labels"]["azure.workload.identity/use"] == "true"
    (container,) = template["spec"]["containers"]
    assert container["image"] == "ghcr.io/fluxcd/kustomize-controller:v1.6.0"


def test_a_chart_makes_its_service_account_with_the_annotations(tmp_path: Path) -> None:
    foreign, annotated = _files(annotate_service_account=False), _files()
    assert yaml.safe_load(foreign["flux/values.yaml"])["serviceAccount"] == {
        "name": "kustomize-controller",
        "annotations": _ANNOTATIONS,
    }
    assert yaml.safe_load(annotated["flux/values.yaml"])["serviceAccount"]["create"] is False
    line = "- `flux-system/kustomize-controller` (flux): `azure.workload.identity/client-id: <flux-identity"
    assert line in foreign["README.md"]
    assert "leaves these ServiceAccounts" not in annotated["README.md"]
    # The patch goes when the program annotates the ServiceAccount itself.
    files.write(tmp_path / "handover", foreign)
    assert files.differences(tmp_path / "handover", foreign) == []
    assert any("service-account.yaml" in line for line in files.differences(tmp_path / "handover", annotated))
    files.write(tmp_path / "handover", annotated)
    assert not (tmp_path / "handover/flux/service-account.yaml").exists()
