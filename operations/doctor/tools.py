"""The programs on this machine that `pulumi up` starts.

Deliberately not here: git, make and what only development needs.
"""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.doctor.family import family
from operations.doctor.kubernetes_rights import needs_kubelogin

_SUBJECT: Final = "this machine"
_VERSION: Final = re.compile(r"v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})")
_SECONDS: Final = 30
_INSTALL_PULUMI: Final = "install the whole CLI: https://www.pulumi.com/docs/install"


@family(asks_azure=False)
def programs_are_installed(examination: Examination) -> Iterator[Check]:
    """Pulumi with its Python language host."""
    yield Check(_SUBJECT, "pulumi", lambda: [_pulumi(examination)])


@family(asks_azure=True)
def kubelogin_is_installed(examination: Examination) -> Iterator[Check]:
    """kubelogin, where the kubeconfig of the cluster runs it."""
    yield Check(_SUBJECT, "kubelogin", lambda: _kubelogin(examination))


def _pulumi(examination: Examination) -> Finding:
    path = examination.environment.get("PATH")
    program = shutil.which("pulumi", path=path)
    if program is None:
        return Finding(_SUBJECT, "pulumi", "wrong", "the Pulumi CLI is not on PATH", _INSTALL_PULUMI)
    version = _version_of([program, "version"])
    least = importlib.metadata.version("pulumi")
    if version is None:
        return Finding(_SUBJECT, "pulumi", "wrong", f"{program} prints no version", _INSTALL_PULUMI)
    if version < _numbers(least):
        text = f"{'.'.join(map(str, version))} is older than the program's SDK, {least}"
        return Finding(_SUBJECT, "pulumi", "wrong", text, _INSTALL_PULUMI)
    # beside the CLI, or on PATH: https://github.com/pulumi/pulumi, sdk/go/common/workspace/plugins.go
    host = "pulumi-language-python"
    if not shutil.which(host, path=path) and not Path(program).resolve().with_name(host).exists():
        text = f"the language host {host} is neither beside the CLI nor on PATH"
        return Finding(_SUBJECT, "pulumi", "wrong", text, _INSTALL_PULUMI)
    return Finding(
        _SUBJECT, "pulumi", "fine", f"{'.'.join(map(str, version))}, with its Python language host"
    )


def _kubelogin(examination: Examination) -> Iterator[Finding]:
    is_needed = needs_kubelogin(examination)
    if is_needed is False:
        text = "not needed: the kubeconfig holds its own credential"
        yield Finding(_SUBJECT, "kubelogin", "fine", text)
    elif shutil.which("kubelogin", path=examination.environment.get("PATH")):
        yield Finding(_SUBJECT, "kubelogin", "fine", "is on PATH")
    elif is_needed:
        text = "kubelogin is not on PATH, and the kubeconfig of a cluster with Entra ID runs it"
        step = "az aks install-cli, or https://azure.github.io/kubelogin/install.html"
        yield Finding(_SUBJECT, "kubelogin", "wrong", text, step)


def _version_of(command: list[str]) -> tuple[int, ...] | None:
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return _numbers(done.stdout) or None


def _numbers(text: str) -> tuple[int, ...]:
    match = _VERSION.search(text)
    return tuple(map(int, match.groups())) if match else ()
