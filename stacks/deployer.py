"""Who runs ``pulumi``, where: the one thing that the program asks Azure before it makes anything."""

from dataclasses import dataclass

from pulumi_azure_native import authorization

from components.authorization.role_assignments import Principal
from components.authorization.roles import PrincipalType
from components.resource_ids import ArmId
from stacks.settings import Settings

# The public client id of the Azure CLI: whoever signs in with `az login` gets tokens through this application, and is a user.
# https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in (Microsoft Azure CLI)
_AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"


@dataclass(frozen=True)
class Deployer:
    """The subscription and the principal behind this run, as plain strings: names and scopes are known from the first preview on."""

    subscription_id: str
    tenant_id: str
    object_id: str
    principal: Principal

    def reaches(self, arm_id: str) -> bool:
        """Whether it is of the subscription in which ``pulumi`` runs: the provider asks, and writes into, no other."""
        return ArmId.parse(arm_id).subscription_id.lower() == self.subscription_id.lower()


async def find_deployer(kind: PrincipalType | None) -> Deployer:
    """Ask the provider who it is; the answer is there at every preview.

    It does not say what kind of principal it is (it reads the ``appid`` claim of a token, and no more), so that is told from the
    application that got the token, unless ``kind`` says it.
    """
    found = await authorization.get_client_config_output().future()
    if found is None:
        raise RuntimeError("the Azure provider does not say who is signed in")
    if kind is None:
        kind = PrincipalType.USER if found.client_id == _AZURE_CLI else PrincipalType.SERVICE_PRINCIPAL
    return Deployer(
        found.subscription_id, found.tenant_id, found.object_id, Principal("deployer", found.object_id, kind)
    )


def deployer_type(settings: Settings) -> PrincipalType | None:
    """What whoever runs ``pulumi`` is, if the settings say so."""
    said = settings.people.current_type
    return None if said is None else PrincipalType(said.value)
