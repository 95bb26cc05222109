"""Certificates of a vault, which the vault itself is asked for."""

import pytest

from operations.azure.refusals import KEY_VAULT, AzureRefusedError
from operations.doctor.existing import secrets
from tests.operations.doctor.direct import findings_of
from tests.operations.doctor.test_existing import KEYS, there

SERVED = """
config:
  azure-native:location: westeurope
  aks-secrets:composition: workloads
  aks-secrets:cluster: {existing: {name: aks, resource_group: rg}, resource_group: rg}
  aks-secrets:vault: {existing: {name: kv-keys, resource_group: rg-keys}}
  aks-secrets:workloads:
    - name: shop
      namespace: shop
      technique: sdk
      kind: none
      secrets: [{name: web-tls, type: cert, from: existing}, {name: etcd, type: key, from: existing}]
"""


@pytest.mark.parametrize(
    ("code", "step"),
    [
        ("ForbiddenByRbac", f'--role "Key Vault Reader" --scope {KEYS}'),
        ("ForbiddenByFirewall", "az keyvault network-rule add --name kv-keys --ip-address"),
        ("ForbiddenByConnection", "run doctor in the vault's network"),
    ],
)
def test_a_certificate_that_may_not_be_asked_hides_nothing_else(
    monkeypatch: pytest.MonkeyPatch, code: str, step: str
) -> None:
    def refuse(*_: object) -> bool:
        raise AzureRefusedError("certificate web-tls", part=KEY_VAULT, status=403, code=code)

    monkeypatch.setattr(secrets, "_has_certificate", refuse)
    by_check = {finding.check: finding for finding in findings_of("secrets", SERVED, there())}
    assert by_check["certificate web-tls"].state == "unknown"
    assert step in by_check["certificate web-tls"].next_step
    assert by_check["key etcd"].state == "fine"
