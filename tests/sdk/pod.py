"""Runs a command the way a pod runs it: the variables of its manifest, those of the AKS webhook, a token
file, and no other way out.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from rehearsal.data_planes.credentials import HOST
from rehearsal.data_planes.faults import PlaneFaults
from rehearsal.data_planes.issuers import AUDIENCE, Issuer, issuer_of
from rehearsal.data_planes.planes import Planes
from rehearsal.data_planes.proxy import Proxy
from rehearsal.simulators.azure.containerservice.clusters import CLUSTER
from rehearsal.simulators.world import World as Cloud
from tests.sdk.seeded import Vault, seeded
from tests.sdk.trust import Pod, Trust


@dataclass(frozen=True)
class Finished:
    status: int
    output: str
    """Standard output."""
    errors: str


@dataclass(kw_only=True)
class World:
    """Azure, one cluster and the way between them, for as long as ``world`` serves it."""

    planes: Planes
    vault: Vault
    folder: Path
    token: str = field(repr=False)

    @property
    def proxy(self) -> Proxy:
        return self.planes.proxy

    def run(
        self,
        command: Sequence[str | Path],
        pod: Pod,
        *,
        more: Mapping[str, str] | None = None,
        webhook: bool = True,
    ) -> Finished:
        """Fails the test when a secret's value or the pod's token is printed, without saying it once more."""
        environment = {
            # what a container of any image has:
            # https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "KUBERNETES_SERVICE_HOST": "10.0.0.1",
            **pod.env,
            **(self._webhook(pod) if webhook else {}),
            **self.planes.way_out(),
            "READ_WAIT_SECONDS": "0",
            **(more or {}),
        }
        done = subprocess.run(
            command,
            env=environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        printed = done.stdout + done.stderr
        if leaked := self.vault.appears_in(printed) + ["the ServiceAccount token"] * (self.token in printed):
            pytest.fail(f"the output holds {', '.join(leaked)}")
        return Finished(done.returncode, done.stdout, done.stderr)

    def _webhook(self, pod: Pod) -> dict[str, str]:
        """https://learn.microsoft.com/azure/aks/workload-identity-overview; it injects what is set only
        (webhook.go).
        """
        token_file = self.folder / "azure-identity-token"
        token_file.write_text(self.token)
        return {
            "AZURE_CLIENT_ID": pod.client_id,
            "AZURE_TENANT_ID": pod.tenant_id,
            "AZURE_FEDERATED_TOKEN_FILE": str(token_file),
            "AZURE_AUTHORITY_HOST": f"https://{HOST}/",
        }


@contextmanager
def world(
    trust: Trust,
    pod: Pod,
    folder: Path,
    *,
    audience: str = AUDIENCE,
    age_seconds: int = 0,
    signed_by: str = "",
    unsettled_credential: int = 0,
    unsettled_role: int = 0,
) -> Iterator[World]:
    """Serves what ``trust`` holds, to a pod whose token is made from ``pod``; the other parameters make
    something wrong with that token, or let the first requests come too early.
    """
    faults = PlaneFaults(unsettled_credentials=unsettled_credential, unsettled_roles=unsettled_role)
    with serving(
        seeded(folder, trust, pod),
        pod,
        folder,
        faults,
        vault=trust.vault_name,
        audience=audience,
        age_seconds=age_seconds,
        signed_by=signed_by,
    ) as here:
        yield here


@contextmanager
def serving(
    cloud: Cloud,
    pod: Pod,
    folder: Path,
    faults: PlaneFaults | None = None,
    *,
    vault: str,
    audience: str = AUDIENCE,
    age_seconds: int = 0,
    signed_by: str = "",
) -> Iterator[World]:
    """Serves a cloud to the pod. ``signed_by``: whose key signs the pod's token; empty: its cluster's."""
    own = next(
        issuer.key_id
        for cluster in cloud.of_type(CLUSTER)
        if (issuer := issuer_of(cluster)).url == pod.issuer
    )
    issuer = Issuer(url=pod.issuer, key_id=signed_by or own)
    token = issuer.token(pod.subject, audience, age_seconds=age_seconds)
    with Planes(cloud, folder, faults).serving() as planes:
        yield World(planes=planes, vault=Vault(cloud, vault), folder=folder, token=token)
