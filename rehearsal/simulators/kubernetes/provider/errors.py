"""Errors of pulumi-kubernetes about requests that fail, in its own words."""

from __future__ import annotations

from typing import Final

from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.provider import ProviderError

_ALREADY_EXISTS_HELP: Final = """

The resource already exists in the cluster. This can happen when:

  - Renaming a Pulumi resource: use an alias to preserve the identity,
    or use deleteBeforeReplace if the resource needs replacement.
  - Managing an existing resource: use a Patch resource (e.g. NamespacePatch)
    to manage specific fields without owning the resource lifecycle.
  - Adopting a resource into Pulumi: use `pulumi import`. Note that
    protected resources (e.g. kube-system) cannot be deleted on destroy.
  - Intentional upsert: set upsertExistingObjects on the provider to allow
    server-side apply to update existing objects on create."""
_IF_DELETED: Final = (
    "If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation "
    "with the "
    'PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"'
)


def creation_failed(urn: str, error: Exception) -> ProviderError:
    help_ = _ALREADY_EXISTS_HELP if str(error).endswith("already exists") else ""
    return ProviderError(
        f'resource "{urn}" was not successfully created by the Kubernetes API server: {error}{help_}'
    )


def no_kind_to_create(urn: str, kind: GroupVersionKind, error: Exception) -> ProviderError:
    return ProviderError(
        f'creation of resource "{urn}" with kind {kind.api_version}/{kind.name} failed because the '
        "Kubernetes API server "
        "reported that the apiVersion for this resource does not exist. "
        f"Verify that any required CRDs have been created: {error}"
    )


def no_kind_to_update(urn: str, error: Exception) -> ProviderError:
    return ProviderError(
        f'update of resource "{urn}" failed because the Kubernetes API server reported that the apiVersion '
        "for this "
        f"resource does not exist. Verify that any required CRDs have been created: {error}"
    )


def unreadable() -> ProviderError:
    return ProviderError(f"failed to read resource state due to unreachable cluster. {_IF_DELETED}")


def undeletable() -> ProviderError:
    return ProviderError(f"configured Kubernetes cluster is unreachable. {_IF_DELETED}")
