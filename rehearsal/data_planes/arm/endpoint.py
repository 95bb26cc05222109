"""The endpoint of ARM: who asks, for which subscription, with which right; then the route's answer.

https://learn.microsoft.com/azure/azure-resource-manager/management/overview
"""

from __future__ import annotations

import re
from typing import Final

from rehearsal.data_planes import tokens
from rehearsal.data_planes.arm import errors
from rehearsal.data_planes.arm.authorization import roles_of
from rehearsal.data_planes.arm.routes import Call, Kubeconfigs, Route, routes
from rehearsal.data_planes.web import Answer, Request
from rehearsal.simulators.azure import governance
from rehearsal.simulators.azure.arm import ArmError
from rehearsal.simulators.azure.entra import Caller
from rehearsal.simulators.azure.subscriptions import require_subscription, subscription_of
from rehearsal.simulators.azure.types import type_of_id
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.world import World

HOST: Final = "management.azure.com"


class ResourceManager:
    """Azure Resource Manager over a world."""

    def __init__(self, world: World, kubeconfigs: Kubeconfigs) -> None:
        self.world, self.kubeconfigs = world, kubeconfigs

    def answer(self, request: Request) -> Answer:
        tenant = tokens.tenant_of(self.world)
        if not request.bearer:
            text = "Authentication failed. The 'Authorization' header is missing."
            return errors.unauthenticated("AuthenticationFailed", text, tenant)
        try:
            caller = tokens.caller_of(request.bearer, tokens.ARM_RESOURCES, tenant)
        except tokens.ExpiredTokenError:
            text = "The access token expiry UTC time is earlier than current UTC time."
            return errors.unauthenticated("ExpiredAuthenticationToken", text, tenant)
        except tokens.TokenError:
            return errors.unauthenticated(
                "InvalidAuthenticationToken", "The access token is invalid.", tenant
            )
        with self.world.lock:
            try:
                answer = self._routed(request, caller)
            except ArmError as error:
                return errors.answer_of(error)
            except ProviderError as error:
                return errors.answer_of(ArmError(400, "BadRequest", str(error)))
            self.world.commit()
            return answer

    def _routed(self, request: Request, caller: Caller) -> Answer:
        if "api-version" not in request.query:
            raise errors.missing_api_version()
        require_subscription(self.world, request.path)
        for route in routes():
            match = route.pattern.fullmatch(request.path)
            if match and route.method == request.method:
                parameters = match.groupdict()
                self._require_right(route, parameters, request, caller)
                call = Call(
                    world=self.world,
                    request=request,
                    caller=caller,
                    parameters=parameters,
                    kubeconfigs=self.kubeconfigs,
                )
                return route.handler(call)
        raise errors.not_simulated(request)

    def _require_right(
        self, route: Route, parameters: dict[str, str], request: Request, caller: Caller
    ) -> None:
        """Raises ArmError. Reads of resources need `read` of their type."""
        scope = route.scope.format(**parameters) if route.scope else request.path
        action = route.action
        if not action and "uri" in parameters:
            row = type_of_id(request.path) or type_of_id(f"{request.path}/name")
            action = f"{row.arm_type}/read" if row else ""
        if not route.scope and "uri" not in parameters:
            scope = re.sub(r"(/subscriptions/[^/]+).*", r"\1", scope)
        if not action:
            return
        if not any(role.allows(action) for role in roles_of(self.world, caller.object_id, scope)):
            raise errors.authorization_failed(caller, action, scope)
        for denial in governance.denials(self.world, subscription_of(scope)):
            if denial.denies(caller.object_id, action, scope):
                raise governance.denied(caller.object_id, action, scope, denial)
