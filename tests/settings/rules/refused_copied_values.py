"""Settings that the rules of ``rules/copied_values.py`` refuse, with the exact words."""

from typing import Any

from aks_secrets_testing.builds import SUBSCRIPTION
from components.key_vault.resource_keys import KEYED_TYPES
from tests.settings.cases import case
from tests.settings.samples import secret, workload

_GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-data/providers"
STORAGE = f"{_GROUP}/Microsoft.Storage/storageAccounts/stshop"
OUTPUT: dict[str, Any] = {"name": "organization/data/prod", "output": "connectionString"}
KEY: dict[str, Any] = {"id": STORAGE, "value": "key1"}
_AT = "workloads[0].secrets[0]"


def copied(**keys: Any) -> dict[str, Any]:
    """A workload with one copied secret; ``from`` is the section that is given."""
    source = next(iter(keys))
    return {"workloads": [workload(secrets=[secret(from_=source, **keys)])]}


def _resource(type_: str, value: str = "primaryKey") -> dict[str, Any]:
    return copied(resource={"id": f"{_GROUP}/{type_}", "value": value})


_KNOWN = [row.type for row in KEYED_TYPES.values()]
_LIST = f"{', '.join(_KNOWN[:-1])} or {_KNOWN[-1]}"

CASES = [
    case(
        "copied-value-is-complete",
        {"workloads": [workload(secrets=[secret(from_="stack"), secret(name="key", from_="resource")])]},
        "workloads[0].secrets[0].stack: missing; from: stack needs it, with name and output",
        "workloads[0].secrets[1].resource: missing; from: resource needs it, with id and value",
    ),
    case(
        "resource-has-keys",
        copied(resource={**KEY, "value": "key3"}),
        f"{_AT}.resource.value: is no value of Microsoft.Storage/storageAccounts; choose key1, key2,"
        f" key1ConnectionString or key2ConnectionString (pulumi config set --path '{_AT}.resource.value' key1)",
    ),
    case(
        "resource-has-keys",
        _resource("Microsoft.DBforPostgreSQL/flexibleServers/psql-shop"),
        f"{_AT}.resource.id: Azure never returns the password of a PostgreSQL server; take it with from: stack"
        " from the stack that set it, or use existing; its tokens need no secret:"
        " docs/config/secrets.md#databases",
    ),
    case(
        "resource-has-keys",
        _resource("Microsoft.ServiceBus/namespaces/sb-shop"),
        f"{_AT}.resource.id: keys belong to an authorization rule, and those of the namespace's own may do"
        " everything; append /authorizationRules/<name> of a rule that may do what the workload does",
    ),
    case(
        "resource-has-keys",
        _resource("Microsoft.KeyVault/vaults/kv-other/secrets/db"),
        f"{_AT}.resource.id: Azure Resource Manager never returns the value of a secret; list the vault in"
        " vaults and read the secret with from: existing",
    ),
    case(
        "resource-has-keys",
        _resource("Microsoft.Web/sites/app-shop"),
        f"{_AT}.resource.id: is of a type whose keys the program does not list; choose {_LIST}, or take the"
        " value with from: stack from the stack that has it",
    ),
    case(
        "value-format",
        copied(stack={**OUTPUT, "format": "redis://:{password}@cache"}),
        f"{_AT}.stack.format: has a placeholder that is not known; choose {{value}}, {{value:urlquery}} or"
        " {name}",
    ),
    case(
        "value-format",
        copied(resource={**KEY, "format": "{name}"}),
        f"{_AT}.resource.format: does not hold the value; write {{value}} where it belongs",
    ),
    case(
        "stack-is-another",
        copied(stack={**OUTPUT, "name": "dev"}),
        f"{_AT}.stack.name: is this stack itself; name the stack that made the value",
    ),
]
SCENES = {
    "workloads[].secrets[].stack": copied(stack={**OUTPUT, "property": "primary"}),
    "workloads[].secrets[].resource": copied(resource=KEY),
}
