"""Section ``identities``: user-assigned identities that several workloads share."""

from stacks.settings.model.existing import ExistingIdentity
from stacks.settings.model.section import Section
from stacks.settings.types.azure import IdentityName, IdentityResourceName


class IdentitySettings(Section):
    """An identity that several workloads share, and with it every right of each."""

    name: IdentityName
    """What workloads write at `identity`."""
    existing: ExistingIdentity | None = None
    """One that is there already: it gets federated credentials and grants, and is otherwise left alone."""
    resource_name: IdentityResourceName | None = None
    """What Azure calls it; `id-<project>-<stack>-<name>` if not given."""
