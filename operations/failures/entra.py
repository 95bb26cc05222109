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
        symptom=(Sign(code="AADSTS70021"), Sign(code="AADSTS70025")),
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
        "tokens for api://AzureADTokenExchange; a token that a pod gets otherwise is for the API server, and "
        "with an identity binding for the token proxy (api://AKSIdentityBinding).",
        proof=f"{_CREDENTIALS} shows the audiences; `kubectl create token {{service_account}} --namespace "
        "{namespace} --audience api://AzureADTokenExchange` makes a token with the right one.",
        next_step="type `pulumi up --refresh --stack {stack}` if the credential is wrong; if the token is, "
        "let the application read the file in AZURE_FEDERATED_TOKEN_FILE; with an identity binding switch "
        "the proxy on in its WorkloadIdentityCredential (docs/sdk.md)",
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
    Failure(
        id="aadsts700222",
        title="AADSTS700222",
        symptom=(Sign(code="AADSTS700222"),),
        example="AADSTS700222: AAD-issued tokens may not be used for federated identity flows.",
        cause="The token comes from Entra ID itself, such as one of `az account get-access-token`, and not "
        "from the cluster or the pipeline. Entra exchanges tokens of other issuers only.",
        proof="The claim `iss` of the token is a host of Entra ID, such as sts.windows.net.",
        next_step="let the application read the file in AZURE_FEDERATED_TOKEN_FILE; in a pipeline use the "
        "token of the pipeline's own issuer (docs/ci.md)",
        source="https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations",
    ),
    Failure(
        id="aadsts50013",
        title="AADSTS50013",
        symptom=(Sign(code="AADSTS50013"), Sign(code="AADSTS7000272")),
        example="AADSTS50013: Assertion failed signature validation. [Reason - The key was not found., "
        "Thumbprint of key used by client: '…']",
        cause="The signature of the token is of no key that the issuer publishes: the cluster has changed "
        "its signing keys since the token was made, or Entra still has the older list of keys.",
        proof="`kubectl get --raw /openid/v1/jwks` shows the cluster's keys; the header of the token names "
        "its key in `kid`.",
        next_step="restart the pods, which then get new tokens (`kubectl rollout restart "
        "deployment/{workload} --namespace {namespace}`), and wait some minutes after a rotation of the keys",
        source="https://learn.microsoft.com/entra/identity-platform/reference-error-codes",
    ),
    Failure(
        id="aadsts700024",
        title="AADSTS700024",
        symptom=(Sign(code="AADSTS700024"),),
        example="AADSTS700024: Client assertion is not within its valid time range. Current time: "
        "2026-03-02T10:11:12.1234567Z, assertion valid from 2026-03-02T09:00:00.0000000Z, expiry time of "
        "assertion 2026-03-02T09:05:00.0000000Z.",
        cause="The token has expired. That of a GitHub workflow lives for five minutes, and `az login` "
        "keeps it for every later request; that of a pod lives for an hour, and the kubelet replaces the "
        "file.",
        proof="The message has the time and the expiry.",
        next_step="in a pipeline set ARM_USE_OIDC=true instead of `az login`, so that the provider requests "
        "a new token each time (docs/deploying.md); in a pod read AZURE_FEDERATED_TOKEN_FILE anew for each "
        "request, as the SDKs do",
        source="https://github.com/Azure/login/issues/180",
    ),
    Failure(
        id="client-secret-wrong",
        title="Client secret wrong",
        symptom=(Sign(code="AADSTS7000215"), Sign(code="AADSTS7000222")),
        example="AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request "
        "is the client secret value, not the client secret ID, for a secret added to app '…'.",
        cause="The client secret of the service principal is wrong (AADSTS7000215: often its id instead of "
        "its value) or has expired (AADSTS7000222).",
        proof="`az ad app credential list --id {client_id} --query '[].[hint,endDateTime]'` shows the first "
        "letters of each secret and its end.",
        next_step="use a federated credential instead, which has no secret (docs/deploying.md); or type `az "
        "ad app credential reset --id {client_id} --append` and put the new value where ARM_CLIENT_SECRET "
        "or the Kubernetes Secret has it",
        source="https://learn.microsoft.com/entra/identity-platform/reference-error-codes",
    ),
    Failure(
        id="issuer-not-reachable",
        title="Issuer not reachable",
        symptom=(
            Sign(code="AADSTS90061"),
            Sign(code="AADSTS50166"),
            Sign(code="AADSTS900612"),
        ),
        example="AADSTS90061: Request to External OIDC endpoint failed.",
        cause="Entra does not reach the discovery document of the token's issuer, or cannot read its keys. "
        "That of AKS is public, whatever the API server's network.",
        proof='`curl --fail "$(az aks show --name {cluster} --resource-group {resource_group} --query '
        'oidcIssuerProfile.issuerUrl --output tsv).well-known/openid-configuration"` answers with the '
        "document.",
        next_step="try again after some minutes; if the document is not there, look whether the cluster "
        "still exists and type `az aks update --name {cluster} --resource-group {resource_group} "
        "--enable-oidc-issuer`",
        source="https://azure.github.io/azure-workload-identity/docs/troubleshooting.html",
    ),
    Failure(
        id="tenant-not-found",
        title="Tenant not found",
        symptom=(
            Sign(code="AADSTS90002"),
            Sign(code="AADSTS900023"),
            Sign(code="InvalidAuthenticationTokenTenant"),
        ),
        example="AADSTS90002: Tenant '5d9c1f4e-0000-4000-8000-000000000001' not found.",
        cause="The tenant {tenant} does not exist, or the token is of another tenant than the subscription.",
        proof="`az account show --query tenantId` shows the tenant of the sign-in.",
        next_step="type `az login --tenant <tenant-id>`, or mend ARM_TENANT_ID",
        source="https://learn.microsoft.com/entra/identity-platform/reference-error-codes",
    ),
    Failure(
        id="sign-in-expired",
        title="Sign-in expired",
        symptom=(
            Sign(code="AADSTS700082"),
            Sign(code="AADSTS70043"),
            Sign(code="AADSTS70008"),
            Sign(code="AADSTS50173"),
            Sign(code="AADSTS50076"),
            Sign(code="AADSTS50078"),
            Sign(code="AADSTS50079"),
            Sign(code="AADSTS530034"),
            Sign(code="ExpiredAuthenticationToken"),
            Sign(text=r"[Pp]lease run:? ?\n?'?\"?az login"),
            Sign(text=r"To sign in, use a web browser to open the page https?://[\w.-]{1,60}/\w{1,40}"),
        ),
        example="ERROR: AADSTS700082: The refresh token has expired due to inactivity. … Interactive "
        "authentication is needed. Please run: az login",
        cause="No account is signed in, the sign-in has expired, or it needs a second factor again. "
        "kubelogin asks with a device code, which a program cannot answer.",
        proof="`az account get-access-token --output none` fails in the same way.",
        next_step="type `az login`, and `kubelogin convert-kubeconfig -l azurecli` if kubectl still asks "
        "for a device code",
        source="https://github.com/Azure/azure-cli/issues/20706",
    ),
    Failure(
        id="no-credential",
        title="No credential",
        symptom=(
            Sign(text=r"DefaultAzureCredential failed to retrieve a token from the included credentials"),
            Sign(text=r"DefaultAzureCredential: failed to acquire a token"),
            Sign(text=r"Azure CLI not found on path"),
        ),
        example="DefaultAzureCredential failed to retrieve a token from the included credentials. Attempted "
        "credentials: EnvironmentCredential: EnvironmentCredential authentication unavailable. Environment "
        "variables are not fully configured.",
        cause="None of the ways to sign in to Azure is there: no ARM_* or AZURE_* variables, no `az login`, "
        "no identity of a pod or of a machine.",
        proof="The message has a line for each way and why it did not work. In a pod `env | grep AZURE_` "
        "shows what the webhook of workload identity has set.",
        next_step="type `az login` (a person), set the ARM_* variables (a pipeline, docs/deploying.md), or "
        'give the pod the label azure.workload.identity/use: "true"',
        source="https://learn.microsoft.com/azure/developer/python/sdk/authentication/overview",
        wraps=1,
    ),
    Failure(
        id="conditional-access",
        title="Conditional access",
        symptom=(Sign(code="AADSTS53003"), Sign(code="AADSTS53000"), Sign(code="AADSTS530003")),
        example="AADSTS53003: Access has been blocked by Conditional Access policies. The access policy "
        "does not allow token issuance.",
        cause="A policy of the tenant does not let this sign-in through from this place or device.",
        proof="The sign-in log of Entra shows which policy; `az account show --query user.name` who is "
        "signed in.",
        next_step="sign in from a place or device that the policy allows, or ask the owner of the tenant; a "
        "pipeline signs in by a federated credential (docs/ci.md)",
        source="https://learn.microsoft.com/entra/identity-platform/reference-error-codes",
    ),
    Failure(
        id="pipeline-has-no-token",
        title="Pipeline has no token",
        symptom=(
            Sign(text=r"ACTIONS_ID_TOKEN_REQUEST_(?:URL|TOKEN)"),
            Sign(text=r"SYSTEM_OIDCREQUESTURI"),
        ),
        example="Error: Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable",
        cause="The job of the pipeline may not request a token, so it cannot sign in to Azure without a "
        "secret.",
        proof="The job has no `id-token: write` among its `permissions`; a workflow of a fork never has it.",
        next_step="write `id-token: write` and `contents: read` below `permissions` of the job (docs/ci.md)",
        source="https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deploy"
        "ments/configuring-openid-connect-in-azure",
    ),
)
