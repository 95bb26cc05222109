"""A workload of technique secret-sync that runs: what breaks, and what verify finds."""

from collections.abc import Callable, Iterator

import pytest

from tests.operations.verify.azure import ago
from tests.operations.verify.live import Live, Way, made, running, shown
from tests.trust.stacks import existing, stack, workload

pytestmark = pytest.mark.servers
SYNC, CLASS = "secret-sync.x-k8s.io/v1alpha1", "secrets-store.csi.x-k8s.io/v1"
NAME = "web-sync.web-key"


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch, way: Way) -> Iterator[Live]:
    operators = {"sync_controller": {}}
    config = stack(workload("web", "secret-sync", existing("web-key", env="KEY")), operators=operators)
    with running(monkeypatch, way, made(config)) as live:
        yield live


def no_class(live: Live) -> None:
    del live.kubernetes.objects[live.kubernetes.path(CLASS, "shop", "secretproviderclasses", NAME)]


def no_sync(live: Live) -> None:
    del live.kubernetes.objects[live.kubernetes.path(SYNC, "shop", "secretsyncs", NAME)]


def refused(live: Live) -> None:
    condition = {"type": "Create", "status": "False", "reason": "ProviderError", "message": "see the logs"}
    live.object(SYNC, "shop", "secretsyncs", NAME)["status"] = {"conditions": [condition]}


def old(live: Live) -> None:
    live.object(SYNC, "shop", "secretsyncs", NAME)["status"]["lastSuccessfulSyncTime"] = ago(900000)


def no_key(live: Live) -> None:
    live.object("v1", "shop", "secrets", NAME)["data"] = {}


BREAKS: list[tuple[Callable[[Live], None], str, str, str]] = [
    (no_class, f"class of {NAME}", f"SecretProviderClass shop/{NAME} does not exist", "pulumi up"),
    (no_sync, f"secret sync {NAME}", f"SecretSync {NAME} does not exist", "pulumi up"),
    (refused, f"secret sync {NAME}", "is not synced: ProviderError", "kubectl logs"),
    (
        old,
        f"last sync of {NAME}",
        "web-key in the vault of",
        "kubectl rollout restart deployment/secrets-store-sync-controller-manager",
    ),
    (no_key, f"secret {NAME}", "has no key", "kubectl describe secretsync"),
]


def test_verify_finds_what_breaks(synced: Live) -> None:
    wrong = [finding for finding in synced.verify() if finding.state != "fine"]
    assert wrong == [], shown(wrong)


@pytest.mark.parametrize(("break_", "check", "says", "step"), BREAKS)
def test_a_break_is_found(
    synced: Live, break_: Callable[[Live], None], check: str, says: str, step: str
) -> None:
    break_(synced)
    (finding,) = [finding for finding in synced.only(check) if finding.state != "fine"]
    assert says in finding.text
    assert step in finding.next_step
