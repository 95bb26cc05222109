"""The example in docs/guides/adding-a-technique.md is a working bundle."""

import re
from pathlib import Path
from typing import Any

from aks_secrets_testing.builds import Build, build
from components.workloads import Pod, Workload
from tests.support import samples

PAGE = Path(__file__).parents[4] / "docs" / "guides" / "adding-a-technique.md"


def _bundle() -> type[Workload]:
    (shown,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    module: dict[str, Any] = {}
    exec(compile(shown, PAGE.name, "exec"), module)
    return module["ConfigFileWorkload"]


def _built() -> Build:
    return build(lambda: samples.workload(bundle=_bundle(), pod=Pod(image="registry.example/shop:1")))


def test_the_example_of_the_guide_configures_the_pod() -> None:
    built = _built()
    config, deployment = built.single("ConfigMap"), built.single("Deployment")
    assert config.inputs["data"] == {
        "secrets.json": '{"vault": "https://kv-shop.vault.azure.net/", "names": ["db-password"]}'
    }
    assert config.urn in deployment.dependencies
    spec = deployment.plain()["spec"]["template"]["spec"]
    assert spec["volumes"] == [
        {"name": "key-vault", "configMap": {"name": config.inputs["metadata"]["name"]}}
    ]
    assert spec["containers"][0]["volumeMounts"] == [
        {"name": "key-vault", "mountPath": "/etc/key-vault", "readOnly": True}
    ]


def test_its_objects_are_those_of_the_workload() -> None:
    built = _built()
    workload, config = built.single("Workload"), built.single("ConfigMap")
    assert (config.parent, config.name.startswith("shop-")) == (workload.urn, True)
    assert "cluster-kubernetes" in config.provider
