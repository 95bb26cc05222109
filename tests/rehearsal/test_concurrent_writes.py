"""Writes that nothing orders are refused in every run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal.simulator_process import REPOSITORY
from tests.support.small_program import IDENTITY, program

pytestmark = pytest.mark.engine

UNCHAINED = """
import pulumi
from pulumi_azure_native import managedidentity

for name in ("one", "two"):
    managedidentity.FederatedIdentityCredential(
        name, resource_group_name="rg-test", resource_name_="id-app", issuer="https://issuer.example/",
        federated_identity_credential_resource_name=f"credential-{name}",
        subject=f"system:serviceaccount:demo:{name}", audiences=["api://AzureADTokenExchange"])
"""


def test_unchained_credentials_are_refused_in_20_of_20_runs(tmp_path: Path) -> None:
    """Each run is a process, so that what a failed update leaves in Pulumi's runtime ends with it.

    Each starts on a copy of one state folder.
    """
    unchained = program(tmp_path / "program", UNCHAINED)
    cloud = tmp_path / "cloud.yaml"
    cloud.write_text(IDENTITY)
    command = [sys.executable, "-c", TWENTY_RUNS, str(unchained.folder), str(cloud), str(tmp_path)]
    done = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == ["refused"] * 20


TWENTY_RUNS = """
import json, os, sys
from pathlib import Path

import yaml
from pulumi_azure_native.managedidentity import FederatedIdentityCredential  # once, for all forks

from rehearsal import operations, state_folder
from rehearsal.engine import EngineCommand, find_engine
from rehearsal.simulator_process import Simulators

folder, cloud, scratch = map(Path, sys.argv[1:])
quiet = lambda line: None
Simulators.module = "tests.support.overlapping_writes"
document = yaml.safe_load(cloud.read_text())
options = operations.RehearsalOptions(
    program=folder, cloud=document, skip_preview=True, show=quiet, warn=quiet
)
fresh = state_folder.prepare(scratch / "fresh", "dev", folder, None)
engine, results = EngineCommand(find_engine()), []
operations.open_stack_in(engine, fresh, options)


def run(number):
    copy = fresh.copy(scratch / f"run-{number}")
    stack = operations.open_stack_in(engine, copy, options)
    outcome = operations.run(stack, copy, "up", simulators, options, quiet)
    text = str(outcome.report.diagnostics)
    refused = "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity" in text
    return "refused" if refused and not outcome.succeeded else text


with Simulators() as simulators:
    for number in range(20):
        reader, writer = os.pipe()
        if os.fork() == 0:
            answer = "the run ended with an error of its own"
            try:
                answer = run(number)
            finally:
                os.write(writer, answer.encode()[:60000])
                os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as answers:
            results.append(answers.read())
        os.wait()
print(json.dumps(results), flush=True)
"""
