"""Reads of a stack's secrets by real parts: tokens of a real API server, Azure's own clients, over TLS.

Azure's end is the data planes, which check the credentials and roles that the simulated cloud declares. Only
what the objects in the cluster say is used. Two techniques have a real reader here: applications that read by
themselves, and, by the documented rules of the Azure provider, the CSI driver's classes. What others read is
listed as simulated.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import yaml

from rehearsal.data_planes.credentials import HOST
from rehearsal.data_planes.issuers import AUDIENCE, issuer_url
from rehearsal.data_planes.planes import Planes
from rehearsal.real_cluster.client import Client
from rehearsal.real_cluster.cluster import RealCluster
from rehearsal.real_cluster.clusters import RealClusters
from rehearsal.simulators.azure.containerservice.clusters import CLUSTER
from rehearsal.simulators.kubernetes.api.errors import ApiError
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import POD, SERVICE_ACCOUNT, Manifest
from rehearsal.simulators.world import World

SDK: Final = "azure-identity and azure-keyvault-secrets, with the pod's own token"
CSI: Final = "the class's objects, by the Azure provider's rules, with the pod's own token"
SIMULATED: Final = "simulated"
_CLASS: Final = GroupVersionKind("secrets-store.csi.x-k8s.io", "v1", "SecretProviderClass")
_DRIVER: Final = "secrets-store.csi.k8s.io"
_LABEL: Final = "azure.workload.identity/use"
_ANNOTATION: Final = "azure.workload.identity/"
_SECONDS: Final = 60

# https://learn.microsoft.com/python/api/overview/azure/keyvault-secrets-readme; a value is never printed.
_READER: Final = """
import sys
from azure.core.exceptions import AzureError
from azure.identity import WorkloadIdentityCredential
from azure.keyvault.secrets import SecretClient
try:
    with SecretClient(sys.argv[1], WorkloadIdentityCredential()) as client:
        print(client.get_secret(sys.argv[2], sys.argv[3] or None).properties.version)
except AzureError as error:
    sys.exit(str(error))
"""


@dataclass(frozen=True, kw_only=True)
class Read:
    """One secret of a workload, and what has read it."""

    workload: str
    secret: str
    part: str
    version: str = ""
    refusal: str = ""
    """Why it could not be read; empty if it was, and where the part is simulated."""


@dataclass(frozen=True, kw_only=True)
class _Request:
    """What is asked of a vault, and as whom."""

    vault: str
    secret: str
    version: str
    client_id: str
    tenant_id: str


class RefusedError(Exception):
    """A link of the chain that is broken before anything is asked."""


@contextmanager
def reading(world: World) -> Iterator[Reader]:
    """Real servers for the clusters of the world, and its data planes, during the block."""
    with ExitStack() as contexts:
        scratch = Path(contexts.enter_context(TemporaryDirectory(prefix="rehearsal-reads-")))
        planes = contexts.enter_context(Planes(world, scratch).serving())
        clusters = RealClusters(world, contexts)
        by_issuer = {
            issuer_url(resource): clusters.open(resource.id) for resource in list(world.of_type(CLUSTER))
        }
        for cluster in by_issuer.values():
            cluster.await_pods()
        yield Reader(by_issuer, planes, scratch)


@dataclass(frozen=True)
class Reader:
    """Reads secrets as pods of the clusters do."""

    clusters: Mapping[str, RealCluster]
    """Issuer of a cluster's tokens → the cluster."""
    planes: Planes
    scratch: Path

    def read(self, row: Mapping[str, Any]) -> Read:
        """`row` of the output `access`: which workload has which secret. What is asked, and as whom, is read
        from the objects in the cluster.
        """
        place = {"workload": f"{row['namespace']}/{row['workload']}", "secret": str(row["secret"])}
        reader, cluster = _READERS.get(str(row["technique"])), self.clusters.get(str(row.get("issuer")))
        if reader is None or cluster is None:
            return Read(**place, part=SIMULATED)
        part, request_of = reader
        try:
            version = _version(cluster.client, row, request_of(cluster, row), self.planes, self.scratch)
        except (ApiError, RefusedError) as error:
            return Read(**place, part=part, refusal=str(error))
        return Read(**place, part=part, version=version)


def _by_itself(cluster: RealCluster, row: Mapping[str, Any]) -> _Request:
    """https://learn.microsoft.com/azure/aks/workload-identity-overview: the webhook reads the ServiceAccount,
    and acts on pods with its label.
    """
    for pod in _pods(cluster, row):
        if mapping(pod["metadata"].get("labels")).get(_LABEL) != "true":
            raise RefusedError(f"pod {pod['metadata']['name']} lacks the label {_LABEL}: it gets no token")
    account = cluster.client.get(SERVICE_ACCOUNT, str(row["namespace"]), str(row["serviceAccount"])) or {}
    annotations = mapping(mapping(account.get("metadata")).get("annotations"))
    return _Request(
        vault=f"https://{row['vault']}.vault.azure.net/",
        secret=str(row["secret"]),
        version="",
        client_id=str(annotations.get(f"{_ANNOTATION}client-id", "")),
        tenant_id=str(annotations.get(f"{_ANNOTATION}tenant-id", "")),
    )


def _by_class(cluster: RealCluster, row: Mapping[str, Any]) -> _Request:
    """The object of the class that a pod mounts.

    https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/configurations/identity-access-modes/workload-identity-mode/
    """
    for pod in _pods(cluster, row):
        for volume in mappings(mapping(pod.get("spec")).get("volumes")):
            csi = mapping(volume.get("csi"))
            name = str(mapping(csi.get("volumeAttributes")).get("secretProviderClass"))
            if csi.get("driver") != _DRIVER:
                continue
            class_ = cluster.client.get(_CLASS, str(row["namespace"]), name) or {}
            parameters = mapping(mapping(class_.get("spec")).get("parameters"))
            for text in yaml.safe_load(parameters.get("objects", "{}")).get("array", ()):
                object_ = yaml.safe_load(text)
                if (object_["objectType"], object_["objectName"]) == ("secret", row["secret"]):
                    return _Request(
                        vault=f"https://{parameters.get('keyvaultName')}.vault.azure.net/",
                        secret=object_["objectName"],
                        version=str(object_.get("objectVersion") or ""),
                        client_id=str(parameters.get("clientID", "")),
                        tenant_id=str(parameters.get("tenantId", "")),
                    )
    raise RefusedError("no pod mounts a class with this object")


_READERS: Final = {"sdk": (SDK, _by_itself), "csi": (CSI, _by_class)}
"""Technique → what reads its secrets here, and what that asks for. No module of the CSI driver's provider is
served; the others' operators are simulated.
"""


def _pods(cluster: RealCluster, row: Mapping[str, Any]) -> list[Manifest]:
    account = row["serviceAccount"]
    return [
        pod
        for pod in cluster.client.all_of(POD, str(row["namespace"]))
        if mapping(pod.get("spec")).get("serviceAccountName") == account
    ]


def _version(client: Client, row: Mapping[str, Any], request: _Request, planes: Planes, scratch: Path) -> str:
    """The version that was read. Raises ApiError and RefusedError."""
    path = f"/api/v1/namespaces/{row['namespace']}/serviceaccounts/{row['serviceAccount']}/token"
    answer = client.request("POST", path, {"spec": {"audiences": [AUDIENCE]}})
    token = scratch / "token"
    token.touch(mode=0o600)
    token.write_text(answer["status"]["token"], encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", _READER, request.vault, request.secret, request.version],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(scratch),
            "AZURE_AUTHORITY_HOST": f"https://{HOST}/",
            "AZURE_CLIENT_ID": request.client_id,
            "AZURE_TENANT_ID": request.tenant_id,
            "AZURE_FEDERATED_TOKEN_FILE": str(token),
            **planes.way_out(),
        },
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise RefusedError(_in_one_line(done.stderr))
    return done.stdout.strip()


def _in_one_line(text: str) -> str:
    """What Azure has sent, in the clients' message; else its beginning."""
    for pattern in (r"AADSTS\d+: .*?(?=Trace ID|\n|$)", r"\((?!invalid_)\w+\) [^\n]*"):
        if match := re.search(pattern, text):
            return match[0].strip()
    return " ".join(text.split())[:300]
