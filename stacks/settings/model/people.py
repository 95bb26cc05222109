"""Section ``people``: who manages the secrets' values."""

from enum import StrEnum

from stacks.settings.model.section import Section
from stacks.settings.types.azure import Guid


class DeployerType(StrEnum):
    """Principal types that can run `pulumi`. A group cannot."""

    USER = "User"
    SERVICE_PRINCIPAL = "ServicePrincipal"


class PeopleSettings(Section):
    """Principals that manage the secrets' values (role Key Vault Secrets Officer), by object id."""

    users: tuple[Guid, ...] = ()
    """Object ids of users."""
    groups: tuple[Guid, ...] = ()
    """Object ids of groups."""
    service_principals: tuple[Guid, ...] = ()
    """Object ids of service principals and managed identities; not their client ids."""
    current: bool = False
    """The identity that runs `pulumi`, too."""
    current_type: DeployerType | None = None
    """Principal type of the identity that runs `pulumi`; by default User after `az login`, else
    ServicePrincipal.
    """
