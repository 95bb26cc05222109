"""The order of the steps, and the first failure: evidence, what to type, and everything goes."""

import json

import pytest

from operations.acceptance.plan import STEPS, plan_text
from operations.acceptance.prices import Price
from operations.acceptance.redaction import Redaction
from operations.acceptance.report import Report, differences
from rehearsal.data_planes.web import Answer
from tests.operations.acceptance.runs import ROOT, Runs
from tests.operations.azure.services import SUBSCRIPTION, refused

pytestmark = pytest.mark.servers


def _outcomes(report: Report) -> dict[str, str]:
    return {step.name: step.outcome for step in report.steps}


def test_every_step_is_taken_in_the_order_of_the_plan(runs: Runs):
    report = runs.take()
    assert [step.name for step in report.steps] == [step.name for step in STEPS]
    assert set(_outcomes(report).values()) == {"done"}
    steps = ["doctor", "up", "verify", "rotate", "up", "verify", "up", "verify", "destroy"]
    assert runs.done == steps, "a rotation and a move are updates"
    assert report.succeeded
    assert f"POST {runs.place}/purge".lower() in [each.lower() for each in runs.services.arm.requests]


def test_the_move_is_in_the_stack_file(runs: Runs):
    runs.take()
    workloads = runs.folder.read_stack()["config"]["aks-secrets:workloads"]
    assert {each["name"]: each["technique"] for each in workloads}["by-csi"] == "eso"


def test_a_doctor_that_finds_something_stops_it_before_anything_is_made(runs: Runs):
    runs.statuses["doctor"] = 1
    report = runs.take()
    assert (runs.done, _outcomes(report)) == (["doctor"], {"doctor": "failed"})
    assert report.steps[0].details == "by-csi: issuer: another one → up"


def test_a_question_that_azure_refuses_does_not_stop_it(runs: Runs):
    runs.statuses["doctor"] = 3
    assert runs.take().succeeded


def test_a_failure_is_explained_and_everything_goes(runs: Runs):
    report = runs.take("up")
    assert runs.done == ["doctor", "up", "destroy"]
    assert [step.name for step in report.steps][-2:] == ["clean-up: destroy", "clean-up: purge"]
    assert set(report.evidence) == {
        "Output",
        "Failed operations of Azure",
        "Pods",
        "Events",
        "Objects of the operators",
    }
    assert report.evidence["Pods"].startswith("cannot be read: POST ")
    assert not report.succeeded
    assert "SkuNotAvailable" in report.cause


def test_keep_leaves_everything_and_prints_the_clean_up(runs: Runs):
    runs.take("up", keep=True)
    assert runs.done == ["doctor", "up"]
    assert runs.shown[-4:] == [
        "everything stays (--keep); it costs money until you type:",
        f"  python -m operations acceptance --clean-up {runs.folder.path}",
        f"  az group delete --name {runs.names.resource_group} --yes",
        f"  az keyvault purge --name {runs.vault} --location westeurope",
    ]


def test_a_destroy_that_fails_says_what_costs_money(runs: Runs):
    report = runs.take("destroy")
    assert runs.done[-2:] == ["destroy", "destroy"], "the clean-up tries again"
    assert "something may be left; it costs money until you type:" in runs.shown
    assert not report.succeeded


def test_a_group_that_is_left_is_a_failure(runs: Runs):
    group = f"{ROOT}/resourcegroups/{runs.names.resource_group}"
    left = {"id": f"{group}/providers/microsoft.compute/disks/d"}
    runs.services.arm.answers[f"GET {group}"] = Answer(status=200, body={})
    runs.services.arm.answers[f"GET {group}/resources"] = Answer(status=200, body={"value": [left]})
    report = runs.take()
    assert _outcomes(report)["destroy"] == "failed"
    assert left["id"] in next(step.details for step in report.steps if step.name == "destroy")


def test_a_purge_that_is_refused_is_a_failure(runs: Runs):
    runs.services.arm.answers[f"POST {runs.place}/purge"] = refused(403, "AuthorizationFailed", "no right")
    assert _outcomes(runs.take())["purge"] == "failed"


def test_the_plan_says_what_it_makes_takes_and_costs(runs: Runs):
    price = Price(0.12, "USD", "2024-05-01", "2026-11-30")
    text = plan_text(runs.folder, "westeurope", "Standard_D2s_v5", price, keep=False)
    assert f"the resource group {runs.names.resource_group}, and in it" in text
    cost = "Cost: about 0.36 USD for 2 nodes and 1.5 hours, at 0.12 USD an hour (https://prices.azure.com"
    assert cost in text
    assert "read 2026-11-30, valid since 2024-05-01" in text
    assert "about 96 minutes at most" in text
    without = plan_text(runs.folder, "westeurope", "Standard_D2s_v5", None, keep=True)
    assert "at a price that https://prices.azure.com/api/retail/prices did not tell" in without
    assert "--keep: a failure leaves everything as it is" in without


def test_the_report_shows_nothing_of_the_subscription(runs: Runs):
    report = runs.take("up")
    caller = runs.services.session.caller
    secrets = [SUBSCRIPTION, caller.object_id, caller.tenant_id, runs.vault, "10.1.2.3", "ada@example.org"]
    report.evidence["Events"] = " ".join([*secrets, "Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"])
    redact = Redaction({runs.vault: "<vault>", SUBSCRIPTION: "<subscription>"})
    for text in (report.markdown(redact), report.document(redact)):
        assert [each for each in [*secrets, "eyJ"] if each in text] == []
    assert "<vault>" in report.markdown(redact)


def test_what_differs_from_the_rehearsal_is_listed(runs: Runs):
    report = runs.take()
    redact = Redaction({})
    rehearsed = json.loads(report.document(redact))
    assert differences(rehearsed, report, redact) == []
    verify = next(step for step in report.steps if step.name == "verify")
    verify.facts["findings"]["by-csi, issuer"] = "unknown"
    report.steps[1].facts["resources"] = {"azure-native:keyvault:Vault": 2}
    assert differences(rehearsed, report, redact) == [
        "up: resources: azure-native:keyvault:Vault: 2, rehearsed: 1",
        "verify: findings: by-csi, issuer: unknown, rehearsed: fine",
    ]
