"""Sets up Azure for the pipelines, once: identities, federated credentials, roles, the state's container and
key.

    python -m tools.ci.federation --github shop/infra --subscription ID --stacks dev,prod --name shop
    python -m tools.ci.federation --operator ISSUER --subscription ID --stacks platform,shop --name shop
    python -m tools.ci.federation … --apply

It prints the `az` commands, a script that can be read and run by hand; with `--apply` it runs them. It can be
repeated: what exists stays. The rights that it needs: Owner of the subscription, or Contributor and User
Access Administrator. Each stack gets two identities: one for its update, whose token only the environment of
the stack's name gets, and one for previews. docs/ci.md explains each choice.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from tools.ci.azure_commands import AzureError, Command, as_script, body, run_all
from tools.ci.sign_in import AUDIENCE

DEPLOYER = ("Contributor", "Role Based Access Control Administrator")
PREVIEWER = (
    "Reader",
    "Azure Kubernetes Service Cluster User Role",
    # a server-side dry run needs the rights of the write, and custom resources are in no smaller role
    "Azure Kubernetes Service RBAC Cluster Admin",
)
KEY = "pulumi"
CONTAINER = "state"
KEY_API = "2023-07-01"


@dataclass(frozen=True)
class Host:
    """Issuer of the pipelines' tokens, and their subjects."""

    issuer: str
    deploy: str
    """Subject of the update's token; `{stack}` is the stack."""
    preview: tuple[str, ...]
    """Subjects of the previews' tokens."""


@dataclass(frozen=True)
class Setup:
    """The parts that are set up."""

    host: Host
    name: str
    subscription: str
    stacks: tuple[str, ...]
    location: str
    scope: str

    @property
    def group(self) -> str:
        return f"rg-{self.name}-ci"

    @property
    def account(self) -> str:
        return f"st{self.name.replace('-', '')}ci"

    @property
    def vault(self) -> str:
        return f"kv-{self.name}-ci"

    @property
    def _group_id(self) -> str:
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}/providers"

    @property
    def container_id(self) -> str:
        return (
            f"{self._group_id}/Microsoft.Storage/storageAccounts/{self.account}"
            f"/blobServices/default/containers/{CONTAINER}"
        )

    @property
    def key_id(self) -> str:
        return f"{self._group_id}/Microsoft.KeyVault/vaults/{self.vault}/keys/{KEY}"

    @property
    def backend(self) -> str:
        return f"azblob://{CONTAINER}?storage_account={self.account}"

    @property
    def secrets_provider(self) -> str:
        return f"azurekeyvault://{self.vault}.vault.azure.net/keys/{KEY}"


def github(repository: str) -> Host:
    """An environment's token names the environment: only a job that it let pass has it."""
    subject = f"repo:{repository}:environment:{{stack}}"
    return Host(
        "https://token.actions.githubusercontent.com", subject, (f"{subject}-preview", f"{subject}-pr")
    )


def gitlab(project: str, issuer: str = "https://gitlab.com") -> Host:
    """A token names the branch, not the environment: all jobs of the branch may have both identities."""
    subject = f"project_path:{project}:ref_type:branch:ref:main"
    return Host(issuer, subject, (subject,))


def azure_devops(project: str, organization: str) -> Host:
    """A token names the service connection, whose use an approval can hold back."""
    subject = f"sc://{project}/aks-secrets-{{stack}}"
    return Host(f"https://vstoken.dev.azure.com/{organization}", subject, (f"{subject}-preview",))


def operator(issuer: str, namespace: str) -> Host:
    """The operator's pods run as a ServiceAccount of each stack; `python -m operations stacks` names it."""
    return Host(issuer, f"system:serviceaccount:{namespace}:{{account}}", ())


def commands(setup: Setup) -> Iterator[Command]:
    """The commands, in order."""
    in_group = ("--resource-group", setup.group)
    quiet = ("--output", "none")
    yield Command(("account", "set", "--subscription", setup.subscription), "The subscription")
    yield Command(
        ("group", "create", "--name", setup.group, "--location", setup.location, *quiet),
        "A resource group for what the pipelines need, apart from every stack's",
    )
    yield Command(
        ("storage", "account", "create", "--name", setup.account, *in_group, "--location", setup.location,
         "--sku", "Standard_ZRS", "--allow-blob-public-access", "false", "--allow-shared-key-access", "false",
         "--min-tls-version", "TLS1_2", *quiet),
        "The states: no keys of the account, versions and deleted blobs are kept for 30 days",
    )  # fmt: skip
    yield Command(
        ("storage", "account", "blob-service-properties", "update",
         "--account-name", setup.account, *in_group,
         "--enable-versioning", "true", "--enable-delete-retention", "true", "--delete-retention-days", "30",
         *quiet),
    )  # fmt: skip
    yield Command(
        ("storage", "container-rm", "create", "--storage-account", setup.account, *in_group,
         "--name", CONTAINER, *quiet),
    )  # fmt: skip
    yield Command(
        ("keyvault", "create", "--name", setup.vault, *in_group, "--location", setup.location,
         "--enable-rbac-authorization", "true", "--enable-purge-protection", "true", *quiet),
        "The key of the states' secrets, in a vault that no stack makes or deletes",
        unless=("keyvault", "show", "--name", setup.vault, *in_group),
    )  # fmt: skip
    yield Command(
        ("rest", "--method", "put", "--url",
         f"https://management.azure.com{setup.key_id}?api-version={KEY_API}",
         "--body", body({"properties": {"kty": "RSA", "keySize": 3072, "keyOps": ["encrypt", "decrypt"]}}),
         *quiet),
        "(through ARM: it makes a first version only, and needs no role in the vault)",
    )  # fmt: skip
    for stack in setup.stacks:
        account = re.sub(r"[^a-z0-9]+", "-", stack.lower()).strip("-")
        subject = setup.host.deploy.format(stack=stack, account=account)
        yield from _identity(setup, stack, [subject], DEPLOYER, "Storage Blob Data Contributor")
        if subjects := [subject.format(stack=stack) for subject in setup.host.preview]:
            yield from _identity(setup, f"{stack}-preview", subjects, PREVIEWER, "Storage Blob Data Reader")


def _identity(
    setup: Setup, environment: str, subjects: list[str], roles: tuple[str, ...], state_role: str
) -> Iterator[Command]:
    name = f"id-{setup.name}-ci-{environment}"
    variable = _variable(environment)
    in_group = ("--resource-group", setup.group)
    yield Command(
        ("identity", "create", "--name", name, *in_group, "--location", setup.location, "--output", "none"),
        f"The identity of {environment}",
    )
    for field in ("principalId", "clientId"):
        saves = f"{'PRINCIPAL' if field == 'principalId' else 'CLIENT'}_{variable}"
        show = ("identity", "show", "--name", name, *in_group, "--query", field, "--output", "tsv")
        yield Command(show, saves=saves)
    for subject in subjects:
        # one after the other: an identity refuses parallel writes (pulumi-azure-native#4343)
        credential = re.sub(r"[^A-Za-z0-9-]+", "-", subject.rpartition("/")[2])[-100:].strip("-")
        yield Command(
            ("identity", "federated-credential", "create", "--name", credential, "--identity-name", name,
             *in_group, "--issuer", setup.host.issuer, "--subject", subject, "--audiences", AUDIENCE,
             "--output", "none"),
        )  # fmt: skip
    scopes = [*((role, setup.scope) for role in roles), (state_role, setup.container_id)]
    for role, scope in [*scopes, ("Key Vault Crypto User", setup.key_id)]:
        yield Command(
            ("role", "assignment", "create", "--assignee-object-id", f"$PRINCIPAL_{variable}",
             "--assignee-principal-type", "ServicePrincipal", "--role", role, "--scope", scope,
             "--output", "none"),
        )  # fmt: skip


def _variable(environment: str) -> str:
    return re.sub(r"\W", "_", environment).upper()


def next_steps(setup: Setup, values: dict[str, str], tenant: str) -> str:
    """The steps that remain in the pipeline's host, with the values."""
    lines = [f"# each stack, once: pulumi stack init NAME --secrets-provider '{setup.secrets_provider}'"]
    if not setup.host.preview:
        options = [f"--identity {stack}={values[f'CLIENT_{_variable(stack)}']}" for stack in setup.stacks]
        options += [f"--subscription {setup.subscription}", f"--backend '{setup.backend}'"]
        return "\n".join([*lines, "# python -m operations stacks --out DIR …", *options])
    for stack in setup.stacks:
        for environment, identity in (
            (stack, stack), (f"{stack}-preview", f"{stack}-preview"), (f"{stack}-pr", f"{stack}-preview"),
        ):  # fmt: skip
            client = values[f"CLIENT_{_variable(identity)}"]
            lines += [
                f"{environment}: AZURE_CLIENT_ID={client} AZURE_TENANT_ID={tenant} "
                f"AZURE_SUBSCRIPTION_ID={setup.subscription} PULUMI_BACKEND_URL={setup.backend}"
            ]
    return "\n".join(lines)


def parse(arguments: list[str] | None) -> tuple[Setup, bool]:
    """The set-up that the arguments describe, and whether it is to be made."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.ci.federation", description="Sets up Azure for the pipelines."
    )
    hosts = parser.add_mutually_exclusive_group(required=True)
    hosts.add_argument(
        "--github", metavar="OWNER/NAME", help="repository on GitHub, in its own upper and lower case"
    )
    hosts.add_argument("--gitlab", metavar="GROUP/PROJECT", help="project on GitLab")
    hosts.add_argument("--azure-devops", metavar="ORGANIZATION/PROJECT", help="project on Azure DevOps")
    hosts.add_argument(
        "--operator", metavar="ISSUER", help="OIDC issuer of the cluster with the Pulumi Kubernetes Operator"
    )
    parser.add_argument("--namespace", default="pulumi", help="namespace of the operator's Stack objects")
    parser.add_argument("--issuer", default="https://gitlab.com", help="address of a GitLab of your own")
    parser.add_argument("--organization-id", metavar="ID", help="id of the organization on Azure DevOps")
    parser.add_argument("--subscription", metavar="ID", required=True)
    parser.add_argument("--stacks", metavar="NAME,…", required=True, help="stacks that the pipelines deploy")
    parser.add_argument("--name", required=True, help="part of the names: rg-NAME-ci, stNAMEci, kv-NAME-ci")
    parser.add_argument("--location", default="westeurope", help="Azure region (default westeurope)")
    parser.add_argument("--scope", help="where the deployer works (default: the subscription)")
    parser.add_argument("--apply", action="store_true", help="run the commands; without it they are printed")
    options = parser.parse_args(arguments)
    stacks = tuple(name.strip() for name in options.stacks.split(",") if name.strip())
    if not re.fullmatch(r"(?=.{2,14}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*", options.name):
        parser.error(
            f"--name: {options.name!r} must be 2 to 14 lower-case letters, digits and single hyphens"
        )
    if options.azure_devops and not options.organization_id:
        parser.error(
            "--organization-id: is needed with --azure-devops (…/_apis/connectiondata has it: instanceId)"
        )
    if options.operator and not options.operator.startswith("https://"):
        parser.error(
            f"--operator: {options.operator!r} is no issuer "
            "(az aks show … --query oidcIssuerProfile.issuerUrl)"
        )
    if not stacks or not all(re.fullmatch(r"[A-Za-z0-9][\w.-]*", stack) for stack in stacks):
        parser.error(f"--stacks: {options.stacks!r} must be names of stacks, with commas between them")
    if options.github:
        host = github(options.github)
    elif options.gitlab:
        host = gitlab(options.gitlab, options.issuer)
    elif options.operator:
        host = operator(options.operator, options.namespace)
    else:
        host = azure_devops(options.azure_devops, options.organization_id)
    scope = options.scope or f"/subscriptions/{options.subscription}"
    return Setup(host, options.name, options.subscription, stacks, options.location, scope), options.apply


def main(arguments: list[str] | None = None) -> int:
    """The exit status."""
    setup, apply = parse(arguments)
    if not apply:
        print(as_script(commands(setup)), end="")
        print("federation: nothing was changed; --apply runs these commands", file=sys.stderr)
        return 0
    try:
        tenant = Command(("account", "show", "--query", "tenantId", "--output", "tsv"), saves="TENANT")
        values = run_all([*commands(setup), tenant])
    except AzureError as error:
        print(f"federation: {error}; mend that and run it again, what exists stays", file=sys.stderr)
        return 1
    print(next_steps(setup, values, values["TENANT"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
