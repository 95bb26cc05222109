"""Breaks in a stack that runs: the broken workload and its line come first."""

import pytest

from operations.checks import exit_status
from operations.verify import run
from rehearsal.data_planes.web import Answer, Request
from tests.operations.verify import breaks
from tests.operations.verify.azure import ago, refusal
from tests.operations.verify.breaks import BREAKS, Break
from tests.operations.verify.live import API, Live, shown

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: broken.__name__)
def test_what_is_broken_comes_first_with_its_workload_and_what_to_type(broken: Break, live: Live):
    subject, check, text, next_step = BREAKS[broken]
    broken(live)
    # The stack's other workloads are verified together below; here, one stands for them.
    beside = "billing" if subject == "orders" else "orders"
    findings = live.verify() if broken is breaks.closed_vault else live.verify(0, subject, beside)
    first = findings[0]
    assert (first.subject, first.check, first.state) == (subject, check, "wrong"), shown(findings)
    assert text in first.text
    assert next_step in first.next_step
    assert first.next_step, "a person knows what to type"
    assert exit_status(findings) == 1
    others = {finding.subject for finding in findings if finding.state == "wrong"} - {subject}
    assert others == set(), shown(findings)


def test_a_stack_as_its_program_made_it_is_fine(live: Live):
    findings = live.verify()
    assert [finding for finding in findings if finding.state != "fine"] == []
    assert exit_status(findings) == 0


def test_an_issuer_of_another_cluster_breaks_every_workload(live: Live):
    breaks.another_issuer(live)
    broken = {
        finding.subject for finding in live.verify() if (finding.check, finding.state) == ("issuer", "wrong")
    }
    assert broken == {"orders", "billing", "greeter", "podinfo", "shop", "checkout"}


def test_an_issuer_that_publishes_nothing_breaks_every_workload(live: Live):
    breaks.silent_issuer(live)
    (issuer,) = [finding for finding in live.verify(0, "orders") if finding.check == "issuer"]
    assert issuer.state == "wrong"
    assert "the discovery document has no issuer" in issuer.text


def test_a_vault_that_is_gone_is_restored(live: Live):
    breaks.no_vault(live)
    findings = live.verify()
    assert {finding.state for finding in findings if finding.check.startswith("grant")} == {"wrong"}
    assert all("operations restore" in finding.next_step for finding in findings if finding.check == "vault")


def test_a_rotation_on_its_way_is_waited_for(live: Live):
    breaks.rotated_now(live)
    findings = [finding for finding in live.verify() if finding.state != "fine"]
    assert {finding.state for finding in findings} == {"waiting"}, shown(findings)
    assert {finding.check for finding in findings} >= {
        "versions in podinfo",
        "refresh of shop-external.orders-db-password",
    }
    assert any("the driver looks every 120 s" in finding.text for finding in findings)


def test_a_rollout_is_waited_for_and_comes(live: Live, monkeypatch):
    monkeypatch.setattr(run, "_PAUSE_SECONDS", 0.05)
    pod = live.object("v1", "shop", "pods", "shop-0")
    ready, starting = pod["status"]["conditions"], [{"type": "Ready", "status": "False"}]
    pod["metadata"]["creationTimestamp"], pod["status"]["conditions"] = ago(30), starting
    assert [(f.check, f.state) for f in live.verify(0, "shop") if f.state != "fine"] == [("pods", "waiting")]
    lists = 0

    def late(request: Request) -> None:
        nonlocal lists
        lists += request.path.endswith("/pods")
        if lists == 2:
            pod["status"]["conditions"] = ready

    live.instead = late  # pyright: ignore[reportAttributeAccessIssue]
    assert {finding.state for finding in live.verify(60, "shop")} == {"fine"}
    assert lists == 2
    live.instead = lambda _: None
    pod["metadata"]["creationTimestamp"], pod["status"]["conditions"] = ago(3600), starting
    assert [(f.check, f.state) for f in live.verify(60, "shop") if f.state != "fine"] == [("pods", "wrong")]


def test_a_right_that_is_new_is_waited_for_and_comes(live: Live, monkeypatch):
    monkeypatch.setattr(run, "_PAUSE_SECONDS", 0.05)
    for item in live.azure.assignments:
        item["properties"]["createdOn"] = ago(60)
    forbidden = refusal(403, "Forbidden", "Caller is not authorized to perform action.", "ForbiddenByRbac")
    reads = 0

    def early(request: Request) -> Answer | None:
        nonlocal reads
        reads += "/greeting" in request.path and bool(request.bearer)
        return forbidden if "/greeting" in request.path and request.bearer and reads <= 2 else None

    live.instead = early
    assert [f.state for f in live.verify(0, "greeter") if f.check == "read greeting"] == ["waiting"]
    reads = 0
    assert {finding.state for finding in live.verify(60, "greeter")} == {"fine"}


# Fewer rights.

FORBIDDEN = Answer(
    status=403, body={"kind": "Status", "reason": "Forbidden", "message": "is forbidden", "code": 403}
)


def test_without_the_right_to_request_tokens_the_exchange_is_unknown(live: Live):
    live.instead = lambda request: FORBIDDEN if request.path.endswith("/greeter/token") else None
    findings = live.verify(0, "greeter")
    unknown = {finding.check: finding.next_step for finding in findings if finding.state == "unknown"}
    assert unknown == dict.fromkeys(
        ["sign-in", "read greeting"], "needs create serviceaccounts/token in namespace greeter"
    )
    assert exit_status(findings) == 3


def test_without_any_right_in_the_cluster_azure_is_still_verified(live: Live):
    live.instead = lambda request: FORBIDDEN if request.host == API else None
    findings = live.verify()
    assert {finding.state for finding in findings} == {"fine", "unknown"}, shown(findings)
    assert {finding.check for finding in findings if finding.state == "fine"} >= {
        "credential",
        "issuer",
        "vault",
    }
    assert all(finding.next_step.startswith("needs ") for finding in findings if finding.state == "unknown")
