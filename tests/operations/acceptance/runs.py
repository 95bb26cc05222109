"""An acceptance whose engine, operations and cloud are stand-ins."""

from collections.abc import Callable
from pathlib import Path

from operations.acceptance.processes import Finished
from operations.acceptance.report import Report
from operations.acceptance.run import Acceptance
from operations.acceptance.run_folder import RunFolder
from operations.effective_settings import stack_settings
from operations.errors import OperationError
from rehearsal.data_planes.web import Answer
from stacks.settings.azure_names import AzureNames
from tests.operations.azure.services import SUBSCRIPTION, Azure

REPOSITORY = Path(__file__).parents[3]
ROOT = f"/subscriptions/{SUBSCRIPTION}"


class Engine:
    """A stand-in that makes and deletes nothing."""

    version = "3.256.0"

    def __init__(self, begin: Callable[[str], None], fails: str = "") -> None:
        self.begin, self.fails, self.lines = begin, fails, ["error: no room"]

    def _operate(self, name: str) -> None:
        self.begin(name)
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
        self.errors: dict[str, list[BaseException]] = {}
        """Engine operation or command → errors of its next calls."""
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

    def begin(self, name: str) -> None:
        self.done.append(name)
        if errors := self.errors.get(name):
            raise errors.pop(0)

    def operation(self, folder: RunFolder, show: Callable[[str], None], command: str, *_: str) -> Finished:
        self.begin(command)
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
        """The report of a whole run."""
        work = self.work(fails, keep=keep)
        work.run()
        return work.report

    def work(self, fails: str = "", *, keep: bool = False) -> Acceptance:
        """A run that has not begun."""
        report = Report(
            run=self.folder.stack,
            rehearsed=False,
            location="westeurope",
            vm_size="Standard_D2s_v5",
            started="2026-11-30T10:00:00Z",
        )
        engine = Engine(self.begin, fails)
        return Acceptance(
            self.folder,
            self.services.session,
            self.names,
            report,
            self.shown.append,
            keep=keep,
            open_engine=lambda *_: engine,
            run_operation=self.operation,
        )
