"""The examples of docs/gitops.md."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from operations.handover.files import contents
from operations.handover.pods import HandedOver, Target
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


@pytest.mark.servers
def test_the_folder_on_the_page_is_built_as_shown(tmp_path: Path) -> None:
    for path, text in contents("prod", [WORKLOAD]).items():
        (tmp_path / "aks-secrets" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "aks-secrets" / path).write_text(text)
    overlay = tmp_path / "orders"
    overlay.mkdir()
    (overlay / "kustomization.yaml").write_text(_blocks()[0])
    template = {"spec": {"containers": [{"name": "orders", "image": "registry.example/orders:1"}]}}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "orders"},
        "spec": {"template": template},
    }
    (overlay / "deployment.yaml").write_text(yaml.safe_dump(deployment))
    done = subprocess.run([binary(), "build", overlay], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made = yaml.safe_load(done.stdout)
    assert made["metadata"]["namespace"] == "shop"
    assert made["spec"]["template"]["spec"]["serviceAccountName"] == "orders"


def test_the_page_names_every_file_of_a_folder() -> None:
    page = PAGE.read_text(encoding="utf-8")
    names = {path.rpartition("/")[2] for path in contents("prod", [WORKLOAD])}
    assert [name for name in names if name not in page] == []
