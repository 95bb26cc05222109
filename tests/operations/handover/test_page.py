"""The examples of docs/gitops.md."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from operations.handover.files import contents
from operations.handover.pods import HandedOver, Target
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.apiserver.admission import custom_refusal
from rehearsal.simulators.kubernetes.apiserver.custom_resources import schemas_in
from rehearsal.simulators.kubernetes.apiserver.openapi import declared
from tests.operations.handover.kustomize import binary

PAGE = Path(__file__).parents[3] / "docs" / "gitops.md"
POD = {
    "spec": {
        "serviceAccountName": "orders",
        "containers": [{"name": "orders", "env": [{"name": "A", "value": "b"}]}],
    }
}
WORKLOAD = HandedOver("orders", Target("orders", "orders"), POD, "shop", "sdk")


def _blocks() -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def test_each_manifest_on_the_page_is_one() -> None:
    documents = [yaml.safe_load(block) for block in _blocks()]
    kinds = [document["kind"] for document in documents if "config" not in document]  # a part of a stack file
    assert kinds == ["Kustomization", "Application", "Kustomization", "HelmRelease", "TriggerAuthentication"]


CRDS = Path(__file__).parent / "crds"


def _refusal(manifest: dict[str, Any]) -> str:
    """The API server's refusal of an object that `kubectl apply` sends. Empty: it admits it."""
    schema = schemas_in(CRDS)[GroupVersionKind.of(manifest)]
    return str(custom_refusal(manifest, schema, declared("1.36.0")) or "")


def test_each_object_on_the_page_is_of_its_tools_schema() -> None:
    objects = [document for document in map(yaml.safe_load, _blocks()) if "metadata" in document]
    assert len(objects) == len(list(CRDS.glob("*.yaml")))
    assert [_refusal(manifest) for manifest in objects] == [""] * len(objects)
    for manifest in objects:  # and the schemas know what they refuse
        assert "spec.misspelt" in _refusal({**manifest, "spec": {**manifest["spec"], "misspelt": True}})


def _written(folder: Path, kustomization: str) -> Path:
    """The folder of the page, with the handed-over files beside it."""
    for path, text in contents("prod", [WORKLOAD]).items():
        (folder / "aks-secrets" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "aks-secrets" / path).write_text(text)
    overlay = folder / "orders"
    overlay.mkdir()
    if kustomization:
        (overlay / "kustomization.yaml").write_text(kustomization)
    template = {"spec": {"containers": [{"name": "orders", "image": "registry.example/orders:1"}]}}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "orders"},
        "spec": {"template": template},
    }
    (overlay / "deployment.yaml").write_text(yaml.safe_dump(deployment))
    return overlay


def _kustomize(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([binary(), *arguments], capture_output=True, text=True, check=False, cwd=cwd)


@pytest.mark.servers
def test_argo_cd_adds_the_component_of_an_application_to_a_kustomization_that_is_there(
    tmp_path: Path,
) -> None:
    """As util/kustomize/kustomize.go of argo-cd v3.5.1 does: ``kustomize edit add component`` in the path."""
    (application,) = (
        document for document in map(yaml.safe_load, _blocks()) if document.get("kind") == "Application"
    )
    components = application["spec"]["source"]["kustomize"]["components"]
    bare = _written(tmp_path / "bare", "")
    assert (
        "Missing kustomization file" in _kustomize("edit", "add", "component", *components, cwd=bare).stderr
    )
    overlay = _written(tmp_path / "with", yaml.safe_dump({"resources": ["deployment.yaml"]}))
    done = _kustomize("edit", "add", "component", *components, cwd=overlay)
    assert done.returncode == 0, done.stderr
    made = yaml.safe_load(_kustomize("build", ".", cwd=overlay).stdout)
    assert made["spec"]["template"]["spec"]["serviceAccountName"] == "orders"


@pytest.mark.servers
def test_the_folder_on_the_page_is_built_as_shown(tmp_path: Path) -> None:
    done = _kustomize("build", ".", cwd=_written(tmp_path, _blocks()[0]))
    assert done.returncode == 0, done.stderr
    made = yaml.safe_load(done.stdout)
    assert made["metadata"]["namespace"] == "shop"
    assert made["spec"]["template"]["spec"]["serviceAccountName"] == "orders"


def test_the_page_names_every_file_of_a_folder() -> None:
    page = PAGE.read_text(encoding="utf-8")
    names = {path.rpartition("/")[2] for path in contents("prod", [WORKLOAD])}
    assert [name for name in names if name not in page] == []
