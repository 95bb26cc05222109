"""Secrets that pods of a real API server read with Azure's own clients, and chains that are broken."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest

from rehearsal.real_cluster.nodes import MERGE
from rehearsal.real_cluster.reads import SIMULATED, Reader, reading
from rehearsal.simulator_process import Simulators
from rehearsal.simulators.azure.authorization import ASSIGNMENT
from rehearsal.simulators.azure.managedidentity import CREDENTIAL
from rehearsal.simulators.kubernetes.api.store import POD
from rehearsal.simulators.kubernetes.api.store import SECRET as SECRET_KIND
from rehearsal.simulators.kubernetes.operators.dapr.controller import Dapr
from rehearsal.simulators.kubernetes.operators.dapr.kinds import COMPONENT, CONFIGURATION
from rehearsal.simulators.world import World
from tests.support.rehearse import Rehearsal
from tools.go_tools import TOOLS, GoToolFinder

pytestmark = pytest.mark.engine

SECRET: Final = {"name": "db-password", "from": "random"}


def workload(name: str, technique: str) -> dict[str, Any]:
    named = {"name": name, "namespace": "shop", "technique": technique}
    return {**named, "image": "registry.example/shop:1", "secrets": [SECRET]}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory, simulators: Simulators) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("reads")
    techniques = {"asks": "sdk", "mounts": "csi", "copies": "eso", "calls": "dapr"}
    stack = Rehearsal.small(folder, simulators, *(workload(*item) for item in techniques.items()))
    operators: dict[str, Any] = {"csi_driver": {"install": "addon"}, "external_secrets": {}, "dapr": {}}
    stack.config["aks-secrets:operators"] = operators
    stack.up()
    with reading(World(stack.state / "world")) as made:
        yield made


def row(reader: Reader, name: str, technique: str) -> dict[str, Any]:
    (issuer,) = reader.clusters
    vault = next(reader.planes.world.of_type("azure-native:keyvault:Vault")).id.rsplit("/", 1)[1]
    return {
        "namespace": "shop",
        "workload": name,
        "serviceAccount": name,
        "technique": technique,
        "secret": "db-password",
        "type": "secret",
        "vault": vault,
        "issuer": issuer,
    }


@contextmanager
def changed(reader: Reader, token: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Iterator[None]:
    """Every resource of a type with other properties during the block."""
    resources = list(reader.planes.world.of_type(token))
    before = [resource.properties for resource in resources]
    for resource in resources:
        resource.properties = change(dict(resource.properties))
    try:
        yield
    finally:
        for resource, properties in zip(resources, before, strict=True):
            resource.properties = properties


@pytest.mark.parametrize(
    ("name", "technique"), [("asks", "sdk"), ("mounts", "csi"), ("copies", "eso"), ("calls", "dapr")]
)
def test_a_whole_chain_is_read(reader: Reader, name: str, technique: str) -> None:
    read = reader.read(row(reader, name, technique))
    assert read.refusal == ""
    assert len(read.version) == 32


@pytest.mark.parametrize(
    ("property_", "value", "code"),
    [
        ("issuer", lambda text: text.rstrip("/"), "AADSTS700211"),
        ("subject", lambda text: f"{text}-app", "AADSTS700213"),
        ("audiences", lambda _: ["api://another"], "AADSTS700212"),
    ],
)
def test_a_credential_that_does_not_match_is_refused(
    reader: Reader, property_: str, value: Callable[[Any], Any], code: str
) -> None:
    with changed(reader, CREDENTIAL, lambda old: {**old, property_: value(old[property_])}):
        read = reader.read(row(reader, "asks", "sdk"))
    assert read.refusal.startswith(code), read.refusal


@pytest.mark.parametrize(("name", "technique"), [("asks", "sdk"), ("mounts", "csi")])
def test_a_role_for_another_secret_is_refused(reader: Reader, name: str, technique: str) -> None:
    with changed(reader, ASSIGNMENT, lambda old: {**old, "scope": f"{old['scope']}-of-another"}):
        read = reader.read(row(reader, name, technique))
    assert "Forbidden" in read.refusal, read.refusal


def test_the_real_sidecar_names_its_version_and_the_installed_one(reader: Reader) -> None:
    part = reader.read(row(reader, "calls", "dapr")).part
    pinned, chart = GoToolFinder(TOOLS["daprd"]).pinned_version(), Dapr.chart_version
    assert part == f"daprd {pinned}, self-hosted (pinned: {chart})"


def test_a_secret_that_the_workload_does_not_list_is_refused_by_the_scopes(reader: Reader) -> None:
    read = reader.read({**row(reader, "calls", "dapr"), "secret": "another"})
    assert read.refusal.startswith("ERR_PERMISSION_DENIED: access denied by policy"), read.refusal


def test_a_component_that_is_for_another_application_is_refused(reader: Reader) -> None:
    (cluster,) = reader.clusters.values()
    (component,) = cluster.client.all_of(COMPONENT, "shop")
    path = cluster.client.path_of(component)
    cluster.client.request("PATCH", path, {"scopes": ["another"]}, MERGE)
    try:
        fresh = Reader(reader.clusters, reader.surroundings)  # a sidecar reads its Components when it starts
        read = fresh.read(row(reader, "calls", "dapr"))
    finally:
        cluster.client.request("PATCH", path, {"scopes": component["scopes"]}, MERGE)
    assert read.refusal.startswith("ERR_SECRET_STORES_NOT_CONFIGURED"), read.refusal


def test_a_sidecar_that_refuses_nothing_is_no_proof(reader: Reader) -> None:
    (cluster,) = reader.clusters.values()
    (configuration,) = cluster.client.all_of(CONFIGURATION, "shop")
    path = cluster.client.path_of(configuration)
    cluster.client.request("PATCH", path, {"spec": {"secrets": {"scopes": []}}}, MERGE)
    try:
        read = Reader(reader.clusters, reader.surroundings).read(row(reader, "calls", "dapr"))
    finally:
        cluster.client.request("PATCH", path, {"spec": configuration["spec"]}, MERGE)
    assert read.refusal.startswith("the sidecar does not refuse secret of-another-workload"), read.refusal


def test_a_pod_without_the_label_gets_no_token(reader: Reader) -> None:
    (cluster,) = reader.clusters.values()
    pods = [pod for pod in cluster.client.all_of(POD, "shop") if pod["spec"]["serviceAccountName"] == "asks"]
    for pod in pods:
        labels = {"azure.workload.identity/use": None}
        cluster.client.request("PATCH", cluster.client.path_of(pod), {"metadata": {"labels": labels}}, MERGE)
    read = reader.read(row(reader, "asks", "sdk"))
    assert "lacks the label azure.workload.identity/use" in read.refusal


def test_what_no_real_part_reads_is_said(reader: Reader) -> None:
    assert reader.read(row(reader, "other", "kubernetes-secret")).part == SIMULATED


def test_the_operator_fills_the_secret_with_what_the_vault_has(reader: Reader) -> None:
    read = reader.read(row(reader, "copies", "eso"))
    assert re.fullmatch(r"External Secrets Operator \d+\.\d+\.\d+ \(pinned: \d+\.\d+\.\d+\)", read.part)
    (cluster,) = reader.clusters.values()
    (made,) = [secret for secret in cluster.client.all_of(SECRET_KIND, "shop") if secret["data"]]
    (value,) = made["data"].values()
    assert base64.b64decode(value).decode().startswith("ключ-"), "a made-up value, and no stand-in"
    assert made["metadata"]["ownerReferences"][0]["kind"] == "ExternalSecret"


def test_a_secret_that_no_external_secret_reads_is_refused(reader: Reader) -> None:
    read = reader.read({**row(reader, "copies", "eso"), "secret": "another"})
    assert read.refusal == "no ExternalSecret reads it"


@pytest.mark.parametrize("technique", ["sdk", "csi"])
@pytest.mark.parametrize("wrong", [{"secret": "*"}, {"type": "key"}])
def test_what_is_no_secret_is_not_read(reader: Reader, technique: str, wrong: dict[str, str]) -> None:
    read = reader.read({**row(reader, "asks", technique), **wrong})
    assert (read.part, read.refusal) == (SIMULATED, "")
    assert read.reason
