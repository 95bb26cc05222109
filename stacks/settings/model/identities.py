"""Section ``identities``: user-assigned identities that several workloads share."""

from stacks.settings.model.existing import ExistingIdentity
from stacks.settings.model.section import Section
from stacks.settings.types.azure import BindingName, IdentityName, IdentityResourceName


class IdentitySettings(Section):
    """An identity that several workloads share, with the rights of all of them."""

    name: IdentityName
    """Name of the identity, as workloads have it in `identity`."""
    existing: ExistingIdentity | None = None
    """Use an identity that already exists. The program adds federated credentials and role assignments and
    changes nothing else.
    """
    resource_name: IdentityResourceName | None = None
    """Name of the identity in Azure; `id-<project>-<stack>-<name>` by default."""
    binding_name: BindingName | None = None
    """With `access: identity-binding`: name of the identity binding in the cluster;
    `<project>-<stack>-<name>` by default.
    """
