"""Secrets that pods of a real API server read with Azure's own clients, and chains that are broken."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import pytest

from components.workloads import Technique
from operations.failures import Symptom
from operations.failures.table import claims
from rehearsal.errors import RehearsalError
from rehearsal.real_cluster.clients import go
from rehearsal.real_cluster.nodes import MERGE
from rehearsal.real_cluster.parts import part_modules
from rehearsal.real_cluster.pod_client import NAMES_ITSELF
from rehearsal.real_cluster.reads import SIMULATED, Read, Reader, reading
from rehearsal.simulator_process import Simulators
from rehearsal.simulators.azure.authorization import ASSIGNMENT
from rehearsal.simulators.azure.managedidentity import CREDENTIAL
from rehearsal.simulators.kubernetes.api.store import POD, SERVICE_ACCOUNT
from rehearsal.simulators.kubernetes.api.store import SECRET as SECRET_KIND
from rehearsal.simulators.kubernetes.operators.dapr.controller import Dapr
from rehearsal.simulators.kubernetes.operators.dapr.kinds import COMPONENT, CONFIGURATION
from rehearsal.simulators.world import World
from tests.support.rehearse import Rehearsal
from tools.go_tools import TOOLS, GoToolFinder

pytestmark = pytest.mark.engine

SECRET: Final = {"name": "db-password", "from": "random"}
NAMES: Final = {"sdk": "asks", "csi": "mounts", "eso": "copies", "dapr": "calls"}
"""Technique → workload with it."""
LANGUAGES: Final = ("Python", "Go", "Node.js")


def workload(name: str, technique: str) -> dict[str, Any]:
    named = {"name": name, "namespace": "shop", "technique": technique}
    return {**named, "image": "registry.example/shop:1", "secrets": [SECRET]}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory, simulators: Simulators) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("reads")
    workloads = (workload(name, technique) for technique, name in NAMES.items())
    stack = Rehearsal.small(folder, simulators, *workloads)
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


def read(reader: Reader, row: dict[str, Any]) -> Read:
    """The only read of a row."""
    (only,) = reader.read(row)
    return only


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


@pytest.mark.parametrize("technique", ["csi", "eso", "dapr"])
def test_a_whole_chain_is_read(reader: Reader, technique: str) -> None:
    only = read(reader, row(reader, NAMES[technique], technique))
    assert only.refusal == ""
    assert len(only.version) == 32


def test_a_tool_may_name_the_client_id_that_its_service_account_lacks(reader: Reader) -> None:
    """KEDA's TriggerAuthentication does, and AKS owns the ServiceAccount of the add-on."""
    (cluster,) = reader.clusters.values()
    account = cluster.client.get(SERVICE_ACCOUNT, "shop", NAMES["sdk"])
    assert account is not None
    annotations = account["metadata"]["annotations"]
    path, named = cluster.client.path_of(account), annotations["azure.workload.identity/client-id"]
    without = {"metadata": {"annotations": dict.fromkeys(annotations)}}
    own = row(reader, NAMES["sdk"], "sdk")
    of_tool = {**own, NAMES_ITSELF: True, "clientId": named}
    cluster.client.request("PATCH", path, without, MERGE)
    try:
        reads = reader.read(of_tool)
        missing = reader.read({**of_tool, "serviceAccount": "keda"})
    finally:
        cluster.client.request("PATCH", path, {"metadata": {"annotations": annotations}}, MERGE)
    assert [(each.refusal, len(each.version)) for each in reads] == [("", 32)] * len(LANGUAGES)
    assert {each.reason for each in missing} == {"another tool brings ServiceAccount shop/keda (--cloud)"}


def test_every_language_reads_for_an_application(reader: Reader) -> None:
    reads = reader.read(row(reader, NAMES["sdk"], "sdk"))
    assert [(each.part.split(":")[0], each.reason, each.refusal) for each in reads] == [
        (language, "", "") for language in LANGUAGES
    ]
    (version,) = {each.version for each in reads}
    assert len(version) == 32


BROKEN: Final[Mapping[str, tuple[str, str, Callable[[Any], Any]]]] = {
    "aadsts700211": (CREDENTIAL, "issuer", lambda text: text.rstrip("/")),
    "aadsts700213": (CREDENTIAL, "subject", lambda text: f"{text}-app"),
    "aadsts700212": (CREDENTIAL, "audiences", lambda _: ["api://another"]),
    "forbiddenbyrbac": (ASSIGNMENT, "scope", lambda text: f"{text}-of-another"),
}
"""Failure as which a chain is explained that is broken in one place: slash, subject, audience, role."""


@pytest.mark.parametrize("failure", BROKEN)
def test_a_broken_chain_is_refused_and_the_words_of_every_client_are_one_failure(
    reader: Reader, failure: str
) -> None:
    token, property_, value = BROKEN[failure]
    with changed(reader, token, lambda old: {**old, property_: value(old[property_])}):
        reads = reader.read(row(reader, NAMES["sdk"], "sdk"))
    explained = {
        each.part.split(":")[0]: [claim.id for claim in claims(Symptom(text=each.words))] for each in reads
    }
    assert explained == {language: [failure] for language in LANGUAGES}, [each.words for each in reads]
    line = failure.upper() if failure.startswith("aadsts") else "Caller is not authorized to perform action"
    assert [each.refusal for each in reads if line not in each.refusal] == []


def test_a_role_for_another_secret_stops_a_mount(reader: Reader) -> None:
    with changed(reader, ASSIGNMENT, lambda old: {**old, "scope": f"{old['scope']}-of-another"}):
        only = read(reader, row(reader, NAMES["csi"], "csi"))
    assert "Forbidden" in only.refusal, only.refusal


def test_a_client_that_cannot_be_made_is_listed_with_the_reason(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def command() -> list[str]:
        raise RehearsalError("there is no vault-reader, and no Go to build it with")

    monkeypatch.setattr(go, "command", command)
    reads = reader.read(row(reader, NAMES["sdk"], "sdk"))
    assert [each.reason for each in reads] == ["", "there is no vault-reader, and no Go to build it with", ""]
    assert [each.refusal for each in reads] == ["", "", ""]


def test_the_real_sidecar_names_its_version_and_the_installed_one(reader: Reader) -> None:
    part = read(reader, row(reader, "calls", "dapr")).part
    pinned, chart = GoToolFinder(TOOLS["daprd"]).pinned_version(), Dapr.chart_version
    assert part == f"daprd {pinned}, self-hosted (pinned: {chart})"


def test_a_secret_that_the_workload_does_not_list_is_refused_by_the_scopes(reader: Reader) -> None:
    only = read(reader, {**row(reader, "calls", "dapr"), "secret": "another"})
    assert only.refusal.startswith("ERR_PERMISSION_DENIED: access denied by policy"), only.refusal


def test_a_component_that_is_for_another_application_is_refused(reader: Reader) -> None:
    (cluster,) = reader.clusters.values()
    (component,) = cluster.client.all_of(COMPONENT, "shop")
    path = cluster.client.path_of(component)
    cluster.client.request("PATCH", path, {"scopes": ["another"]}, MERGE)
    try:
        fresh = Reader(reader.clusters, reader.surroundings)  # a sidecar reads its Components when it starts
        only = read(fresh, row(reader, "calls", "dapr"))
    finally:
        cluster.client.request("PATCH", path, {"scopes": component["scopes"]}, MERGE)
    assert only.refusal.startswith("ERR_SECRET_STORES_NOT_CONFIGURED"), only.refusal


def test_a_sidecar_that_refuses_nothing_is_no_proof(reader: Reader) -> None:
    (cluster,) = reader.clusters.values()
    (configuration,) = cluster.client.all_of(CONFIGURATION, "shop")
    path = cluster.client.path_of(configuration)
    cluster.client.request("PATCH", path, {"spec": {"secrets": {"scopes": []}}}, MERGE)
    try:
        only = read(Reader(reader.clusters, reader.surroundings), row(reader, "calls", "dapr"))
    finally:
        cluster.client.request("PATCH", path, {"spec": configuration["spec"]}, MERGE)
    assert only.refusal.startswith("the sidecar does not refuse secret of-another-workload"), only.refusal


def test_a_pod_without_the_label_gets_no_token(reader: Reader) -> None:
    (cluster,) = reader.clusters.values()
    pods = [pod for pod in cluster.client.all_of(POD, "shop") if pod["spec"]["serviceAccountName"] == "asks"]
    for pod in pods:
        labels = {"azure.workload.identity/use": None}
        cluster.client.request("PATCH", cluster.client.path_of(pod), {"metadata": {"labels": labels}}, MERGE)
    for each in reader.read(row(reader, "asks", "sdk")):
        assert "lacks the label azure.workload.identity/use" in each.refusal


@pytest.mark.parametrize(
    ("technique", "keys", "reason"),
    [
        ("kubernetes-secret", {}, "the program writes the value"),
        ("secret-sync", {}, "is not built here"),
        ("app-routing", {"issuer": None, "access": "app-routing"}, "runs in clusters of AKS only"),
        ("csi", {"issuer": None, "access": "pod-identity"}, "it signs in by pod-identity"),
        ("csi", {"issuer": "https://elsewhere/"}, "its cluster is not one"),
        ("of-ones-own", {}, "no part is known that reads by technique of-ones-own"),
    ],
)
def test_what_no_real_part_reads_is_listed_with_the_reason(
    reader: Reader, technique: str, keys: dict[str, Any], reason: str
) -> None:
    only = read(reader, {**row(reader, "other", technique), **keys})
    assert (only.part, only.refusal) == (SIMULATED, "")
    assert reason in only.reason


def test_each_technique_has_a_part_or_the_reason_that_none_reads() -> None:
    assert set(Technique) <= set(part_modules())


def test_the_operator_fills_the_secret_with_what_the_vault_has(reader: Reader) -> None:
    part = read(reader, row(reader, "copies", "eso")).part
    assert re.fullmatch(r"External Secrets Operator \d+\.\d+\.\d+ \(pinned: \d+\.\d+\.\d+\)", part)
    (cluster,) = reader.clusters.values()
    (made,) = [secret for secret in cluster.client.all_of(SECRET_KIND, "shop") if secret["data"]]
    (value,) = made["data"].values()
    assert base64.b64decode(value).decode().startswith("ключ-"), "a made-up value, and no stand-in"
    assert made["metadata"]["ownerReferences"][0]["kind"] == "ExternalSecret"


def test_a_secret_that_no_external_secret_reads_is_refused(reader: Reader) -> None:
    only = read(reader, {**row(reader, "copies", "eso"), "secret": "another"})
    assert only.refusal == "no ExternalSecret reads it"


@pytest.mark.parametrize("technique", ["sdk", "csi"])
@pytest.mark.parametrize("wrong", [{"secret": "*"}, {"type": "key"}])
def test_what_is_no_secret_is_not_read(reader: Reader, technique: str, wrong: dict[str, str]) -> None:
    for each in reader.read({**row(reader, "asks", technique), **wrong}):
        assert (each.part, each.refusal) == (SIMULATED, "")
        assert each.reason
