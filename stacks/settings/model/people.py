"""Section ``people``: who may manage and read secrets."""

from enum import StrEnum

from stacks.settings.model.section import Section
from stacks.settings.types.azure import Guid


class DeployerType(StrEnum):
    """What can run `pulumi`: no group can."""

    USER = "User"
    SERVICE_PRINCIPAL = "ServicePrincipal"


class PeopleSettings(Section):
    """Who manages the secrets' values (Key Vault Secrets Officer on the vault), by object id."""

    users: tuple[Guid, ...] = ()
    """Object ids of users."""
    groups: tuple[Guid, ...] = ()
    """Object ids of groups."""
    service_principals: tuple[Guid, ...] = ()
    """Object ids of service principals and managed identities, not their client ids."""
    current: bool = False
    """Whoever runs `pulumi`, too."""
    current_type: DeployerType | None = None
    """What whoever runs `pulumi` is; if not given, User for `az login`, else ServicePrincipal."""
