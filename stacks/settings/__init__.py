"""The settings of a stack: what may be written in ``Pulumi.<stack>.yaml``, checked whole before any resource is registered.

Owns: the sections put together, what they owe one another, and the reading of ``pulumi.Config`` (nobody else reads it).
Deliberately not here: any cloud call, any resource. Settings are plain, frozen data; secret values are not among them.
"""

# Rules are entered by importing them.
from stacks.settings import access as _access
from stacks.settings import across as _across
from stacks.settings import autoscale_rules as _autoscale_rules
from stacks.settings import compositions as _compositions
from stacks.settings import delivery as _delivery
from stacks.settings import etcd_rules as _etcd_rules
from stacks.settings import external_rules as _external_rules
from stacks.settings import limits as _limits
from stacks.settings import operator_keys as _operator_keys
from stacks.settings import operator_rules as _operator_rules
from stacks.settings import outbound_rules as _outbound_rules
from stacks.settings import overrides as _overrides
from stacks.settings import pod_rules as _pod_rules
from stacks.settings import taken as _taken
from stacks.settings import vaults as _vaults
from stacks.settings import virtual_network as _virtual_network
from stacks.settings import windows as _windows
from stacks.settings.load import load, secret_value
from stacks.settings.tree import Composition, Grants, Settings

del (
    _access,
    _across,
    _autoscale_rules,
    _compositions,
    _delivery,
    _etcd_rules,
    _external_rules,
    _limits,
    _operator_keys,
    _operator_rules,
    _outbound_rules,
    _overrides,
    _pod_rules,
    _taken,
    _vaults,
    _virtual_network,
    _windows,
)

__all__ = ["Composition", "Grants", "Settings", "load", "secret_value"]
