"""The simulated sidecar against a real daprd: the same world, the same objects, the same broken chains.

Status, code and message agree but for the cases of differences.yaml. What the real one is, and what is around
it: rehearsal/real_cluster/daprd.py. One process serves all reads, since what breaks is in the world.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from rehearsal.data_planes.issuers import issuer_of
from rehearsal.data_planes.planes import Planes
from rehearsal.real_cluster.daprd import RunningSidecar, SidecarEndedError, running_sidecar
from rehearsal.simulators.azure.authorization import ASSIGNMENT
from rehearsal.simulators.azure.containerservice.clusters import CLUSTER
from rehearsal.simulators.azure.managedidentity import CREDENTIAL
from rehearsal.simulators.kubernetes.operators.dapr import kinds
from rehearsal.simulators.wire import Secret
from tests.support.acting import Azure
from tests.support.sidecars import DaprScene, app, component, last_line

pytestmark = pytest.mark.engine

_FILE: Final = Path(__file__).with_name("differences.yaml")
DIFFERENCES: Final[dict[str, str]] = {
    row["case"]: row["reason"] for row in yaml.safe_load(_FILE.read_text(encoding="utf-8"))
}
DISABLED: Final = {"dapr.io/disable-builtin-k8s-secret-store": "true"}


@dataclass(frozen=True)
class Met:
    """One application, and its two sidecars."""

    scene: DaprScene
    real: RunningSidecar


@contextmanager
def real_sidecar(scene: DaprScene, pod: dict[str, Any], folder: Path) -> Iterator[RunningSidecar]:
    world = scene.azure.world
    with Planes(world, folder).serving() as planes:
        (cluster,) = world.of_type(CLUSTER)
        token = issuer_of(cluster).token("system:serviceaccount:demo:app")
        objects = [*scene.cluster.all_of(kinds.COMPONENT), *scene.cluster.all_of(kinds.CONFIGURATION)]
        with running_sidecar(pod, objects, planes.way_out(), token) as sidecar:
            yield sidecar


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Met]:
    folder = tmp_path_factory.mktemp("daprd")
    azure = Azure(folder / "world")
    azure.group()
    scene = DaprScene(azure)
    azure.secret("unlisted", Secret("hunter4"))
    disabled = {"value": Secret("hunter5"), "attributes": {"enabled": False}}
    azure.secret("disabled", properties=disabled)
    azure.delete("keyvault:Secret", azure.secret("gone", Secret("hunter6")))
    scene.component()
    scene.component("of-others", scopes=["billing"])
    scene.component("wrong", vaultName="kv-two")
    elsewhere = component("elsewhere")
    elsewhere["metadata"]["namespace"] = "default"
    scene.kubernetes.create("dapr.io/v1alpha1:Component", elsewhere, name="elsewhere")
    listed = {"storeName": "vault", "defaultAccess": "deny", "allowedSecrets": ["db", "disabled", "gone"]}
    scene.configuration(listed)
    scene.deploy({**DISABLED, "dapr.io/config": "shop"})
    with real_sidecar(scene, scene.pod(), folder) as sidecar:
        yield Met(scene, sidecar)


@contextmanager
def changed(met: Met, token: str, change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> Iterator[None]:
    """Every resource of a type with other properties during the block."""
    resources = list(met.scene.azure.world.of_type(token))
    before = [resource.properties for resource in resources]
    for resource in resources:
        resource.properties = dict(change(dict(resource.properties)))
    try:
        yield
    finally:
        for resource, properties in zip(resources, before, strict=True):
            resource.properties = properties


def shape(message: str) -> str:
    """The message with Entra's answer as its description, without copies, ids and times."""
    head, _, rest = message.partition("\n{")
    if "FromAssertion()" in head and rest:
        answer = json.JSONDecoder().raw_decode("{" + rest)[0]
        return f"{head}\n{answer['error_description']}".split(" Trace ID:")[0]
    return message


def agree(met: Met, case: str, secret: str = "db", store: str = "vault") -> tuple[int, str]:
    """Both answers are the same; returns status and code."""
    real, simulated = met.real.secret(store, secret), met.scene.read(secret, store)
    assert (real.status, real.code) == (simulated.status, simulated.code)
    assert list(real.data) == list(simulated.data)
    if case in DIFFERENCES:
        assert shape(real.message) != simulated.message, f"{case} is no difference any more"
    else:
        assert shape(real.message) == simulated.message
    return real.status, real.code


# Before the first token: the client keeps one as long as it is valid.
@pytest.mark.parametrize(
    ("case", "change"),
    [
        ("issuer", lambda old: {**old, "issuer": old["issuer"].rstrip("/")}),
        ("subject", lambda old: {**old, "subject": f"{old['subject']}-of-another"}),
        ("audience", lambda old: {**old, "audiences": ["api://another"]}),
    ],
)
def test_a_credential_that_does_not_match_is_refused(
    met: Met, case: str, change: Callable[[dict[str, Any]], Mapping[str, Any]]
) -> None:
    with changed(met, CREDENTIAL, change):
        assert agree(met, case) == (500, "ERR_SECRET_GET")


def test_a_wrong_vault_is_met_before_the_identity(met: Met) -> None:
    with changed(met, CREDENTIAL, lambda old: {**old, "audiences": ["api://another"]}):
        assert agree(met, "wrong-vault", store="wrong") == (500, "ERR_SECRET_GET")


def test_a_role_for_another_secret_is_refused(met: Met) -> None:
    with changed(met, ASSIGNMENT, lambda old: {**old, "scope": f"{old['scope']}-of-another"}):
        assert agree(met, "role") == (500, "ERR_SECRET_GET")


def test_a_listed_secret_is_answered(met: Met) -> None:
    assert agree(met, "listed") == (200, "")


@pytest.mark.parametrize(
    ("case", "secret", "store", "answer"),
    [
        ("disabled", "disabled", "vault", (500, "ERR_SECRET_GET")),
        ("gone", "gone", "vault", (500, "ERR_SECRET_GET")),
        ("unlisted", "unlisted", "vault", (403, "ERR_PERMISSION_DENIED")),
        ("other-case", "DB", "vault", (403, "ERR_PERMISSION_DENIED")),
        ("not-in-scopes", "db", "of-others", (401, "ERR_SECRET_STORE_NOT_FOUND")),
        ("other-namespace", "db", "elsewhere", (401, "ERR_SECRET_STORE_NOT_FOUND")),
        ("no-store", "db", "nowhere", (401, "ERR_SECRET_STORE_NOT_FOUND")),
    ],
)
def test_what_is_not_for_the_application_is_refused(
    met: Met, case: str, secret: str, store: str, answer: tuple[int, str]
) -> None:
    assert agree(met, case, secret, store) == answer


def _configured(*scopes: Mapping[str, Any]) -> Callable[[DaprScene], None]:
    def configure(scene: DaprScene) -> None:
        scene.component()
        scene.configuration(*scopes)

    return configure


ENDS: Final[Mapping[str, tuple[Callable[[DaprScene], Any], Mapping[str, Any]]]] = {
    "no-label": (lambda scene: scene.component(), {"labels": {"app": "app"}}),
    "no-methods": (lambda scene: scene.component(azureAuthMethods="none"), {}),
    "unknown-method": (lambda scene: scene.component(azureAuthMethods="magic"), {}),
    "unknown-cloud": (lambda scene: scene.component(azureEnvironment="moon"), {}),
    "unknown-store": (lambda scene: scene.component(type_="secretstores.azure.vault"), {}),
    "no-configuration": (lambda scene: scene.component(), {"annotations": {"dapr.io/config": "shop"}}),
    "repeated-store": (
        _configured({"storeName": "vault"}, {"storeName": "vault"}),
        {"annotations": {"dapr.io/config": "shop"}},
    ),
    "neither-allow-nor-deny": (
        _configured({"storeName": "vault", "defaultAccess": "maybe"}),
        {"annotations": {"dapr.io/config": "shop"}},
    ),
}


@pytest.mark.parametrize("case", ENDS)
def test_what_ends_a_sidecar_is_the_last_line_of_its_log(azure: Azure, tmp_path: Path, case: str) -> None:
    scene = DaprScene(azure)
    prepare, more = ENDS[case]
    prepare(scene)
    deployment = app(**{**more, "annotations": {**DISABLED, **more.get("annotations", {})}})
    simulated = last_line(scene, deployment)
    with pytest.raises(SidecarEndedError) as ended, real_sidecar(scene, scene.pod(), tmp_path):
        pass
    if case in DIFFERENCES:
        assert str(ended.value) != simulated, f"{case} is no difference any more"
    else:
        assert str(ended.value) == simulated


def test_every_difference_is_a_case() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [case for case in DIFFERENCES if not re.search(rf'"{case}"', source)] == []
