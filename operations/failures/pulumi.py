"""Pulumi and Helm: the state, its lock and its key, and releases that were cut off."""

from __future__ import annotations

from typing import Final

from operations.failures.failure import Failure, Sign
from operations.failures.names import DNS

FAILURES: Final = (
    Failure(
        id="state-locked",
        title="State locked",
        symptom=(
            Sign(text=r"the stack is currently locked by \d{1,4} lock"),
            Sign(text=r"\b409\b[^\n]{0,40}Another update is currently in progress"),
        ),
        example="error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) "
        "to end or delete the lock file with `pulumi cancel`.",
        cause="Another update of the stack runs, or one was killed and left its lock.",
        proof="The message names user, machine, process and time of the lock.",
        next_step="wait until that update ends; if it is dead type `pulumi cancel --stack {stack}`, and "
        "then `python -m operations resume --stack {stack}` if it had begun to make things",
        source="https://github.com/pulumi/pulumi/issues/8973",
    ),
    Failure(
        id="passphrase-wrong",
        title="Passphrase wrong",
        symptom=(Sign(text=r"\bincorrect passphrase\b"),),
        example="error: getting stack configuration: get stack secrets manager: incorrect passphrase",
        cause="PULUMI_CONFIG_PASSPHRASE is not the one with which the stack was made.",
        proof="`pulumi config --stack {stack}` fails in the same way.",
        next_step="set the right PULUMI_CONFIG_PASSPHRASE; if it is lost see "
        "docs/operations.md#when-the-state-or-its-key-is-lost",
        source="https://www.pulumi.com/docs/iac/concepts/secrets/#changing-the-secrets-provider-for-a-stack",
    ),
    Failure(
        id="passphrase-missing",
        title="Passphrase missing",
        symptom=(
            Sign(text=r"passphrase must be set with PULUMI_CONFIG_PASSPHRASE"),
            Sign(text=r"unable to find either `?PULUMI_CONFIG_PASSPHRASE"),
        ),
        example="error: getting stack configuration: get stack secrets manager: passphrase must be set with "
        "PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
        cause="The secrets of the stack are encrypted with a passphrase, and the environment has none.",
        proof="`pulumi stack ls` works, since it needs none; `pulumi config --stack {stack}` fails in the "
        "same way.",
        next_step="set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE",
        source="https://www.pulumi.com/docs/iac/concepts/secrets/",
    ),
    Failure(
        id="key-of-the-state-not-reached",
        title="Key of the state not reached",
        symptom=(
            Sign(text=r"failed to Dial default KeyVault"),
            Sign(text=r"open keeper azurekeyvault://(?P<vault>[0-9A-Za-z-]{3,24})"),
            Sign(text=r"secrets \(code=\w{1,40}\): "),
        ),
        example="error: secrets (code=Unknown): Post "
        '"https://kv-pulumi.vault.azure.net/keys/pulumi/decrypt?api-version=2025-07-01": …',
        cause="Pulumi does not get at the key in vault {vault} that encrypts the secrets of the state: the "
        "sign-in, the right or the network is missing.",
        proof="`az keyvault key show --vault-name {vault} --name <key> --query key.kid` from the same place.",
        next_step="sign in (`az login`, or ARM_* and AZURE_* variables), and assign Key Vault Crypto User "
        "for that key (docs/deploying.md#the-key-of-the-state); the vault has to be another one than the "
        "stack's",
        source="https://github.com/pulumi/pulumi/issues/4209",
        wraps=1,
    ),
    Failure(
        id="state-backend-refuses",
        title="State backend refuses",
        symptom=(
            Sign(code="AuthorizationPermissionMismatch"),
            Sign(code="AuthorizationFailure"),
            Sign(text=r"azblob[^\n]{0,300}\b403\b|blob\.core\.windows\.net[^\n]{0,300}\b403\b"),
            Sign(text=r"blob \(key [^\n]{1,300}\b(?:403|PermissionDenied)\b"),
        ),
        example='error: could not list bucket: blob (key ".pulumi/") (code=PermissionDenied): RESPONSE 403: '
        "403 This request is not authorized to perform this operation using this permission. ERROR CODE: "
        "AuthorizationPermissionMismatch",
        cause="The storage account of the state does not let the deployer read and write blobs: the role is "
        "missing, or the firewall of the account refuses the address.",
        proof="`az storage blob list --account-name <account> --container-name <container> --auth-mode "
        "login --num-results 1 --output none` fails in the same way.",
        next_step="assign Storage Blob Data Contributor on the container to the deployer, or let its "
        "address through the account's firewall (docs/deploying.md)",
        source="https://github.com/pulumi/pulumi/issues/15748",
    ),
    Failure(
        id="not-logged-in-to-the-backend",
        title="Not logged in to the backend",
        symptom=(
            Sign(text=r"PULUMI_ACCESS_TOKEN must be set for login"),
            Sign(text=r"[Ii]nvalid access token"),
            Sign(text=r"you must (?:first )?(?:be logged in|log in) to"),
        ),
        example="error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
        cause="Pulumi does not know where the state is, or has no token for Pulumi Cloud.",
        proof="`pulumi whoami --verbose` shows the backend, or fails.",
        next_step="type `pulumi login azblob://<container>?storage_account=<account>`, or set "
        "PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN",
        source="https://www.pulumi.com/docs/iac/concepts/state-and-backends/",
    ),
    Failure(
        id="no-such-stack",
        title="No such stack",
        symptom=(Sign(text=r"no stack named '(?P<stack>[\w./-]{1,140})' found"),),
        example="error: no stack named 'prd' found",
        cause="The backend has no stack {stack}: its name is another one, it was never made, or this is "
        "another backend.",
        proof="`pulumi stack ls` lists the stacks; `pulumi whoami --verbose` shows the backend.",
        next_step="type `pulumi stack init {stack}` for a new stack, or mend --stack",
        source="https://www.pulumi.com/docs/iac/concepts/stacks/",
    ),
    Failure(
        id="pending-operations",
        title="Pending operations",
        symptom=(
            Sign(text=r"\d{1,5} pending operations? from previous deployment"),
            Sign(text=r"interrupted while (?:creating|updating|deleting|reading|importing)"),
        ),
        example="warning: Attempting to deploy or update resources with 1 pending operations from previous "
        "deployment.",
        cause="An earlier update was cut off, and the state does not know how these operations ended.",
        proof="`pulumi stack export --stack {stack} | jq '.deployment.pending_operations[].resource.urn'` "
        "lists them.",
        next_step="type `python -m operations resume --stack {stack}`, which reads what became of each, "
        "then `pulumi up --stack {stack}`",
        source="https://github.com/pulumi/pulumi/issues/5377",
    ),
    Failure(
        id="update-canceled",
        title="Update canceled",
        symptom=(
            Sign(text=r"error: (?:update|preview|refresh|destroy) cancell?ed"),
            Sign(text=r"(?:\^C|SIGTERM) received; (?:cancelling|terminating)"),
        ),
        example="error: update canceled",
        cause="Ctrl-C or SIGTERM, often of a pipeline at its time limit, has ended the command. What "
        "had begun is finished and in the state, unless a second one ended that too.",
        proof="`pulumi stack history --stack {stack}` shows the last update as failed.",
        next_step="type the same command again; after a second Ctrl-C type `python -m operations resume "
        "--stack {stack}` first",
        source="https://github.com/pulumi/pulumi/blob/master/pkg/backend/cancellation_scope.go",
        wraps=1,
    ),
    Failure(
        id="exists-outside-the-state",
        title="Exists outside the state",
        symptom=(
            Sign(text=r"cannot create already existing (?:sub)?resource"),
            Sign(text=r"access policy for \S{1,60} already exists"),
        ),
        example="error: cannot create already existing resource "
        "'/subscriptions/…/providers/Microsoft.KeyVault/vaults/kv-shop'",
        cause="The resource exists in Azure and not in the state: an update that died made it, or "
        "another person or tool.",
        proof="`az resource show --ids <the id of the message>` shows it, with its tags.",
        next_step="type `python -m operations resume --stack {stack}`, which takes it into the state; what "
        "another person or tool made is listed as `existing` (docs/adopt.md)",
        source="https://github.com/pulumi/pulumi-azure-native/issues/2505",
    ),
    Failure(
        id="state-file-cut-off",
        title="State file cut off",
        symptom=(
            Sign(text=r"failed to load checkpoint"),
            Sign(text=r"unexpected end of JSON input"),
            Sign(text=r"snapshot integrity failure"),
        ),
        example="error: failed to load checkpoint: EOF",
        cause="The file with the state was not written to its end, or does not fit together.",
        proof="`pulumi stack export --stack {stack}` fails in the same way.",
        next_step="restore it from the backend (docs/operations.md#when-the-state-or-its-key-is-lost), then "
        "type `python -m operations resume --stack {stack}`",
        source="https://github.com/pulumi/pulumi/issues/12482",
    ),
    Failure(
        id="protected",
        title="Protected",
        symptom=(Sign(text=r"(?:as it is currently|is currently) marked for protection"),),
        example='error: unable to delete resource "urn:pulumi:prod::aks-secrets::…::vault" as it is '
        "currently marked for protection.",
        cause="The settings protect the resource (`vault.protect`, `cluster.protect`), and the update would "
        "delete or replace it.",
        proof="`pulumi stack export --stack {stack} | jq -r '.deployment.resources[] | select(.protect) | "
        ".urn'` lists what is protected.",
        next_step="take back the change that deletes it; if it is meant set `protect` to false, type "
        "`pulumi up --stack {stack}`, and then the same command again",
        source="https://github.com/pulumi/pulumi/issues/8158",
    ),
    Failure(
        id="helm-operation-in-progress",
        title="Helm operation in progress",
        symptom=(
            Sign(text=r"another operation \(install/upgrade/rollback\) is in progress"),
            Sign(text=r"cannot re-use a name that is still in use"),
            Sign(text=rf"\"(?P<release>{DNS})\" has no deployed releases"),
            Sign(text=r"\bpending-(?:install|upgrade|rollback)\b"),
        ),
        example="another operation (install/upgrade/rollback) is in progress",
        cause="A Helm release was cut off and is left in pending-install, pending-upgrade or "
        "pending-rollback, or it is in the cluster and not in the state.",
        proof="`helm list --all-namespaces --deployed --failed --pending` shows the status of each release.",
        next_step="type `python -m operations resume --stack {stack} --mend-releases`, then `pulumi up "
        "--stack {stack}`",
        source="https://github.com/pulumi/pulumi-kubernetes/issues/2054",
    ),
    Failure(
        id="annotations-too-long",
        title="Annotations too long",
        symptom=(Sign(text=r"metadata\.annotations: Too long: (?:must have|may not be more than)"),),
        example='CustomResourceDefinition "secretstores.external-secrets.io" is invalid: '
        "metadata.annotations: Too long: must have at most 262144 bytes",
        cause="The object was applied on the client's side, which keeps a copy of it in an annotation, and "
        "it is too large for one.",
        proof="The message names the object.",
        next_step="take enable_server_side_apply: false away (or PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY), or "
        "use `kubectl apply --server-side`",
        source="https://github.com/external-secrets/external-secrets/issues/5098",
    ),
    Failure(
        id="await-timed-out",
        title="Await timed out",
        symptom=(Sign(text=r"timed out waiting for the condition"), Sign(text=r"context deadline exceeded")),
        example="timed out waiting for the condition",
        cause="Something did not become ready in the time that the command waits; the reason is in the "
        "events.",
        proof="`kubectl get events --all-namespaces --field-selector type=Warning --sort-by .lastTimestamp` "
        "lists them.",
        next_step="mend the reason that the events show, then type the same command again; it goes on where "
        "it stopped",
        source="https://github.com/pulumi/pulumi-kubernetes/issues/4521",
        wraps=5,
    ),
    Failure(
        id="plugin-missing",
        title="Plugin missing",
        symptom=(
            Sign(text=r"no (?:resource|language) plugin '(?P<plugin>[\w-]{1,80})' found"),
            Sign(text=r"could not (?:download|find) plugin"),
            Sign(text=r"failed to download plugin: (?P<plugin>[\w-]{1,80})"),
        ),
        example="error: no resource plugin 'pulumi-resource-azure-native' found in the workspace at version "
        "v3.29.0 or on your $PATH",
        cause="Pulumi has not the provider that the program needs, and cannot download it.",
        proof="`pulumi plugin ls` lists what is installed.",
        next_step="type `pulumi install` in the folder of the program, with access to the network",
        source="https://www.pulumi.com/docs/iac/concepts/plugins/",
    ),
    Failure(
        id="chart-requires-another-kubernetes",
        title="Chart requires another Kubernetes",
        symptom=(
            Sign(
                text=r"chart requires kubeVersion: [^\n]{1,60} which is incompatible with "
                r"Kubernetes"
            ),
        ),
        example="chart requires kubeVersion: >= 1.27.0-0 which is incompatible with Kubernetes v1.20.0",
        cause="The cluster is older than the chart wants, or it was not reached: Helm then counts on "
        "Kubernetes 1.20.",
        proof="`kubectl version` shows the version of the cluster, or that it is not reached.",
        next_step="mend the way to the cluster (docs/troubleshooting.md#cluster-unreachable), or set "
        "`cluster.kubernetes_version`, then type `pulumi up --stack {stack}`",
        source="https://github.com/pulumi/pulumi-kubernetes/issues/2374",
    ),
)
