"""The settings of a stack: the content of ``Pulumi.<stack>.yaml``, checked as a whole before any resource is
registered.

Owns: the model of the sections, the rules between them, and the reading of ``pulumi.Config`` (the only
reader).
Deliberately not here: any cloud call, any resource. Settings are plain, frozen data; secret values are not
part of them.
"""

from stacks.settings import rules as _rules
from stacks.settings.loader import load
from stacks.settings.model.grants import Grants
from stacks.settings.model.settings import Composition, Settings
from stacks.settings.provider_inputs import sign_in_inputs
from stacks.settings.secret_values import secret_value

del _rules  # imported so that the rules register themselves

__all__ = ["Composition", "Grants", "Settings", "load", "secret_value", "sign_in_inputs"]
