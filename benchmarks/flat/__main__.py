"""A flat program: csi workloads on one cluster and one vault, every resource written down where it is needed.

It is what an engineer writes who follows the tutorials: synchronous, one loop over a list, no components. It
makes the same custom resources as this project's program does of the same stack file, with the same names and
inputs (tests/benchmarks/test_flat.py).
"""

import base64
import hashlib
import uuid
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pulumi_random as random
from pulumi import ResourceOptions
from pulumi_azure_native import authorization, containerservice, keyvault, managedidentity, resources

AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
CLUSTER_ADMIN = "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b"
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
ROLE_ASSIGNMENTS = uuid.UUID("6f1c7a52-3a0e-5c52-9d0a-0d5f6a1f9b3e")


def short_hash(text: str, length: int = 8) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def assignment_name(known: list[str]) -> str:
    return str(uuid.uuid5(ROLE_ASSIGNMENTS, "|".join(known).lower()))


config = pulumi.Config("aks-secrets")
location = pulumi.Config("azure-native").require("location")
workloads: list[dict[str, Any]] = config.require_object("workloads")
pool: dict[str, Any] = config.require_object("cluster")["system_pool"]
project, stack = pulumi.get_project(), pulumi.get_stack()

client = authorization.get_client_config()
subscription = f"/subscriptions/{client.subscription_id}"
role_definitions = f"{subscription}/providers/Microsoft.Authorization/roleDefinitions"

group = resources.ResourceGroup(
    "resource-group", resource_group_name=f"rg-{project}-{stack}", location=location, tags={}
)

cluster_identity = managedidentity.UserAssignedIdentity(
    "cluster-identity", resource_group_name=group.name, resource_name_=f"id-aks-{stack}"
)

cluster = containerservice.ManagedCluster(
    "cluster-cluster",
    resource_group_name=group.name,
    resource_name_=f"aks-{stack}",
    dns_prefix=f"aks-{stack}",
    tags={},
    sku=containerservice.ManagedClusterSKUArgs(name="Base", tier="Standard"),
    identity=containerservice.ManagedClusterIdentityArgs(
        type=containerservice.ResourceIdentityType.USER_ASSIGNED,
        user_assigned_identities=[cluster_identity.id],
    ),
    enable_rbac=True,
    disable_local_accounts=True,
    aad_profile=containerservice.ManagedClusterAADProfileArgs(
        managed=True, enable_azure_rbac=True, admin_group_object_ids=[], tenant_id=client.tenant_id
    ),
    api_server_access_profile=containerservice.ManagedClusterAPIServerAccessProfileArgs(
        authorized_ip_ranges=[], enable_private_cluster=False
    ),
    oidc_issuer_profile=containerservice.ManagedClusterOIDCIssuerProfileArgs(enabled=True),
    security_profile=containerservice.ManagedClusterSecurityProfileArgs(
        workload_identity=containerservice.ManagedClusterSecurityProfileWorkloadIdentityArgs(enabled=True),
        image_cleaner=containerservice.ManagedClusterSecurityProfileImageCleanerArgs(enabled=False),
        azure_key_vault_kms=containerservice.AzureKeyVaultKmsArgs(
            enabled=False, key_vault_network_access="Public"
        ),
    ),
    auto_upgrade_profile=containerservice.ManagedClusterAutoUpgradeProfileArgs(
        upgrade_channel="patch", node_os_upgrade_channel="NodeImage"
    ),
    addon_profiles={
        "azureKeyvaultSecretsProvider": containerservice.ManagedClusterAddonProfileArgs(
            enabled=True, config={"enableSecretRotation": "true", "rotationPollInterval": "2m"}
        )
    },
    network_profile=containerservice.ContainerServiceNetworkProfileArgs(
        network_plugin="azure",
        network_plugin_mode="overlay",
        network_dataplane="cilium",
        network_policy="cilium",
        load_balancer_sku="standard",
        outbound_type="loadBalancer",
        pod_cidr="10.244.0.0/16",
        service_cidr="10.0.0.0/16",
        dns_service_ip="10.0.0.10",
    ),
    agent_pool_profiles=[
        containerservice.ManagedClusterAgentPoolProfileArgs(
            name="system",
            mode="System",
            type="VirtualMachineScaleSets",
            vm_size=pool["vm_size"],
            count=pool["count"],
            enable_auto_scaling=False,
            os_type="Linux",
            os_sku="AzureLinux",
        )
    ],
    opts=ResourceOptions(protect=True),
)

issuer = cluster.oidc_issuer_profile.apply(lambda profile: str(profile.issuer_url) if profile else "")

deployer_role = authorization.RoleAssignment(
    "cluster-deployer",
    scope=cluster.id,
    principal_id=client.object_id,
    principal_type="User" if client.client_id == AZURE_CLI else "ServicePrincipal",
    role_definition_id=f"{role_definitions}/{CLUSTER_ADMIN}",
    role_assignment_name=pulumi.Output.all(cluster.id, CLUSTER_ADMIN, client.object_id).apply(
        assignment_name
    ),
)

credentials = pulumi.Output.secret(
    containerservice.list_managed_cluster_user_credentials_output(
        resource_group_name=group.name, resource_name=cluster.name, format="exec"
    )
)
provider = k8s.Provider(
    "cluster-kubernetes",
    kubeconfig=credentials.apply(lambda result: base64.b64decode(result.kubeconfigs[0].value).decode()),
    cluster_identifier=cluster.id,
    enable_secret_mutable=True,
    opts=ResourceOptions(depends_on=[deployer_role]),
)

owner = f"{client.subscription_id}/{project}/{stack}".lower()
vault = keyvault.Vault(
    "vault-vault",
    resource_group_name=group.name,
    vault_name=f"kv-{stack}-{short_hash(owner)}",
    tags={},
    properties=keyvault.VaultPropertiesArgs(
        tenant_id=client.tenant_id,
        sku=keyvault.SkuArgs(family=keyvault.SkuFamily.A, name=keyvault.SkuName.STANDARD),
        enable_rbac_authorization=True,
        enable_soft_delete=True,
        soft_delete_retention_in_days=90,
        enable_purge_protection=True,
        public_network_access="Enabled",
        network_acls=keyvault.NetworkRuleSetArgs(
            default_action="Allow", bypass="AzureServices", ip_rules=[], virtual_network_rules=[]
        ),
    ),
    opts=ResourceOptions(protect=True),
)

namespaces = {
    name: k8s.core.v1.Namespace(
        f"namespace-{name}",
        metadata=k8s.meta.v1.ObjectMetaArgs(
            name=name,
            labels={
                "pod-security.kubernetes.io/enforce": "baseline",
                "pod-security.kubernetes.io/warn": "restricted",
            },
        ),
        opts=ResourceOptions(provider=provider),
    )
    for name in dict.fromkeys(workload["namespace"] for workload in workloads)
}

for workload in workloads:
    name, namespace, secret_name = workload["name"], workload["namespace"], workload["secrets"][0]["name"]
    in_cluster = ResourceOptions(provider=provider, depends_on=[namespaces[namespace]])

    identity = managedidentity.UserAssignedIdentity(
        f"{name}-identity", resource_group_name=group.name, resource_name_=f"id-{project}-{stack}-{name}"
    )
    credential = managedidentity.FederatedIdentityCredential(
        f"{name}/{namespace}/{name}",
        resource_group_name=group.name,
        resource_name_=identity.name,
        federated_identity_credential_resource_name=f"{namespace}-{name}-{short_hash(f'{namespace}/{name}')}",
        issuer=issuer,
        subject=f"system:serviceaccount:{namespace}:{name}",
        audiences=["api://AzureADTokenExchange"],
    )

    password = random.RandomPassword(f"vault/{secret_name}", length=32, special=True)
    secret = keyvault.Secret(
        f"vault/{secret_name}",
        resource_group_name=group.name,
        vault_name=vault.name,
        secret_name=secret_name,
        properties=keyvault.SecretPropertiesArgs(
            value=pulumi.Output.secret(password.result),
            attributes=keyvault.SecretAttributesArgs(enabled=True),
        ),
        tags={},
        opts=ResourceOptions(ignore_changes=["properties", "tags"]),
    )
    scope = pulumi.Output.concat(vault.id, "/secrets/", secret_name)
    assignment = authorization.RoleAssignment(
        f"{name}/secrets/{secret_name}",
        scope=scope,
        principal_id=identity.principal_id,
        principal_type="ServicePrincipal",
        role_definition_id=f"{role_definitions}/{SECRETS_USER}",
        role_assignment_name=pulumi.Output.all(scope, SECRETS_USER, identity.principal_id).apply(
            assignment_name
        ),
        opts=ResourceOptions(depends_on=[secret]),
    )

    account = k8s.core.v1.ServiceAccount(
        f"{name}-service-account",
        metadata=k8s.meta.v1.ObjectMetaArgs(
            name=name,
            namespace=namespace,
            annotations={
                "azure.workload.identity/client-id": identity.client_id,
                "azure.workload.identity/tenant-id": identity.tenant_id,
            },
        ),
        automount_service_account_token=False,
        opts=in_cluster,
    )
    objects = f'array:\n  - |\n    objectName: "{secret_name}"\n    objectType: "secret"\n'
    provider_class = k8s.apiextensions.CustomResource(
        f"{name}-secret-provider-class",
        api_version="secrets-store.csi.x-k8s.io/v1",
        kind="SecretProviderClass",
        metadata={"name": name, "namespace": namespace},
        spec={
            "provider": "azure",
            "parameters": {
                "clientID": identity.client_id,
                "tenantId": identity.tenant_id,
                "usePodIdentity": "false",
                "useVMManagedIdentity": "false",
                "keyvaultName": vault.name,
                "cloudName": "AzurePublicCloud",
                "objects": objects,
            },
        },
        opts=in_cluster,
    )

    labels = {"app.kubernetes.io/name": name}
    contents = short_hash(f"workload-identity\n{objects}\n[]", 16)
    mount = k8s.core.v1.VolumeMountArgs(name="secrets-store", mount_path="/mnt/secrets-store", read_only=True)
    no_privileges = k8s.core.v1.SecurityContextArgs(
        allow_privilege_escalation=False, capabilities=k8s.core.v1.CapabilitiesArgs(drop=["ALL"])
    )
    container = k8s.core.v1.ContainerArgs(
        name=name, image=workload["image"], security_context=no_privileges, volume_mounts=[mount]
    )
    csi = k8s.core.v1.CSIVolumeSourceArgs(
        driver="secrets-store.csi.k8s.io", read_only=True, volume_attributes={"secretProviderClass": name}
    )
    volume = k8s.core.v1.VolumeArgs(name="secrets-store", csi=csi)
    k8s.apps.v1.Deployment(
        f"{name}-deployment",
        metadata=k8s.meta.v1.ObjectMetaArgs(name=name, namespace=namespace, labels=labels),
        spec=k8s.apps.v1.DeploymentSpecArgs(
            replicas=1,
            progress_deadline_seconds=1200,
            selector=k8s.meta.v1.LabelSelectorArgs(match_labels=labels),
            template=k8s.core.v1.PodTemplateSpecArgs(
                metadata=k8s.meta.v1.ObjectMetaArgs(
                    labels=labels,
                    annotations={
                        "aks-secrets/client-id": identity.client_id,
                        "aks-secrets/secret-provider-class": contents,
                    },
                ),
                spec=k8s.core.v1.PodSpecArgs(
                    service_account_name=name,
                    automount_service_account_token=False,
                    node_selector={"kubernetes.io/os": "linux"},
                    security_context=k8s.core.v1.PodSecurityContextArgs(
                        run_as_non_root=True,
                        seccomp_profile=k8s.core.v1.SeccompProfileArgs(type="RuntimeDefault"),
                    ),
                    containers=[container],
                    volumes=[volume],
                ),
            ),
        ),
        opts=ResourceOptions(
            provider=provider,
            depends_on=[account, provider_class, credential, assignment, secret],
            custom_timeouts=pulumi.CustomTimeouts(create="22m", update="22m"),
        ),
    )

pulumi.export("vault_uri", pulumi.Output.concat("https://", vault.name, ".vault.azure.net/"))
pulumi.export("cluster", cluster.name)
