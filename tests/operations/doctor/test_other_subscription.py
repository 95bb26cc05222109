"""A cluster and a vault that exist in another subscription: looked for there, and with the rights there."""

import pytest

from rehearsal.data_planes.web import Answer
from rehearsal.simulators.azure.subscriptions import wrong_tenant
from tests.operations.azure.services import SUBSCRIPTION, TENANT, refused
from tests.operations.doctor.broken import set
from tests.operations.doctor.cloud import Cloud
from tests.operations.doctor.direct import findings_of
from tests.operations.doctor.documents import cluster, vault

HUB = "99999999-0000-4000-8000-00000000000b"
IN_THE_HUB = f"""
config:
  azure-native:location: westeurope
  aks-secrets:composition: workloads
  aks-secrets:cluster:
    existing: {{id: {cluster("aks-hub", "rg-hub")[0].replace(SUBSCRIPTION, HUB)}}}
  aks-secrets:vault:
    existing: {{id: {vault("kv-hub", "rg-hub")[0].replace(SUBSCRIPTION, HUB)}}}
  aks-secrets:operators: {{dapr: {{install: extension, version: 1.14.4-msft.10}}}}
  aks-secrets:workloads:
    - name: orders
      namespace: shop
      technique: sdk
      kind: none
      secrets: [{{name: db-password, from: existing}}]
"""


def hub() -> Cloud:
    cloud = Cloud()
    for arm_id, document in (cluster("aks-hub", "rg-hub"), vault("kv-hub", "rg-hub")):
        cloud.add((arm_id.replace(SUBSCRIPTION, HUB), document))
    return cloud


def test_what_exists_in_another_subscription_is_looked_for_there():
    assert [each.state for each in findings_of("cluster", IN_THE_HUB, hub())] == ["fine"]
    assert "is there, with RBAC authorization" in {
        each.text for each in findings_of("vaults", IN_THE_HUB, hub())
    }
    missing = [*findings_of("cluster", IN_THE_HUB, Cloud()), *findings_of("vaults", IN_THE_HUB, Cloud())]
    option = f"--subscription {HUB}"
    assert [(each.text, each.next_step) for each in missing if each.state == "wrong"] == [
        (
            f"there is no cluster aks-hub in resource group rg-hub of subscription {HUB}",
            f"az aks list --output table {option}",
        ),
        (
            f"there is no vault of the name in resource group rg-hub of subscription {HUB}",
            f"az keyvault list --output table {option}",
        ),
    ]


def test_a_vault_of_another_tenant_is_wrong():
    cloud = hub()
    set(cloud, "kv-hub", tenantId="77777777-0000-4000-8000-00000000000a")
    (wrong,) = [each for each in findings_of("vaults", IN_THE_HUB, cloud) if each.state == "wrong"]
    assert wrong.text.startswith("accepts tokens of tenant 77777777-0000-4000-8000-00000000000a only, and")


def test_the_deployer_needs_its_rights_in_each_subscription():
    cloud = hub()
    cloud.permissions[vault("kv-hub", "rg-hub")[0].replace(SUBSCRIPTION, HUB).lower()] = []
    seeding = IN_THE_HUB.replace("from: existing", "from: random")
    wrong = [each for each in findings_of("deployer_rights", seeding, cloud) if each.state == "wrong"]
    assert [each.check for each in wrong] == ["rights in vault kv-hub"]
    assert "Microsoft.KeyVault/vaults/secrets/write" in wrong[0].text
    findings_of("providers", IN_THE_HUB, cloud)
    provider = "/providers/Microsoft.KubernetesConfiguration"
    assert [line for line in cloud.requests if provider in line] == [f"GET /subscriptions/{HUB}{provider}"]


def test_a_refusal_in_another_subscription_leaves_what_the_stacks_own_one_answers():
    cloud = hub()
    group = f"/subscriptions/{HUB}/resourceGroups/rg-hub"
    cloud.add((group, {"id": group}))
    cloud.refusals[f"{group}/providers/Microsoft.Authorization/locks"] = refused(
        403, "AuthorizationFailed", "no"
    )
    stack = IN_THE_HUB.replace("from: existing", "from: random")
    findings = findings_of("locks", stack, cloud)
    assert [(each.check, each.state) for each in findings] == [
        ("management locks in resource group rg-hub", "unknown"),
        ("management locks", "fine"),
    ]


THEIRS = "77777777-0000-4000-8000-00000000000a"
_WRONG = wrong_tenant(TENANT, THEIRS)


@pytest.mark.parametrize(
    ("answer", "state", "text"),
    [
        ({"displayName": "hub", "state": "Enabled", "tenantId": TENANT}, "fine", "hub"),
        ({"displayName": "hub", "state": "Disabled"}, "wrong", "hub is Disabled: Azure refuses writes"),
        ({"tenantId": THEIRS}, "wrong", f"is in tenant {THEIRS}, and pulumi is signed in to {TENANT}"),
        (
            refused(401, _WRONG.code, _WRONG.message),
            "wrong",
            f"is in tenant {THEIRS}, and pulumi is signed in to {TENANT}",
        ),
        (
            refused(404, "SubscriptionNotFound", "The subscription could not be found."),
            "wrong",
            "there is none of that id, or the deployer has no role in it",
        ),
    ],
)
def test_another_subscription_is_looked_at(answer: object, state: str, text: str):
    cloud = hub()
    if isinstance(answer, Answer):
        cloud.override = lambda request: answer if request.path == f"/subscriptions/{HUB}" else None
    elif isinstance(answer, dict):
        cloud.add((f"/subscriptions/{HUB}", answer))
    (finding,) = findings_of("subscriptions", IN_THE_HUB, cloud)
    assert (finding.subject, finding.state, finding.text) == (f"subscription {HUB}", state, text)
