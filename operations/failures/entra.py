"""Entra: a token of a ServiceAccount, a pipeline or a person is not accepted."""

from __future__ import annotations

from typing import Final

from operations.failures.failure import Failure, Sign

_CREDENTIALS = (
    "`az identity federated-credential list --identity-name {identity} --resource-group {resource_group} "
    "--query '[].[issuer,subject,audiences]'`"
)

FAILURES: Final = (
    Failure(
        id="aadsts70021",
        title="AADSTS70021",
        symptom=(Sign(code="AADSTS70021"),),
        example="AADSTS70021: No matching federated identity record found for presented assertion. Assertion "
        "Issuer: 'https://westeurope.oic.prod-aks.azure.com/…/'. Assertion Subject: "
        "'system:serviceaccount:shop:orders'.",
        cause="Entra finds no federated credential that matches the token. A new credential takes minutes "
        "to be everywhere; after that, its issuer, subject or audience is another one.",
        proof=f"{_CREDENTIALS} shows issuer, subject and audience. Each has to equal the token's byte for "
        f"byte, "
        "the final slash of the issuer included.",
        next_step="wait up to ten minutes if the stack has just made the credential; else type "
        "`pulumi up --refresh --stack {stack}`, which writes the credential as the program has it",
        source="https://github.com/external-secrets/external-secrets/issues/2783",
    ),
    Failure(
        id="aadsts700211",
        title="AADSTS700211",
        symptom=(Sign(code="AADSTS700211"),),
        example="AADSTS700211: No matching federated identity record found for presented assertion issuer "
        "'https://westeurope.oic.prod-aks.azure.com/…/'.",
        cause="No credential of the identity has the issuer {issuer}. The token is of another cluster, or "
        "the issuer of the cluster has changed since the credential was written.",
        proof=f"{_CREDENTIALS} shows the issuers; `az aks show --name {{cluster}} --resource-group "
        "{resource_group} --query oidcIssuerProfile.issuerUrl` shows the cluster's, with its final slash.",
        next_step=(
            "type `pulumi up --refresh --stack {stack}`, which writes the credential with the issuer of the "
            "cluster"
        ),
        source="https://github.com/Azure/azure-workload-identity/issues/1200",
    ),
    Failure(
        id="aadsts700212",
        title="AADSTS700212",
        symptom=(Sign(code="AADSTS700212"),),
        example="AADSTS700212: No matching federated identity record found for presented assertion audience "
        "'https://kubernetes.default.svc'.",
        cause="The credential has another audience than the token. The webhook of workload identity requests "
        "tokens for api://AzureADTokenExchange; a token that a pod gets otherwise is for the API server.",
        proof=f"{_CREDENTIALS} shows the audiences; `kubectl create token {{service_account}} --namespace "
        "{namespace} --audience api://AzureADTokenExchange` makes a token with the right one.",
        next_step="type `pulumi up --refresh --stack {stack}` if the credential is wrong; if the token is, "
        "let the application read the file in AZURE_FEDERATED_TOKEN_FILE",
        source="https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations",
    ),
    Failure(
        id="aadsts700213",
        title="AADSTS700213",
        symptom=(Sign(code="AADSTS700213"),),
        example="AADSTS700213: No matching federated identity record found for presented assertion subject "
        "'system:serviceaccount:shop:orders'.",
        cause="No credential of the identity has the subject {subject}. The pod runs as a ServiceAccount, "
        "or in a namespace, for which the stack made no credential.",
        proof=f"{_CREDENTIALS} shows the subjects.",
        next_step="list the workload with this namespace and service_account in `workloads`, then type "
        "`pulumi up --stack {stack}`; if the credential is there and was made just now, wait up to ten "
        "minutes",
        source="https://github.com/Azure/azure-workload-identity/issues/1200",
    ),
    Failure(
        id="aadsts7002138",
        title="AADSTS7002138",
        symptom=(Sign(code="AADSTS7002138"),),
        example="AADSTS7002138: No matching federated identity record found for presented assertion subject "
        "'repo:shop/infra:environment:Prod'. The subject matches with case-insensitive comparison, but not "
        "with case-sensitive comparison.",
        cause="The subject of the credential differs from the token's in upper and lower case only. Entra "
        "compares byte for byte.",
        proof=f"{_CREDENTIALS} shows the subjects; the message shows the token's.",
        next_step="write the subject in the credential as the message shows it (`az identity "
        "federated-credential update`, for an app registration `az ad app federated-credential update`)",
        source="https://github.com/Azure/login/issues/515",
    ),
    Failure(
        id="aadsts700016",
        title="AADSTS700016",
        symptom=(Sign(code="AADSTS700016"),),
        example="AADSTS700016: Application with identifier '…' was not found in the directory '…'.",
        cause="The tenant has no identity with the client id {client_id}. The identity was deleted, or it "
        "is in another tenant.",
        proof=(
            "`az ad sp show --id {client_id}` finds it in the tenant of `az account show --query tenantId`, "
            "or not."
        ),
        next_step="type `pulumi up --refresh --stack {stack}`, which makes a deleted identity anew; for an "
        "identity of `identities` with `existing`, mend its name",
        source="https://github.com/MicrosoftDocs/azure-docs/issues/108526",
    ),
)
