"""A run of doctor against a subscription that a test has changed."""

import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest

from operations.checks import Finding
from operations.commands.doctor import examine
from operations.effective_settings import stack_settings
from rehearsal.data_planes.proxy import Proxy
from rehearsal.data_planes.web import Endpoint
from tests.operations.azure.services import SIGN_IN, Entra
from tests.operations.doctor.cloud import Cloud, programs

REPOSITORY = Path(__file__).parents[3]
Doctor = Callable[..., list[Finding]]


@contextmanager
def services(
    cloud: Cloud, entra: Entra, folder: Path, more: Mapping[str, str], without: Iterable[str] = ()
) -> Iterator[None]:
    """The environment of a command whose only way out ends at the two services."""
    endpoints: dict[str, Endpoint] = {entra.host: entra, cloud.host: cloud}
    with Proxy(endpoints.get, folder).serving() as proxy:
        path = programs(folder, *{"pulumi", "pulumi-language-python", "kubelogin"}.difference(without))
        environment = {
            "HTTPS_PROXY": proxy.url,
            "REQUESTS_CA_BUNDLE": str(proxy.authority_file),
            "NO_PROXY": "",
            "PATH": path,
            **SIGN_IN,
            **more,
        }
        with mock.patch.dict(os.environ, environment):
            yield


@pytest.fixture
def doctor(tmp_path: Path) -> Doctor:
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
        with services(cloud or Cloud(), entra or Entra(), folder, environment or {}, without):
            return examine("stack", REPOSITORY, stack_settings("stack", REPOSITORY, file))

    return run
