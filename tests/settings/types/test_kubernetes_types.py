"""The fields of pods: the file is what the tool writes, and its release is the provider's."""

import re
from pathlib import Path

import pulumi_kubernetes
import pytest

from stacks.settings.types.kubernetes_types import findings, owner_of
from tools import kubernetes_types

_SDK = Path(pulumi_kubernetes.__path__[0])
_REMOVED = {"readOnly", "source", "status", "workloadRef"}
"""Fields of older releases that the SDK still has, and the status, which the file leaves out."""


def test_the_file_is_what_the_tool_writes() -> None:
    written = kubernetes_types.TARGET.read_text(encoding="utf-8")
    assert written == kubernetes_types.text(), "type: python -m tools.kubernetes_types"


@pytest.mark.parametrize("group", ["core", "apps", "batch"])
def test_the_fields_are_those_of_the_pinned_provider(group: str) -> None:
    source = (_SDK / group / "v1" / "_inputs.py").read_text(encoding="utf-8")
    classes = dict(re.findall(r"(?ms)^class (\w+)Args:\n(.*?)(?=^class |\Z)", source))
    types = kubernetes_types.document()["types"]
    compared = 0
    for name, fields in types.items():
        body = classes.get(name.rsplit(".", 1)[-1]) if name.startswith(f"io.k8s.api.{group}.v1.") else None
        if body is not None:
            named = set(re.findall(r'@pulumi\.getter\(name="(\w+)"\)', body))
            plain = set(re.findall(r"@pulumi\.getter\n    def (\w+)\(self\)", body))
            assert (named | plain) ^ set(fields) <= _REMOVED, name
            compared += 1
    assert compared > 5


def test_a_manifest_of_the_kind_has_no_finding() -> None:
    container = {
        "name": "app",
        "ports": [{"containerPort": 80}],
        "resources": {"limits": {"cpu": 0.5, "memory": "1Gi"}},
    }
    pod = {"containers": [container], "volumes": [{"name": "a", "emptyDir": {}}], "hostAliases": None}
    deployment = {
        "spec": {"replicas": 2, "strategy": {"rollingUpdate": {"maxSurge": "25%"}}, "template": {"spec": pod}}
    }
    assert list(findings("Deployment", deployment)) == []
    assert list(findings("Pod", {"metadata": {"annotations": {"a/b": "c"}}, "spec": pod})) == []


@pytest.mark.parametrize(
    ("key", "owner"),
    [("livenessProbe", "Container"), ("hostAliases", "PodSpec"), ("labels", "ObjectMeta"), ("zz", None)],
)
def test_a_misplaced_key_has_an_owner(key: str, owner: str | None) -> None:
    assert owner_of(key, "Deployment") == owner
