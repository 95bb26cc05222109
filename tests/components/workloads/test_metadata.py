"""Labels and annotations of the settings, on everything that the program makes for a workload."""

from collections.abc import Iterator
from typing import Any

import pytest

from aks_secrets_testing.builds import Build
from components.workloads import WORKLOADS, Capability, Technique
from tests.settings.samples import DB, operators
from tests.stacks.composing import compose, workload

TEAM, NOTE = {"cost-center": "4711"}, {"example.com/owner": "shop"}
_NOTE = "example.com/note"
_REPOSITORY = {"argocd.argoproj.io/secret-type": "repository"}
_OPERATORS = {"operators": operators()}
_EVERYTHING: dict[str, Any] = {
    "kind": "Deployment",
    "image": "registry.example/shop:1",
    "port": 8080,
    "service": {},
    "resources": {"requests": {"cpu": "250m"}},
    "autoscale": {"max_replicas": 3, "cpu_percent": 70},
}
_RANDOM = {"name": "db-password", "from": "random"}


def _compose(technique: Technique, **keys: Any) -> Build:
    return compose(
        {
            **_OPERATORS,
            "labels": TEAM,
            "namespaces": [{"name": "a", "isolated": True}],
            "workloads": [workload("a", _RANDOM, technique=technique.value, **_EVERYTHING, **keys)],
        }
    )


def _metadata_of_objects(built: Build) -> dict[str, Any]:
    """The metadata of every object of the workload's namespace, and of its pods, by logical name."""
    objects: dict[str, Any] = {}
    for resource in built.resources:
        inputs = resource.plain()
        metadata = inputs.get("metadata") if isinstance(inputs, dict) else None
        if metadata and metadata.get("namespace") == "a" and resource.name != "namespace-a-default-deny":
            objects[resource.name] = metadata
            if "template" in inputs.get("spec", {}):
                objects[f"{resource.name} pods"] = inputs["spec"]["template"]["metadata"]
    return objects


@pytest.mark.parametrize("technique", Technique)
def test_every_object_of_a_workload_and_its_pods_have_the_labels(technique: Technique) -> None:
    built = _compose(technique, labels={"tier": "web"}, annotations=NOTE)
    objects = _metadata_of_objects(built)
    assert len(objects) >= 6
    lacking = [
        name
        for name, metadata in objects.items()
        if not {**TEAM, "tier": "web"}.items() <= metadata.get("labels", {}).items()
        or not NOTE.items() <= metadata.get("annotations", {}).items()
    ]
    assert lacking == []
    assert TEAM.items() <= built.single("Namespace", "namespace-a").plain()["metadata"]["labels"].items()


@pytest.mark.parametrize("technique", Technique)
def test_no_selector_has_them(technique: Technique) -> None:
    selector = _compose(technique).single("Deployment").plain()["spec"]["selector"]
    assert selector == {"matchLabels": {"app.kubernetes.io/name": "a"}}


_MAKE_SECRETS = [
    technique
    for technique in Technique
    if Capability.KUBERNETES_SECRET in WORKLOADS[technique].spec.capabilities
]


def _secret_metadata(built: Build) -> Any:
    """Labels and annotations with which the technique makes a Secret: what has a note or is of tier `git`."""

    def of_tier(value: Any) -> Iterator[Any]:
        if isinstance(value, dict):
            if (value.get("labels") or {}).get("tier") == "git" or _NOTE in (value.get("annotations") or {}):
                yield value
            yield from (item for part in value.values() for item in of_tier(part))
        elif isinstance(value, list):
            yield from (item for part in value for item in of_tier(part))

    made = next(item for resource in built.resources for item in of_tier(resource.plain()))
    # akv2k8s copies all annotations of its object to the Secret, those for Pulumi as well.
    return {
        kind: {key: value for key, value in made.get(kind, {}).items() if not key.startswith("pulumi.com/")}
        for kind in ("labels", "annotations")
    }


@pytest.mark.parametrize("technique", _MAKE_SECRETS)
def test_a_kubernetes_secret_has_its_own_labels_above_those_of_the_workload(technique: Technique) -> None:
    secret = {
        **_RANDOM,
        "kubernetes_secret": {"name": "repo", "labels": {**_REPOSITORY, "tier": "git"}, "annotations": NOTE},
    }
    built = compose(
        {
            **_OPERATORS,
            "labels": TEAM,
            "workloads": [workload("a", secret, technique=technique.value, labels={"tier": "web"})],
        }
    )
    assert _secret_metadata(built) == {
        "labels": {**TEAM, **_REPOSITORY, "tier": "git"},
        "annotations": NOTE,
    }


def test_values_of_one_secret_share_its_labels() -> None:
    """An Argo CD repository: the key from the vault, the rest constant."""
    target = {"name": "repo", "labels": _REPOSITORY}
    built = compose(
        {
            **_OPERATORS,
            "workloads": [
                workload(
                    "a",
                    {**DB, "kubernetes_secret": {**target, "key": "sshPrivateKey"}},
                    technique="eso",
                    compose=[
                        {
                            "name": "url",
                            "template": "git@example.com:a.git",
                            "kubernetes_secret": {"name": "repo"},
                        }
                    ],
                    find=[{"regexp": "^x-", "labels": TEAM}],
                    scope="vault",
                )
            ],
        }
    )
    targets = [resource.plain()["spec"]["target"] for resource in built.of_type("ExternalSecret")]
    assert {target["name"]: target["template"].get("metadata") for target in targets} == {
        "repo": {"labels": _REPOSITORY},
        "a-external-find": {"labels": TEAM},
    }


def test_the_operator_renders_no_annotation() -> None:
    target = {"name": "repo", "annotations": {_NOTE: "{{ .password }}"}}
    built = compose(
        {**_OPERATORS, "workloads": [workload("a", {**DB, "kubernetes_secret": target}, technique="eso")]}
    )
    assert _secret_metadata(built)["annotations"] == {_NOTE: '{{ "{{" }} .password }}'}


def test_a_service_has_annotations() -> None:
    note = {"service.beta.kubernetes.io/azure-load-balancer-internal-subnet": "lb"}
    keys = {**_EVERYTHING, "service": {"type": "LoadBalancer", "annotations": note}}
    built = compose({"workloads": [workload("a", technique="sdk", **keys)]})
    assert built.single("Service").plain()["metadata"]["annotations"] == {
        **note,
        "service.beta.kubernetes.io/azure-load-balancer-internal": "true",
    }


def test_a_label_rolls_no_pods_of_a_synced_secret() -> None:
    """The driver labels a Secret only when it creates it, so new pods would change nothing."""

    def digest(**labels: str) -> str:
        secret = {**_RANDOM, "env": "A", "kubernetes_secret": {"labels": labels}}
        built = compose(
            {
                **_OPERATORS,
                "workloads": [
                    workload("a", secret, technique="csi", kind="Deployment", image="registry.example/a:1")
                ],
            }
        )
        template = built.single("Deployment").plain()["spec"]["template"]
        return template["metadata"]["annotations"]["aks-secrets/secret-provider-class"]

    assert digest() == digest(team="shop")
