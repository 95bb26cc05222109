"""A chain that fits together, and the two samples that the suite runs. Tests replace one link of it."""

import shutil
import sys
from pathlib import Path

import pytest

from rehearsal.data_planes.issuers import AUDIENCE
from tests.sdk.trust import FederatedCredential, Identity, Pod, Trust

SAMPLES = Path(__file__).parents[2] / "docs" / "sdk"
TENANT = "6d0f9f8a-6a5b-4c39-9f0e-0c2f6a3e1b11"
SECRETS = ("database-password", "api-key")

POD = Pod(
    issuer=f"https://westeurope.oic.prod-aks.azure.com/{TENANT}/0b9c7f3e-8d2a-4e51-b6f4-2f1f6f1c9a77/",
    namespace="shop",
    service_account="orders",
    client_id="2f5c1d7e-94b3-4a68-8c1d-7e0a3b9d6c55",
    tenant_id=TENANT,
    env={"KEYVAULT_URL": "https://kv-shop-3f9a.vault.azure.net/", "SECRET_NAMES": ",".join(SECRETS)},
)
CREDENTIAL = FederatedCredential(
    issuer=POD.issuer, subject="system:serviceaccount:shop:orders", audience=AUDIENCE
)
IDENTITY = Identity(
    client_id=POD.client_id,
    principal_id="b1e6a0d4-3c57-4f92-a8e9-5d4c2b7f8e03",
    credentials=(CREDENTIAL,),
    readable=frozenset(SECRETS),
)
TRUST = Trust(
    tenant_id=TENANT,
    vault_name="kv-shop-3f9a",
    secrets=frozenset({*SECRETS, "of-another-workload"}),
    identities=(IDENTITY,),
)


def python_sample() -> list[str | Path]:
    return [sys.executable, SAMPLES / "read_secret.py"]


def curl_sample() -> list[str | Path]:
    for tool in ("bash", "curl", "jq"):
        if shutil.which(tool) is None:
            pytest.fail(
                f"{tool} is needed to run docs/sdk/read-secret.sh; Debian, Ubuntu: apt install {tool}"
            )
    return ["bash", SAMPLES / "read-secret.sh"]
