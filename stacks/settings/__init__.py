"""The settings of a stack: what may be written in ``Pulumi.<stack>.yaml``, checked whole before any resource is registered.

Owns: the model of the sections, the rules between them, and the reading of ``pulumi.Config`` (the only reader).
Deliberately not here: any cloud call, any resource. Settings are plain, frozen data; secret values are not among them.
"""

from stacks.settings import rules as _rules
from stacks.settings.loader import load, secret_value
from stacks.settings.model.settings import Composition, Grants, Settings

del _rules  # imported so that the rules register themselves

__all__ = ["Composition", "Grants", "Settings", "load", "secret_value"]
