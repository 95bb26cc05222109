"""A run of doctor against a subscription that a test has changed."""

import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest import mock

import pytest

from operations.checks import Finding
from operations.commands.doctor import examine
from operations.effective_settings import StackSettings, stack_settings
from rehearsal.data_planes.proxy import Proxy
from rehearsal.data_planes.web import Endpoint
from tests.operations.azure.services import SIGN_IN, Entra
from tests.operations.doctor.cloud import Cloud, programs

REPOSITORY = Path(__file__).parents[3]
Doctor = Callable[..., list[Finding]]


class Way(Proxy):
    """The only way out of several tests: it ends at the services of the one that runs."""

    def __init__(self, folder: Path) -> None:
        self.endpoints: dict[str, Endpoint] = {}
        super().__init__(lambda host: self.endpoints.get(host), folder)


@pytest.fixture(scope="session")
def way(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    way = Way(tmp_path_factory.mktemp("way"))
    with way.serving():
        yield way


@contextmanager
def services(
    way: Way, cloud: Cloud, entra: Entra, folder: Path, more: Mapping[str, str], without: Iterable[str] = ()
) -> Iterator[None]:
    """The environment of a command whose only way out ends at the two services.

    It has no other variables: `requests` looks at all of them in each request.
    """
    way.endpoints = {entra.host: entra, cloud.host: cloud}
    path = programs(folder, *{"pulumi", "pulumi-language-python", "kubelogin"}.difference(without))
    environment = {
        "HOME": str(folder),
        "HTTPS_PROXY": way.url,
        "REQUESTS_CA_BUNDLE": str(way.authority_file),
        "NO_PROXY": "",
        "PATH": path,
        **SIGN_IN,
        **more,
    }
    with mock.patch.dict(os.environ, environment, clear=True):
        yield


@cache
def settings_of(file: Path) -> StackSettings:
    return stack_settings("stack", REPOSITORY, file)


@pytest.fixture
def doctor(tmp_path: Path, way: Way) -> Doctor:
    """Runs doctor on a stack file, or on a text."""
    numbers = itertools.count()

    def run(
        stack: str | Path,
        cloud: Cloud | None = None,
        entra: Entra | None = None,
        environment: Mapping[str, str] | None = None,
        without: Iterable[str] = (),
    ) -> list[Finding]:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        file = stack if isinstance(stack, Path) else folder / "Pulumi.stack.yaml"
        if not isinstance(stack, Path):
            file.write_text(stack)
        with services(way, cloud or Cloud(), entra or Entra(), folder, environment or {}, without):
            return examine("stack", REPOSITORY, settings_of(file))

    return run
