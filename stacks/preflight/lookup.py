"""The reads of a preflight. Each is made once, and checks that need a failed read are skipped."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any, TypeVar

import pulumi
from pulumi import InvokeOptions

from components.arm_errors import is_forbidden, is_not_found, missing_subscription, wrong_tenant
from stacks.context import StackContext
from stacks.outputs.platform import Platform, UnusablePlatformError
from stacks.preflight.own_state import OwnState
from stacks.settings import Settings
from stacks.settings.validation.problems import Path
from stacks.settings.validation.registry import Violation

RESOURCE_EXISTS, RESOURCE_IS_READABLE = "resource-exists", "resource-is-readable"
SAME_TENANT = "existing-in-this-tenant"
"""Ids of the checks to which a failed read belongs."""
ONE_TENANT = "no identity of this tenant has rights in it: use one of this tenant"
"""Remedy for what is in another tenant."""

_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class Call:
    """A function of azure-native by its token, since importing a service's SDK takes up to half a second."""

    token: str
    arguments: tuple[tuple[str, str], ...]
    """Names and values, as ARM spells them."""
    subscription_id: str | None = None
    """None: it is the deployer's."""


@dataclass(frozen=True, kw_only=True)
class DeniedRead:
    """A resource that the deployer uses by its id and may not read."""

    path: Path
    """Key that names it."""
    resource: str
    id: str
    """ARM id."""


class Lookup:
    """The context before any read, the platform's output, and Azure's answers."""

    def __init__(
        self,
        context: StackContext,
        platform: Platform | UnusablePlatformError | None = None,
        state: OwnState | None = None,
    ) -> None:
        self.context = context
        self.settings: Settings = context.settings
        self.state = state or OwnState()
        self.platform = platform if isinstance(platform, Platform) else None
        """The output of the platform's stack. None: no platform is configured, or its output is unusable."""
        self.platform_error = platform if isinstance(platform, UnusablePlatformError) else None
        self.denied: list[DeniedRead] = []
        """The reads that Azure has refused, of resources whose ids are enough for the program."""
        self._answers: dict[str, Any] = {}
        self._ahead: dict[Call, Any] = {}
        self._failures: list[tuple[str, Violation]] = []

    @property
    def usable_platform(self) -> Platform | None:
        """The platform, if it is in the deployer's tenant: there is no sign-in to another one."""
        platform, here = self.platform, self.context.deployer.tenant_id
        return platform if platform and platform.tenant_id.lower() == here.lower() else None

    def options(self, subscription_id: str | None) -> InvokeOptions | None:
        """Options of a lookup in a subscription. None: it is the deployer's."""
        return self.context.subscriptions.invoke_options(subscription_id)

    def answer(self, key: str, ask: Callable[[], _T]) -> _T:
        """The result of ``ask``, which runs once. Its failures are its own."""
        if key not in self._answers:
            self._answers[key] = ask()
        return self._answers[key]

    async def ask_ahead(self, calls: Iterable[Call]) -> None:
        """Make calls side by side, so that ``call`` returns their answers without another wait."""
        calls = [*dict.fromkeys(calls)]
        answers = await asyncio.gather(
            *(
                pulumi.runtime.invoke_async(call.token, dict(call.arguments), self._options_of(call))
                for call in calls
            ),
            return_exceptions=True,
        )
        self._ahead |= dict(zip(calls, answers, strict=True))

    def call(self, call: Call) -> Mapping[str, Any]:
        """The answer to a call, plain. Raises what the SDK raises."""
        if call not in self._ahead:
            options = self._options_of(call)
            return pulumi.runtime.invoke(call.token, dict(call.arguments), options).value or {}
        answer = self._ahead[call]
        if isinstance(answer, BaseException):
            raise answer
        return answer or {}

    def _options_of(self, call: Call) -> InvokeOptions:
        return self.options(call.subscription_id) or _default_options()

    def read(self, path: Path, resource: str, list_command: str, invoke: Callable[[], _T]) -> _T | None:
        """Azure's answer about a resource.

        None: the read failed, which is reported as a problem of ``path``.
        """
        if resource not in self._answers:
            self._answers[resource] = self._invoke(path, resource, list_command, invoke)
        return self._answers[resource]

    def read_if_exists(self, path: Path, resource: str, invoke: Callable[[], _T]) -> _T | None:
        """Azure's answer about a resource that need not exist.

        None: it does not exist, or the read failed otherwise.
        """
        if resource not in self._answers:
            self._answers[resource] = self._invoke(path, resource, None, invoke)
        return self._answers[resource]

    def read_if_allowed(
        self,
        path: Path,
        resource: str,
        list_command: str | None,
        invoke: Callable[[], _T],
        arm_id: str | None = None,
    ) -> _T | None:
        """Azure's answer about a resource that the deployer uses by its id, and need not be allowed to read.

        None: the deployer cannot read it, which ``denied`` has if ``arm_id`` is given; or it does not exist,
        which is a problem of ``path`` if there is a command that lists what does.
        """
        if resource not in self._answers:
            self._answers[resource] = self._invoke(
                path, resource, list_command, invoke, must_be_readable=False, arm_id=arm_id
            )
        return self._answers[resource]

    def take_failures(self) -> list[tuple[str, Violation]]:
        """The reads that failed since the last call, each with the id of its check."""
        failures, self._failures = self._failures, []
        return failures

    def _invoke(
        self,
        path: Path,
        resource: str,
        list_command: str | None,
        invoke: Callable[[], _T],
        *,
        must_be_readable: bool = True,
        arm_id: str | None = None,
    ) -> _T | None:
        # The plain form: the SDK raises a failure of an ``_output`` form again when the program ends.
        try:
            return invoke()
        except Exception as error:  # the SDK raises no narrower one for an invoke that fails
            if not must_be_readable and not is_not_found(error):
                if arm_id and is_forbidden(error):
                    self.denied.append(DeniedRead(path=path, resource=resource, id=arm_id))
                return None
            if tenant := wrong_tenant(error):
                self._failures.append((SAME_TENANT, self._elsewhere(path, resource, tenant)))
            elif subscription := missing_subscription(error):
                problem = f"there is no subscription {subscription}, or pulumi has no role in it"
                command = "az account list --output table"
                violation = Violation(path, problem, "look for it", command=command)
                self._failures.append((RESOURCE_EXISTS, violation))
            elif not is_not_found(error):
                problem = f"Azure did not return {resource}: {error}"
                violation = Violation(path, problem, "check the sign-in of pulumi and its rights there")
                self._failures.append((RESOURCE_IS_READABLE, violation))
            elif list_command:
                violation = Violation(path, f"there is no {resource}", "look for it", command=list_command)
                self._failures.append((RESOURCE_EXISTS, violation))
            return None

    def _elsewhere(self, path: Path, resource: str, tenant: str) -> Violation:
        here = self.context.deployer.tenant_id
        problem = f"{resource} is in tenant {tenant}, but pulumi is signed in to {here}"
        return Violation(path, problem, ONE_TENANT)


@cache
def _default_options() -> InvokeOptions:
    # Without the version the engine would start another provider than for the resources.
    return InvokeOptions(version=version("pulumi-azure-native"))
