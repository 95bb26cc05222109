"""The order of the steps, and the first failure: evidence, what to type, and everything goes."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from operations.acceptance.plan import STEPS, plan_text
from operations.acceptance.prices import Price
from operations.acceptance.processes import Finished
from operations.acceptance.redaction import Redaction
from operations.acceptance.report import Report, differences
from operations.acceptance.run import Acceptance
from operations.acceptance.run_folder import RunFolder
from operations.effective_settings import stack_settings
from operations.errors import OperationError
from rehearsal.data_planes.web import Answer
from stacks.settings.azure_names import AzureNames
from tests.operations.azure.services import SUBSCRIPTION, Azure, azure, refused

pytestmark = pytest.mark.servers

REPOSITORY = Path(__file__).parents[3]
ROOT = f"/subscriptions/{SUBSCRIPTION}"


class Engine:
    """A stand-in that makes and deletes nothing."""

    version = "3.256.0"

    def __init__(self, done: list[str], fails: str = "") -> None:
        self.done, self.fails, self.lines = done, fails, ["error: no room"]

    def _operate(self, name: str) -> None:
        self.done.append(name)
        if self.fails == name:
            raise OperationError('Code="SkuNotAvailable" Message="The requested size is not available"')

    def up(self) -> dict[str, int]:
        self._operate("up")
        return {"create": 3}

    def destroy(self) -> None:
        self._operate("destroy")

    def resources(self) -> dict[str, int]:
        return {"azure-native:keyvault:Vault": 1}

    def versions(self) -> dict[str, str]:
        return {"Kubernetes": "1.36.2"}


class Runs:
    """An acceptance whose cloud is a table."""

    def __init__(self, folder: Path, services: Azure) -> None:
        self.done: list[str] = []
        self.shown: list[str] = []
        self.statuses: dict[str, int] = {}
        self.services = services
        self.folder = RunFolder.create(folder, REPOSITORY, "westeurope", "Standard_D2s_v5")
        settings = stack_settings(self.folder.stack, REPOSITORY, self.folder.stack_file).settings
        assert settings
        self.names = AzureNames.of(settings, SUBSCRIPTION)
        deleted = f"{ROOT}/providers/microsoft.keyvault/deletedvaults"
        self.vault = self.names.vaults[None].name
        body = {"value": [{"name": self.vault, "properties": {"location": "westeurope"}}]}
        services.arm.answers[f"GET {deleted}"] = Answer(status=200, body=body)
        place = f"{ROOT}/providers/microsoft.keyvault/locations/westeurope/deletedvaults/{self.vault}"
        services.arm.answers[f"POST {place}/purge"] = Answer(status=202, body={})
        self.place = place

    def operation(self, folder: RunFolder, show: Callable[[str], None], command: str, *_: str) -> Finished:
        self.done.append(command)
        status = self.statuses.get(command, 0)
        state = "wrong" if status == 1 else "fine"
        row = {
            "subject": "by-csi",
            "check": "issuer",
            "state": state,
            "text": "another one",
            "nextStep": "up",
        }
        return Finished(status, "", {"delivery": {"findings": [row]}})

    def take(self, fails: str = "", *, keep: bool = False) -> Report:
        report = Report(
            run=self.folder.stack,
            rehearsed=False,
            location="westeurope",
            vm_size="Standard_D2s_v5",
            started="2026-11-30T10:00:00Z",
        )
        engine = Engine(self.done, fails)
        work = Acceptance(
            self.folder,
            self.services.session,
            self.names,
            report,
            self.shown.append,
            keep=keep,
            open_engine=lambda *_: engine,
            run_operation=self.operation,
        )
        work.run()
        return report


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    with azure(tmp_path) as services:
        yield Runs(tmp_path / "runs", services)


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


def test_an_interrupt_cleans_up_too(runs: Runs, monkeypatch: pytest.MonkeyPatch):
    def interrupt(_: Engine) -> dict[str, Any]:
        raise KeyboardInterrupt

    monkeypatch.setattr(Engine, "up", interrupt)
    report = runs.take()
    assert (report.steps[1].details, runs.done[-1]) == ("interrupted", "destroy")


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
