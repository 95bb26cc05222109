"""The principal that runs ``pulumi``, and its subscription."""

from dataclasses import dataclass

from pulumi_azure_native import authorization

from components.authorization.role_assignments import Principal
from components.authorization.roles import PrincipalType
from components.resource_ids import ArmId
from stacks.settings import Settings

# Client id of the Azure CLI. A user who signs in with `az login` gets tokens through this application:
# https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in
_AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"


@dataclass(frozen=True)
class Deployer:
    """The principal and its subscription in plain strings, known from the first preview on."""

    subscription_id: str
    tenant_id: str
    object_id: str
    principal: Principal

    def reaches(self, arm_id: str) -> bool:
        """Whether a resource is in the subscription of ``pulumi``, the one of the default provider."""
        return ArmId.parse(arm_id).subscription_id.lower() == self.subscription_id.lower()


async def find_deployer(kind: PrincipalType | None) -> Deployer:
    """The deployer as the provider returns it, also at a preview.

    The provider returns no principal type: of the token it reads only the ``appid`` claim. Without ``kind``
    the type follows from the application that got the token.
    """
    config = await authorization.get_client_config_output().future()
    if config is None:
        raise RuntimeError("the Azure provider returned no client config")
    if kind is None:
        kind = PrincipalType.USER if config.client_id == _AZURE_CLI else PrincipalType.SERVICE_PRINCIPAL
    return Deployer(
        config.subscription_id,
        config.tenant_id,
        config.object_id,
        Principal("deployer", config.object_id, kind),
    )


def deployer_type(settings: Settings) -> PrincipalType | None:
    """Principal type of the deployer, from ``people.current_type``. None: not configured."""
    configured = settings.people.current_type
    return None if configured is None else PrincipalType(configured.value)
