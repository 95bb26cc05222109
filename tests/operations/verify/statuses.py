"""The statuses that operators write into the objects of techniques when all is well."""

from tests.operations.verify.azure import ago

READY = [{"type": "Ready", "status": "True", "reason": "Valid", "message": "store validated"}]
STATUSES = {
    "SecretStore": {"conditions": READY},
    "ExternalSecret": {"conditions": READY, "refreshTime": ago(600)},
    "PushSecret": {"conditions": READY, "refreshTime": ago(600)},
    "AzureKeyVaultSecret": {"secretHash": "0f", "lastAzureUpdate": ago(60)},
    "SecretSync": {
        "conditions": [{"type": "Create", "status": "True", "reason": "CreateSucceeded", "message": ""}],
        "syncHash": "0f",
        "lastSuccessfulSyncTime": ago(600),
    },
}
"""Kind of a technique → its status when all is well."""
