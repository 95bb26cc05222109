"""Physical names within Azure's limits, as pure functions of plain strings. Deliberately not here: logical
names (state keys), and ids.

A name that would be too long is cut and gets a hash of the whole name, so two long names never become the
same. Limits: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
"""

import hashlib
import re
import uuid

from components.resource_ids import name_of

# An arbitrary namespace that must never change: another one would replace every role assignment.
_ROLE_ASSIGNMENTS = uuid.UUID("6f1c7a52-3a0e-5c52-9d0a-0d5f6a1f9b3e")


def _short_hash(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def fit(name: str, limit: int) -> str:
    """``name`` with at most ``limit`` characters: a longer one is cut and ends with a hash of it."""
    if len(name) <= limit:
        return name
    return f"{name[: limit - 8].rstrip('-_.')}-{_short_hash(name, 7)}"


def resource_group(project: str, stack: str) -> str:
    """At most 90 characters; letters, digits, ``-_.()``."""
    return fit(f"rg-{project}-{stack}", 90).rstrip(".")


def cluster(stack: str) -> str:
    """At most 63 characters; letters, digits, ``-_``, ending with a letter or digit. The resource group's
    name contains the project.
    """
    return fit(f"aks-{stack}".replace(".", "-"), 63).rstrip("-_")


def dns_prefix(cluster_name: str) -> str:
    """At most 54 letters, digits and hyphens; begins and ends with a letter or digit."""
    return fit(re.sub(r"[^a-zA-Z0-9-]", "-", cluster_name), 54).strip("-")


def control_plane_identity(cluster_name: str) -> str:
    """The cluster's own user-assigned identity: 3 to 128 letters, digits, ``-_``."""
    return fit(f"id-{cluster_name}", 128)


def vault(subscription_id: str, project: str, stack: str, label: str | None = None) -> str:
    """3 to 24 letters, digits and single hyphens, globally unique.

    The suffix is a hash of subscription, project and stack: it stays the same from one ``up`` to the next and
    differs for everyone who clones this project. ``label`` distinguishes the vaults of one stack.
    """
    owner = "/".join([subscription_id, project, stack, *([label] if label else [])])
    suffix = _short_hash(owner.lower(), 8)
    readable = re.sub(
        r"-{2,}", "-", re.sub(r"[^a-zA-Z0-9-]", "-", "-".join(["kv", stack, *([label] if label else [])]))
    )[: 24 - len(suffix) - 1].rstrip("-")
    return f"{readable}-{suffix}".lower()


def identity(project: str, stack: str, name: str) -> str:
    """A workload's user-assigned identity: 3 to 128 letters, digits, ``-_``."""
    return fit(f"id-{project}-{stack}-{name}".replace(".", "-"), 128)


def operator_identity(project: str, stack: str, operator: str) -> str:
    """The user-assigned identity of an operator. No workload's has an underscore behind project and stack."""
    return fit(f"id-{project}-{stack}-operator_{operator}".replace(".", "-"), 128)


def federated_credential(namespace: str, service_account: str) -> str:
    """3 to 120 letters, digits, ``-_``. The hash keeps ``a-b``/``c`` and ``a``/``b-c`` apart; a
    ServiceAccount's name may contain dots.
    """
    return _credential([namespace, service_account], f"{namespace}/{service_account}")


def shared_identity_credential(namespace: str, service_account: str, cluster_id: str) -> str:
    """A federated credential of an identity that other stacks may use too: 3 to 120 letters, digits, ``-_``.

    It contains the cluster's name and a hash of its id: ServiceAccounts of one name in two clusters have a
    credential each, distinguished by their issuers.
    """
    parts = [namespace, service_account, name_of(cluster_id)]
    return _credential(parts, f"{namespace}/{service_account}/{cluster_id.lower()}")


def _credential(parts: list[str], hashed: str) -> str:
    return f"{fit('-'.join(parts).replace('.', '-'), 120 - 9)}-{_short_hash(hashed, 8)}"


def identity_binding(project: str, stack: str, name: str) -> str:
    """An identity binding of AKS, and its ClusterRole: letters, digits and hyphens, at most 63.

    It contains project and stack: two stacks may bind one identity in one cluster.
    """
    return fit(re.sub(r"[^a-z0-9-]+", "-", f"{project}-{stack}-{name}".lower()).strip("-"), 63)


def virtual_network(stack: str) -> str:
    """2 to 64 letters, digits, ``-_.``. The resource group's name contains the project."""
    return fit(f"vnet-{stack}", 64)


def peering(network_id: str) -> str:
    """A peering with a network, or a DNS zone's link to it: 1 to 80 letters, digits, ``-_.``.

    The remote network is immutable, so the name contains the network's name and a hash of its id, since names
    repeat across subscriptions.
    """
    return f"to-{fit(name_of(network_id), 66)}-{_short_hash(network_id.lower(), 8)}"


def nat_gateway(stack: str, zone: str | None) -> str:
    """1 to 80 letters, digits, ``-_.``. It contains the zone: a gateway in another zone is a new one, which
    exists beside the old for a while.
    """
    return fit(f"ng-{stack}" + (f"-zone{zone}" if zone else ""), 75)


def outbound_ip(gateway_name: str, number: int) -> str:
    """A public IP address of a NAT gateway: 1 to 80 letters, digits, ``-_.``."""
    return f"{gateway_name}-ip{number}"


def route_table(stack: str) -> str:
    """1 to 80 letters, digits, ``-_.``."""
    return fit(f"rt-{stack}", 80)


def private_endpoint(vault_name: str) -> str:
    """2 to 64 letters, digits, ``-_.``."""
    return fit(f"pe-{vault_name}", 64)


def workspace(stack: str) -> str:
    """A Log Analytics workspace: 4 to 63 letters, digits and hyphens. The resource group's name contains the
    project.
    """
    return fit(re.sub(r"[^a-zA-Z0-9-]", "-", f"log-{stack}"), 63).rstrip("-")


def action_group(stack: str) -> str:
    """1 to 260 characters. Azure refuses a full stop at the end, and nothing else that a stack's name can
    contain.
    """
    return fit(f"ag-{stack}", 260).rstrip(".")


def email_receiver(address: str) -> str:
    """An e-mail receiver of an action group: the address in letters, digits and hyphens, and its hash.

    Names that are numbered would change for all later receivers when one leaves the list.
    """
    plain = re.sub(r"[^a-z0-9]+", "-", address.lower()).strip("-")
    return f"{plain[:100]}-{_short_hash(address.lower(), 8)}"


def alert(vault_name: str, label: str) -> str:
    """A metric alert: 1 to 260 characters. It is the subject of the mail."""
    return f"{vault_name}-{label}"


def system_topic(vault_name: str) -> str:
    """3 to 50 letters, digits and hyphens; a vault's name has 24 at most."""
    return f"egst-{vault_name}"


def role_assignment(scope: str, role_id: str, principal_id: str) -> str:
    """The GUID of a role assignment, derived from scope, role and principal, so the same assignment is never
    made twice.
    """
    return str(uuid.uuid5(_ROLE_ASSIGNMENTS, f"{scope}|{role_id}|{principal_id}".lower()))
