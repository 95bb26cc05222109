"""Tests of stack files on Pulumi's mocks: no engine, no cloud account, no credentials.

``build_stack`` builds a stack file, with what exists in Azure; the build answers who reads what.
"""

from aks_secrets_testing.plans import assert_plan, plan_of
from aks_secrets_testing.registrations import Registration
from aks_secrets_testing.stacks import StackBuild, build_stack

__all__ = ["Registration", "StackBuild", "assert_plan", "build_stack", "plan_of"]
