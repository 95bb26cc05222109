"""One vault object in several ways, and several values in one Kubernetes Secret, with every technique."""

from typing import Any

import pytest
import yaml

from aks_secrets_testing.builds import Build, built_once
from stacks.settings.loader import read
from tests.settings.cases import as_config, document
from tests.stacks.composing import compose
from tests.stacks.several_ways import ACCEPTED, ALL, OPERATORS, workload

_PAIRS = [(technique, way) for technique in ACCEPTED for way in ALL]


def _changes(technique: str, way: str) -> dict[str, Any]:
    return {"workloads": [workload(technique, way)], "operators": OPERATORS}


@built_once
def _built(technique: str, way: str) -> Build:
    return compose(_changes(technique, way))


def _accepted(technique: str) -> list[str]:
    return sorted(ACCEPTED[technique])


@pytest.mark.parametrize(("technique", "way"), _PAIRS, ids=[f"{t}-{w}" for t, w in _PAIRS])
def test_a_way_is_accepted_or_refused_by_the_key_that_the_technique_lacks(technique: str, way: str) -> None:
    _, problems = read("aks-secrets", "dev", as_config(document(_changes(technique, way))), lambda _: False)
    reasons = [f"{problem.rule}: {problem}" for problem in problems]
    if way in ACCEPTED[technique]:
        assert reasons == []
        return
    assert reasons
    unsupported = f"technique {technique} does not support it"
    needs_value = "technique kubernetes-secret"
    assert all(unsupported in reason or needs_value in reason for reason in reasons), reasons


def _secret_keys(built: Build) -> dict[tuple[str, str], str]:
    """Secret and key → file (csi), object (eso) or nothing (kubernetes-secret) that fills it, each once."""
    keys: list[tuple[tuple[str, str], str]] = []
    for class_ in built.of_type("SecretProviderClass"):
        for synced in class_.inputs["spec"].get("secretObjects", []):
            keys += [((synced["secretName"], e["key"]), e["objectName"]) for e in synced["data"]]
    for external in built.of_type("ExternalSecret"):
        target = external.inputs["spec"]["target"]
        data = {e["secretKey"]: e["remoteRef"]["key"] for e in external.inputs["spec"].get("data", [])}
        assert len(data) == len(external.inputs["spec"].get("data", [])), "a secretKey is written once"
        written = target["template"].get("data") or data
        keys += [((target["name"], key), data.get(key, "template")) for key in written]
    for secret in built.of_type("Secret"):
        if secret.type.startswith("kubernetes:"):
            plain = secret.plain()
            keys += [((plain["metadata"]["name"], key), "") for key in plain["stringData"]]
    assert len(dict(keys)) == len(keys), "a key has one source"
    return dict(keys)


def _pod_spec(built: Build) -> dict[str, Any]:
    return built.single("Deployment").inputs["spec"]["template"]["spec"]


def _files(built: Build) -> set[str]:
    """Every file that the pod gets, below its mount."""
    files: list[str] = []
    for class_ in built.of_type("SecretProviderClass"):
        objects = yaml.safe_load(class_.inputs["spec"]["parameters"]["objects"])["array"]
        mounted = [yaml.safe_load(text) for text in objects]
        files += [object_.get("objectAlias", object_["objectName"]) for object_ in mounted]
    for volume in _pod_spec(built).get("volumes", []):
        for source in volume.get("projected", {}).get("sources", []):
            files += [item["path"] for item in source.get("secret", {}).get("items", [])]
    assert len(set(files)) == len(files), "a path is written once"
    return set(files)


_BUILT = [(technique, way) for technique in ACCEPTED for way in _accepted(technique)]


@pytest.mark.parametrize(("technique", "way"), _BUILT, ids=[f"{t}-{w}" for t, w in _BUILT])
def test_every_variable_and_file_of_the_list_is_there(technique: str, way: str) -> None:
    built, listed = _built(technique, way), ALL[way]
    keys, files = _secret_keys(built), _files(built)
    (container,) = _pod_spec(built)["containers"]
    env = {e["name"]: e["valueFrom"]["secretKeyRef"] for e in container.get("env", []) if "valueFrom" in e}
    for entry in [*listed["secrets"], *listed.get("compose", [])]:
        if name := entry.get("env"):
            assert (env[name]["name"], env[name]["key"]) in keys
        if file := entry.get("file"):
            assert file in files
        if target := entry.get("kubernetes_secret"):
            both = ("tls.crt", "tls.key") if target.get("type") and "key" not in target else ()
            for key in both or (target.get("key", entry["name"]),):
                assert (target["name"], key) in keys


def test_two_variables_share_one_key_and_one_mounted_file() -> None:
    built = _built("csi", "two-variables")
    assert _files(built) == {"db-password"}
    assert list(_secret_keys(built).values()) == ["db-password"]


def test_each_tls_key_comes_from_its_object() -> None:
    assert _secret_keys(_built("csi", "two-object-tls")) == {
        ("edge-tls", "tls.crt"): "edge-crt",
        ("edge-tls", "tls.key"): "edge-key",
    }
    built = _built("eso", "two-object-tls")
    assert _secret_keys(built) == {
        ("edge-tls", "tls.crt"): "secret/edge-crt",
        ("edge-tls", "tls.key"): "secret/edge-key",
    }
    assert built.single("ExternalSecret").inputs["spec"]["target"]["template"]["type"] == "kubernetes.io/tls"


def test_a_constant_stands_beside_the_secret() -> None:
    built = _built("eso", "constant-by-template")
    template = built.single("ExternalSecret").inputs["spec"]["target"]["template"]
    assert template["data"] == {
        "password": '{{ index . "password" }}',
        "url": "https://example.com/app.git",
    }


@pytest.mark.parametrize("technique", [technique for technique, ways in ACCEPTED.items() if ways])
def test_an_object_is_granted_seeded_and_listed_once(technique: str) -> None:
    built = _built(technique, "two-variables")
    assert len(built.of_type("RandomPassword")) == 1
    assert [r for r in built.of_type("RoleAssignment") if r.name.endswith("/secrets/db-password")][1:] == []
    assert [row["secret"] for row in built.outputs["access"]] == ["db-password"]
