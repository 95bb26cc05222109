"""Stacks of every technique, kind of pods and way to sign in are fine when they run as they were made."""

import pytest

from operations.checks import exit_status
from tests.operations.verify.azure import ME, ago
from tests.operations.verify.breaks import SOMEONE
from tests.operations.verify.live import expected, made, running, shown
from tests.support.plan import STACK_FILES
from tests.trust.stacks import ADOPTING, CLOUD, TECHNIQUES, VARIANTS, stack, workload
from trust.techniques.app_routing import ingresses

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("stack_file", STACK_FILES, ids=lambda file: file.stem)
def test_a_shipped_stack_as_its_program_made_it_is_fine(stack_file, monkeypatch, way):
    with running(monkeypatch, way, expected(stack_file)) as live:
        for vault in live.chain.vaults if ingresses(live.chain) else ():  # only the add-on reads that one
            live.azure.assign(ME, KEY_VAULT_READER, str(vault.resource_id))
        findings = live.verify()
        assert exit_status(findings) == 0, shown(findings)


MORE = {
    "every technique": stack(*(workload(name, name) for name in TECHNIQUES)),
    "grants of others": stack(*(workload(name, name) for name in TECHNIQUES), grants="external"),
    "services": stack(workload("web", "sdk", port=80, service={"type": "LoadBalancer"})),
}


KEY_VAULT_OFFICER = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
KEY_VAULT_READER = "21090545-7ca7-4776-b22c-e363652d74d2"


@pytest.mark.parametrize("name", [*VARIANTS, *MORE])
def test_a_stack_of_another_kind_is_fine(name: str, monkeypatch, way):
    graph = made({**VARIANTS, **MORE}[name])
    with running(monkeypatch, way, graph) as live:
        live.azure.grant_what_others_grant(live.chain)
        for vault in live.chain.vaults:  # where no token of a ServiceAccount reads the vault
            live.azure.assign(ME, KEY_VAULT_READER, str(vault.resource_id))
        findings = live.verify()
        assert exit_status(findings) == 0, shown(findings)


def test_a_grant_of_others_that_is_missing_comes_with_its_command(monkeypatch, way):
    graph = made(MORE["grants of others"])
    with running(monkeypatch, way, graph) as live:
        first = live.verify(0, "sdk")[0]
        assert (first.check, first.state) == ("grant sdk-key", "wrong")
        assert first.next_step.startswith("az role assignment create --name ")


def test_without_a_driver_the_class_cannot_be_mounted(monkeypatch, way):
    with running(monkeypatch, way) as live:
        live.kubernetes.kinds.remove("secretproviderclasspodstatuses")
        wrong = {finding.check: finding for finding in live.verify(0, "podinfo") if finding.state == "wrong"}
        assert set(wrong) == {"mount of podinfo", "versions in podinfo"}
        assert "the operator that brings them is not installed" in wrong["mount of podinfo"].text


def test_a_secret_that_the_program_wrote_is_compared_by_keys_and_age(monkeypatch, way):
    with running(monkeypatch, way, made(MORE["every technique"])) as live:
        live.azure.assign(ME, KEY_VAULT_READER, str(live.chain.vaults[0].resource_id))
        live.kubernetes.add_secret("shop", "kubernetes-secret", (), changed=ago(90000))
        name = next(
            path.rpartition("/")[2] for path in live.kubernetes.objects if "/secrets/kubernetes" in path
        )
        live.kubernetes.add_secret("shop", name, (), changed=ago(90000))
        (wrong,) = [item for item in live.verify(0, "kubernetes-secret") if item.state == "wrong"]
        assert wrong.check == "age of kubernetes-secret-key"
        assert "the vault has a version of" in wrong.text
        live.object("v1", "shop", "secrets", name)["data"] = {"other": "b3RoZXI="}
        first = live.verify(0, "kubernetes-secret")[0]
        assert (first.check, first.state) == (f"secret {name}", "wrong")


def test_a_stack_on_what_exists_is_fine(monkeypatch, way):
    with running(monkeypatch, way, made(ADOPTING, cloud=CLOUD)) as live:
        for vault in live.chain.vaults:
            live.azure.assign(SOMEONE, KEY_VAULT_OFFICER, str(vault.resource_id))
        findings = live.verify()
        assert exit_status(findings) == 0, shown(findings)
        (others,) = {finding.next_step for finding in findings if SOMEONE in finding.text}
        assert others == "", "no message asks to take away what others gave"
