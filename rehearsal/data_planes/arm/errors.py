"""Errors of ARM about requests, in the body that all its services use.

https://github.com/microsoft/api-guidelines/blob/vNext/azure/Guidelines.md#handling-errors
"""

from __future__ import annotations

from rehearsal.data_planes.web import Answer, Request
from rehearsal.simulators.azure.arm import ArmError
from rehearsal.simulators.azure.entra import Caller


def answer_of(error: ArmError) -> Answer:
    return Answer(status=error.status, body={"error": {"code": error.code, "message": error.message}})


def unauthenticated(code: str, message: str, tenant: str) -> Answer:
    """https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors and
    the challenge that clients read: https://learn.microsoft.com/entra/identity-platform/claims-challenge
    """
    challenge = (
        f'Bearer authorization_uri="https://login.windows.net/{tenant}", error="invalid_token", '
        f'error_description="{message}"'
    )
    body = {"error": {"code": code, "message": message}}
    return Answer(status=401, body=body, headers={"WWW-Authenticate": challenge})


def authorization_failed(caller: Caller, action: str, scope: str) -> ArmError:
    """https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#access-denied-or-permission-errors"""
    return ArmError(
        403,
        "AuthorizationFailed",
        f"The client '{caller.client_id}' with object id '{caller.object_id}' does not have authorization to "
        f"perform action '{action}' over scope '{scope}' or the scope is invalid. If access was recently "
        "granted, please refresh your credentials.",
    )


def missing_api_version() -> ArmError:
    """https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling shows
    no body; the words: https://github.com/Azure/azure-rest-api-specs/issues/9356
    """
    text = "The api-version query parameter (?api-version=) is required for all requests."
    return ArmError(400, "MissingApiVersionParameter", text)


def not_simulated(request: Request) -> ArmError:
    """A request that the rehearsal does not know. Azure may well answer it."""
    text = f"{request.method} {request.path} is not an operation of this simulation"
    return ArmError(404 if request.method == "GET" else 405, "NotSimulated", text)
