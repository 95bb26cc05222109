"""New rights that take their time: each technique comes to work within the program's time limit."""

from typing import Any

import pytest

from components.workloads.manifests import WAIT_SECONDS
from operations.failures import Symptom
from operations.failures.table import claims
from rehearsal.simulators.init_failed import InitFailedError
from tests.support.acting import Azure, manifest
from tests.support.eso import SECRET, EsoScene, external_secret, waiting
from tests.support.manifests import DEPLOYMENT, owner
from tests.support.mounting import MountScene, mounting
from tests.support.sidecars import DaprScene

DELAYS = (30, 300, 600)
"""Azure speaks of up to ten minutes for a role assignment
(https://learn.microsoft.com/azure/role-based-access-control/troubleshooting).
"""
TYPES = (
    "azure-native:authorization:RoleAssignment",
    "azure-native:managedidentity:FederatedIdentityCredential",
)


def delay(azure: Azure, token: str, seconds: int) -> None:
    """Resources of the type are new, and work after that time."""
    for resource in azure.world.of_type(token):
        azure.world.works_from[resource.id.lower()] = seconds


def deployed(scene: MountScene, *, limit: int = WAIT_SECONDS) -> None:
    desired = mounting()
    desired["spec"]["progressDeadlineSeconds"] = limit
    scene.kubernetes.create(DEPLOYMENT, desired, timeout=limit)


@pytest.mark.parametrize("token", TYPES)
@pytest.mark.parametrize("seconds", DELAYS)
def test_a_mount_comes_when_the_right_is_there(azure: Azure, token: str, seconds: int) -> None:
    scene = MountScene(azure)
    scene.grant()
    scene.class_of()
    delay(azure, token, seconds)
    deployed(scene)
    assert seconds <= azure.world.clock < WAIT_SECONDS
    assert scene.the("Pod")["status"] == {"phase": "Running"}


@pytest.mark.parametrize("token", TYPES)
@pytest.mark.parametrize("seconds", DELAYS)
def test_an_external_secret_comes_when_the_right_is_there(azure: Azure, token: str, seconds: int) -> None:
    scene = EsoScene(azure)
    scene.store()
    delay(azure, token, seconds)
    scene.kubernetes.create(SECRET, waiting(external_secret()), timeout=WAIT_SECONDS)
    assert seconds <= azure.world.clock < WAIT_SECONDS
    assert scene.condition()[0] == "True"
    assert scene.made()


@pytest.mark.parametrize(("token", "failure"), [(TYPES[0], "forbiddenbyrbac"), (TYPES[1], "aadsts70021")])
def test_a_sidecar_starts_at_once_and_answers_when_the_right_is_there(
    azure: Azure, token: str, failure: str
) -> None:
    scene = DaprScene(azure)
    scene.component()
    delay(azure, token, 600)
    scene.deploy()
    assert azure.world.clock == 0, "daprd reads nothing at its start"
    answer = scene.read()
    assert (answer.status, answer.code) == (500, "ERR_SECRET_GET")
    assert [shown.id for shown in claims(Symptom(text=answer.message))] == [failure]
    azure.world.wait(600)
    assert scene.read().status == 200


def test_a_secret_that_the_program_writes_needs_no_right(azure: Azure) -> None:
    """Technique kubernetes-secret; that of `sdk` is in tests/rehearsal/data_planes/test_kubernetes_api.py."""
    scene = MountScene(azure)
    scene.grant()
    for token in TYPES:
        delay(azure, token, 600)
    secret = manifest("v1", "Secret", "app", "demo", stringData={"password": "hunter2"})
    scene.kubernetes.create("core/v1:Secret", secret)
    variable = {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "app", "key": "password"}}}
    desired = owner("Deployment")
    desired["spec"]["template"]["spec"]["containers"][0]["env"] = [variable]
    scene.kubernetes.create(DEPLOYMENT, desired, timeout=WAIT_SECONDS)
    assert azure.world.clock == 0
    assert scene.the("Pod")["status"] == {"phase": "Running"}


def test_ten_minutes_would_be_too_short_for_the_operator(azure: Azure) -> None:
    scene = EsoScene(azure)
    scene.store()
    delay(azure, TYPES[0], 600)
    with pytest.raises(InitFailedError, match="timed out waiting for the condition"):
        scene.kubernetes.create(SECRET, waiting(external_secret()), timeout=600)


@pytest.mark.parametrize(
    ("token", "words"),
    [
        (TYPES[0], "DecisionReason: 'DeniedWithNoValidRBAC'"),
        (
            TYPES[1],
            "AADSTS70021: No matching federated identity record found for presented assertion.",
        ),
    ],
)
def test_a_right_that_takes_too_long_is_told_by_its_error(azure: Azure, token: str, words: str) -> None:
    scene = MountScene(azure)
    scene.grant()
    scene.class_of()
    delay(azure, token, 1000)
    with pytest.raises(InitFailedError) as failed:
        deployed(scene, limit=600)
    assert words in failed.value.reasons[-1]
    assert azure.world.clock == 600


def test_what_no_time_mends_is_not_waited_for(azure: Azure) -> None:
    scene = MountScene(azure)  # without a role
    scene.class_of()
    with pytest.raises(InitFailedError):
        deployed(scene)
    assert azure.world.clock == 0


def test_the_clock_is_kept(azure: Azure) -> None:
    MountScene(azure).grant()
    delay(azure, TYPES[0], 300)
    azure.world.wait(60)
    azure.world.save()
    kept: Any = type(azure.world)(azure.world.folder)
    assert kept.clock == 60
    assert kept.awaits_rights()
