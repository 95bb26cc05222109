"""ARM lists locks, deny assignments and policies of the --cloud file, and keeps to them and custom roles."""

from pathlib import Path
from typing import Any

import pytest

from operations.azure.api_versions import AUTHORIZATION, CONTAINER_SERVICE, LOCKS, POLICY, POLICY_RESTRICTIONS
from operations.azure.permissions import permissions_at
from operations.azure.reads import AzureReads
from operations.azure.refusals import AzureRefusedError
from operations.azure.session import AzureSession
from rehearsal.simulators.azure.arm import SUBSCRIPTION
from tests.rehearsal.data_planes.worlds import CLUSTER, GROUP, VAULT, signed_in

pytestmark = pytest.mark.servers

ROOT = f"/subscriptions/{SUBSCRIPTION}"
AUTHORIZATION_PATH = "providers/Microsoft.Authorization"
CLOUD: dict[str, Any] = {
    "locks": [{"level": "ReadOnly", "scope": VAULT.removeprefix(ROOT), "name": "keep"}],
    "denials": [{"name": "stack", "actions": ["Microsoft.ContainerService/managedClusters/list*"]}],
    "policies": [
        {
            "name": "closed",
            "type": "Microsoft.KeyVault/vaults",
            "path": "properties.publicNetworkAccess",
            "values": ["Enabled", None],
        }
    ],
    "roles": ["Deployer"],
    "customRoles": [
        {"name": "Deployer", "actions": ["*"], "notActions": ["Microsoft.KeyVault/vaults/write"]}
    ],
}


def test_the_rules_of_others_are_listed_and_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with signed_in(tmp_path, monkeypatch, subscriptions=[CLOUD]):
        session = AzureSession.open()
        locks = f"{AUTHORIZATION_PATH}/locks"
        (lock,) = session.pages(f"{GROUP}/{locks}", LOCKS)
        assert (lock["id"], lock["properties"]["level"]) == (f"{VAULT}/{locks}/keep", "ReadOnly")
        assert session.pages(f"{GROUP}/{locks}", LOCKS, **{"$filter": "atScope()"}) == []
        assert session.pages(f"{CLUSTER}/{locks}", LOCKS) == []

        (denial,) = session.pages(f"{GROUP}/{AUTHORIZATION_PATH}/denyAssignments", AUTHORIZATION)
        assert denial["properties"]["denyAssignmentName"] == "stack"
        with pytest.raises(AzureRefusedError, match="however, the access is denied") as refused:
            session.post(f"{CLUSTER}/listClusterUserCredential", CONTAINER_SERVICE)
        assert (refused.value.status, refused.value.code) == (403, "DenyAssignmentAuthorizationFailed")

        (policy,) = session.pages(f"{GROUP}/{AUTHORIZATION_PATH}/policyAssignments", POLICY)
        assert policy["properties"]["enforcementMode"] == "Default"

        def evaluations(**properties: Any) -> list[Any]:
            content = {"type": "Microsoft.KeyVault/vaults", "name": "kv", "properties": properties}
            answer = session.post(
                f"{GROUP}/providers/Microsoft.PolicyInsights/checkPolicyRestrictions",
                POLICY_RESTRICTIONS,
                {"resourceDetails": {"resourceContent": content}},
            )
            return answer["contentEvaluationResult"]["policyEvaluations"]

        assert evaluations(publicNetworkAccess="Disabled") == []
        (evaluation,) = evaluations(publicNetworkAccess="Enabled")
        assert evaluation["policyInfo"]["policyAssignmentId"] == policy["id"]

        permissions = permissions_at(AzureReads(session), GROUP)
        assert permissions.allow("Microsoft.ContainerService/managedClusters/write")
        assert not permissions.allow("Microsoft.KeyVault/vaults/write")
        above = permissions_at(AzureReads(session), VAULT.replace("kv-planes", "kv-not-there"))
        assert above.scope == GROUP, "a scope that is not there yet inherits"
        assert permissions_at(AzureReads(session), f"{ROOT}/resourceGroups/not-there").scope == ROOT
        definitions = session.pages(f"{ROOT}/{AUTHORIZATION_PATH}/roleDefinitions", AUTHORIZATION)
        (own,) = [each for each in definitions if each["properties"]["type"] == "CustomRole"]
        assert own["properties"]["assignableScopes"] == [ROOT]
