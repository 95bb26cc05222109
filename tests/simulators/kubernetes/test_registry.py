"""The register of controllers: an operator is one registration, and the rest of the cluster names none."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.simulators import kubernetes as package
from rehearsal.simulators.kubernetes import operators, registry
from rehearsal.simulators.kubernetes.api.controller import REGISTERED, Controller, register
from rehearsal.simulators.kubernetes.api.kinds import CustomKind, GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import Manifest, ObjectStore, identity
from rehearsal.simulators.provider import ProviderError
from tests.support.acting import Azure, Kubernetes, Resource, manifest
from tests.support.manifests import DEPLOYMENT, deployment

ROOT = Path(package.__file__).parent
OPERATORS = Path(operators.__file__).parent
RELEASE = "helm.sh/v3:Release"
KETTLE = "tea.example/v1:Kettle"
KIND = GroupVersionKind("tea.example", "v1", "Kettle")
CUP = GroupVersionKind("", "v1", "ConfigMap")
DEFINITION: Mapping[str, Any] = {
    "spec": {
        "group": "tea.example",
        "names": {"kind": "Kettle"},
        "versions": [
            {
                "name": "v1",
                "schema": {
                    "openAPIV3Schema": {
                        "properties": {
                            "spec": {"type": "object", "properties": {"cups": {"type": "integer"}}},
                            "status": {"type": "object", "properties": {"boils": {"type": "boolean"}}},
                        }
                    }
                },
            }
        ],
    }
}


@pytest.fixture
def tea_operator(tmp_path: Path) -> Iterator[None]:
    """An operator with a kind, two webhooks and a controller, in one registration."""
    crds = tmp_path / "crds"
    crds.mkdir()
    (crds / "kettles.yaml").write_text(yaml.safe_dump(dict(DEFINITION)))

    @register
    class TeaOperator(Controller):
        charts = frozenset({"tea"})
        custom_kinds = (CustomKind("tea.example", ("v1",), "Kettle"),)

        def crds(self) -> Path:
            return crds

        def reports_status(self, kind: GroupVersionKind) -> bool:
            return kind == KIND

        def admit(self, objects: ObjectStore, manifest: Mapping[str, Any], live: Manifest | None) -> str:
            cups = (manifest.get("spec") or {}).get("cups", 1)
            return "kettles are small" if identity(manifest)[0] == KIND and cups > 4 else ""

        def mutate_pod(
            self, objects: ObjectStore, pod: Mapping[str, Any], requested: Mapping[str, Any], *, by_user: bool
        ) -> Mapping[str, Any]:
            metadata = pod["metadata"]
            return {**pod, "metadata": {**metadata, "labels": {**metadata.get("labels", {}), "tea": "hot"}}}

        def reconcile(self, objects: ObjectStore) -> None:
            for kettle in objects.all_of(KIND):
                _, namespace, name = identity(kettle)
                if objects.get(CUP, namespace, name) is None:
                    objects.put({**manifest("v1", "ConfigMap", name, namespace), "data": {"tea": "green"}})
                    objects.put({**kettle, "status": {"boils": True}})

        def after_delete(self, objects: ObjectStore, deleted: Manifest) -> None:
            kind, namespace, name = identity(deleted)
            if kind == KIND:
                objects.drop(CUP, namespace, name)

    yield
    REGISTERED[:] = [controller for controller in REGISTERED if not isinstance(controller, TeaOperator)]


def kettle(**spec: Any) -> dict[str, Any]:
    return manifest("tea.example/v1", "Kettle", "big", "demo", spec=spec)


def installed(kubernetes: Kubernetes) -> Resource:
    kubernetes.namespace()
    return kubernetes.create(RELEASE, {"chart": "tea", "name": "tea", "namespace": "demo"})


@pytest.mark.usefixtures("tea_operator")
def test_one_registration_brings_a_kind_with_its_schema(kubernetes: Kubernetes) -> None:
    kubernetes.namespace("other")
    with pytest.raises(ProviderError, match='no matches for kind "Kettle" in version'):
        kubernetes.create(KETTLE, {**kettle(), "metadata": {"name": "big", "namespace": "other"}})
    release = installed(kubernetes)
    with pytest.raises(ProviderError, match=r"\.spec\.lid: field not declared in schema"):
        kubernetes.create(KETTLE, kettle(lid=True))
    kubernetes.delete(RELEASE, release)
    with pytest.raises(ProviderError, match='no matches for kind "Kettle"'):
        kubernetes.create(KETTLE, kettle())


@pytest.mark.usefixtures("tea_operator")
def test_its_webhook_refuses_objects(kubernetes: Kubernetes) -> None:
    installed(kubernetes)
    with pytest.raises(ProviderError, match="kettles are small"):
        kubernetes.create(KETTLE, kettle(cups=5))


@pytest.mark.usefixtures("tea_operator")
def test_its_controller_reconciles_and_a_client_can_wait_for_it(azure: Azure, kubernetes: Kubernetes) -> None:
    installed(kubernetes)
    waiting = kettle(cups=2)
    waiting["metadata"]["annotations"] = {"pulumi.com/waitFor": "jsonpath={.status.boils}=true"}
    made = kubernetes.create(KETTLE, waiting)
    assert made.outputs["status"] == {"boils": True}
    (objects,) = azure.world.kubernetes.values()
    assert objects["core/ConfigMap/demo/big"]["data"] == {"tea": "green"}
    kubernetes.delete(KETTLE, made)
    assert "core/ConfigMap/demo/big" not in objects


@pytest.mark.usefixtures("tea_operator")
def test_its_webhook_changes_pods(azure: Azure, kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    kubernetes.create(DEPLOYMENT, deployment())
    (objects,) = azure.world.kubernetes.values()
    (pod,) = (value for key, value in objects.items() if key.startswith("core/Pod/demo/"))
    assert pod["metadata"]["labels"]["tea"] == "hot"


def test_every_module_and_folder_of_operators_registers_one_controller() -> None:
    names = {path.stem for path in OPERATORS.iterdir() if path.stem not in ("__init__", "__pycache__")}
    prefix = f"{operators.__name__}."
    registered = [type(controller).__module__ for controller in registry.controllers()]
    assert sorted(
        name.removeprefix(prefix).split(".")[0] for name in registered if name.startswith(prefix)
    ) == sorted(names)


def _folders() -> list[Path]:
    return [path for path in OPERATORS.iterdir() if path.is_dir() and path.name != "__pycache__"]


def test_every_folder_of_several_modules_has_the_same_shape() -> None:
    """A folder with ``__init__.py`` alone is one module with its definitions beside it."""
    for folder in _folders():
        modules = {path.name for path in folder.glob("*.py")}
        shape = {"__init__.py", "controller.py", "detection.py", "kinds.py"}
        assert modules == {"__init__.py"} or shape <= modules, folder.name


def test_definitions_name_their_source_and_license() -> None:
    for folder in _folders():
        readme = folder / "crds" / "README.md"
        texts = [readme] if readme.exists() else list((folder / "crds").glob("*.yaml"))
        assert texts, f"{folder.name} has no definitions"
        for path in texts:
            assert re.search("licen[sc]e", path.read_text(encoding="utf-8"), re.IGNORECASE), path


def test_the_rest_of_the_cluster_imports_no_operator() -> None:
    importers = {
        str(path.relative_to(ROOT)): sorted(imported)
        for path in ROOT.rglob("*.py")
        if OPERATORS not in path.parents and (imported := set(_imports_of_operators(path)))
    }
    assert importers == {"registry.py": ["operators"]}, "registry.py imports the folder as a whole"


def _imports_of_operators(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        prefix = f"{package.__name__}."
        yield from (n.removeprefix(prefix) for n in names if n.startswith(operators.__name__))
