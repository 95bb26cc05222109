"""Faults of what the settings name as existing, of the state and of the machine."""

from collections.abc import Mapping

from tests.operations.doctor.broken import (
    ADOPTED,
    BOUND,
    DENIED,
    DEV,
    GROUP,
    NETWORKED,
    PROD,
    ROOT,
    SALTED,
    Broken,
    adopted,
    networked,
    remove,
    set,
)

FAULTS: Mapping[str, Broken] = {
    # existing
    "existing cluster is missing": Broken(ADOPTED, lambda cloud: remove(cloud, "aks-old"), adopted),
    "existing cluster is stopped": Broken(
        ADOPTED, lambda cloud: set(cloud, "aks-old", powerState={"code": "Stopped"}), adopted
    ),
    "existing cluster has no issuer": Broken(
        ADOPTED, lambda cloud: set(cloud, "aks-old", oidcIssuerProfile={"enabled": False}), adopted
    ),
    "existing cluster has neither": Broken(
        ADOPTED, lambda cloud: set(cloud, "aks-old", oidcIssuerProfile=None, securityProfile=None), adopted
    ),
    "deployer has no rights in the cluster": Broken(
        ADOPTED,
        lambda cloud: cloud.permissions.update({ROOT.lower(): [{"actions": ["*"], "notActions": []}]}),
        adopted,
    ),
    "existing cluster has VNet integration": Broken(
        BOUND,
        lambda cloud: set(cloud, "aks-old", apiServerAccessProfile={"enableVnetIntegration": True}),
        adopted,
    ),
    "deployer may bind no identity": Broken(
        BOUND,
        lambda cloud: cloud.permissions.update({ROOT.lower(): [{"actions": ["*/read"], "notActions": []}]}),
        adopted,
    ),
    "existing vault is missing": Broken(ADOPTED, lambda cloud: remove(cloud, "vaults/kv-old"), adopted),
    "existing vault has access policies": Broken(
        ADOPTED, lambda cloud: set(cloud, "vaults/kv-old", enableRbacAuthorization=False), adopted
    ),
    "existing secret is missing": Broken(ADOPTED, lambda cloud: remove(cloud, "db-password"), adopted),
    "existing secret is disabled": Broken(
        ADOPTED, lambda cloud: set(cloud, "db-password", attributes={"enabled": False}), adopted
    ),
    "existing secret has expired": Broken(
        ADOPTED, lambda cloud: set(cloud, "db-password", attributes={"enabled": True, "exp": 1000}), adopted
    ),
    "existing key is missing": Broken(ADOPTED, lambda cloud: remove(cloud, "signing-key"), adopted),
    "existing identity is missing": Broken(ADOPTED, lambda cloud: remove(cloud, "id-old"), adopted),
    "existing workspace is missing": Broken(ADOPTED, lambda cloud: remove(cloud, "log-old"), adopted),
    "existing group is missing": Broken(ADOPTED, lambda cloud: cloud.resources.pop(GROUP.lower()), adopted),
    "subnet is missing": Broken(NETWORKED, lambda cloud: remove(cloud, "subnets"), networked),
    "subnet has no endpoint": Broken(
        NETWORKED, lambda cloud: set(cloud, "subnets/nodes", serviceEndpoints=[]), networked
    ),
    "registry is missing": Broken(NETWORKED, lambda cloud: remove(cloud, "registries"), networked),
    # this machine and the state
    "pulumi is old": Broken(DEV, environment={"STAND_IN_VERSION": "3.100.0"}),
    "pulumi is not logged in": Broken(
        DEV,
        environment={
            "STAND_IN_LOGIN": "PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions"
        },
    ),
    "stack is not there": Broken(DEV, environment={"STAND_IN_EXPORT": "no stack named 'stack' found"}),
    "an update was cut off": Broken(DEV, environment={"STAND_IN_PENDING": '{"type": "creating"}'}),
    "passphrase is right": Broken(SALTED, environment={"PULUMI_CONFIG_PASSPHRASE": "right"}),
    "passphrase is wrong": Broken(SALTED, environment={"PULUMI_CONFIG_PASSPHRASE": "wrong"}),
    "passphrase is not set": Broken(SALTED),
    "passphrase file is missing": Broken(
        SALTED, environment={"PULUMI_CONFIG_PASSPHRASE_FILE": "/nowhere/passphrase"}
    ),
    "salt has another form": Broken(
        DEV.read_text() + "encryptionsalt: v9:x\n", environment={"PULUMI_CONFIG_PASSPHRASE": "right"}
    ),
    "language host is missing": Broken(DEV, without=("pulumi-language-python",)),
    "the Pulumi CLI is missing": Broken(DEV, without=("pulumi",)),
    "kubelogin is missing and needed": Broken(PROD, without=("kubelogin",)),
    "kubelogin is missing and not needed": Broken(DEV, without=("kubelogin",)),
    # a right that a check needs
    "sizes cannot be read": Broken(PROD, lambda cloud: cloud.refusals.update({"compute/skus": DENIED})),
}
