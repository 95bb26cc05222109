"""A workload of technique akv2k8s that runs: what breaks, and what verify finds."""

from collections.abc import Callable, Iterator

import pytest

from tests.operations.verify.azure import ago
from tests.operations.verify.live import Live, Way, made, running, shown
from tests.trust.stacks import existing, stack, workload

pytestmark = pytest.mark.servers
GROUP, PLURAL = "spv.no/v2beta1", "azurekeyvaultsecrets"
NAME = "web-akv2k8s.web-key"


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch, way: Way) -> Iterator[Live]:
    config = stack(workload("web", "akv2k8s", existing("web-key", env="KEY")), operators={"akv2k8s": {}})
    with running(monkeypatch, way, made(config)) as live:
        yield live


def no_object(live: Live) -> None:
    del live.kubernetes.objects[live.kubernetes.path(GROUP, "shop", PLURAL, NAME)]


def unread(live: Live) -> None:
    live.object(GROUP, "shop", PLURAL, NAME)["status"] = {}


def old(live: Live) -> None:
    live.object(GROUP, "shop", PLURAL, NAME)["status"]["lastAzureUpdate"] = ago(900000)


def no_key(live: Live) -> None:
    live.object("v1", "shop", "secrets", NAME)["data"] = {}


BREAKS: list[tuple[Callable[[Live], None], str, str, str]] = [
    (no_object, f"vault secret {NAME}", f"AzureKeyVaultSecret {NAME} does not exist", "pulumi up"),
    (unread, f"vault secret {NAME}", "has filled no Secret", "kubectl describe azurekeyvaultsecret"),
    (
        old,
        f"last read of {NAME}",
        "web-key in the vault of",
        "kubectl rollout restart deployment/akv2k8s-controller",
    ),
    (no_key, f"secret {NAME}", "has no key", "kubectl describe azurekeyvaultsecret"),
]


def test_verify_signs_in_as_the_operator(synced: Live) -> None:
    """Its credential, a token of its own ServiceAccount, and a read of the vault with that."""
    texts = {finding.check: finding.text for finding in synced.verify()}
    account = "akv2k8s/akv2k8s-controller"
    assert f"trusts system:serviceaccount:{account.replace('/', ':')}" in texts["credential"]
    assert f"a token of {account} becomes" in texts["sign-in"]
    assert "version" in texts["read web-key"]
    assert "service account" not in texts


def test_an_operator_without_its_credential_is_found(synced: Live) -> None:
    synced.azure.credentials[next(id_ for id_ in synced.azure.credentials if "operator_akv2k8s" in id_)] = []
    (finding,) = [finding for finding in synced.only("credential") if finding.state != "fine"]
    assert "has no credential for system:serviceaccount:akv2k8s:akv2k8s-controller" in finding.text


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
