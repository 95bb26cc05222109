"""`stacks`: Stack objects of the Pulumi Kubernetes Operator for a platform and its teams' stacks."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from operations.errors import OperationError
from operations.operator.deployment import Deployment, parse_identities
from operations.operator.folder import RECORD, Record, contents, differences, record_of, write
from operations.operator.stack_files import deployed_stacks, stack_names
from operations.options import REPOSITORY, CheckOption, OutOption, ProgramOption
from operations.reporting import console, run_and_exit
from operations.written_folder import chosen as chosen_folder
from operations.written_folder import show_differences

Text = str | None
StacksOption = Annotated[
    list[str] | None,
    typer.Option("--stack", metavar="NAME", help="A stack to deploy (default: each Pulumi.NAME.yaml)."),
]
RepositoryOption = Annotated[
    Text, typer.Option("--repository", metavar="ADDRESS", help="Git repository of this program.")
]
BranchOption = Annotated[Text, typer.Option("--branch", metavar="NAME", help="Its branch (default: main).")]
DirectoryOption = Annotated[
    Text, typer.Option("--directory", metavar="PATH", help="Folder of Pulumi.yaml in it (default: its top).")
]
TokenOption = Annotated[
    Text, typer.Option("--git-token", metavar="SECRET:KEY", help="Secret and key that hold a token for it.")
]
SshOption = Annotated[
    Text,
    typer.Option(
        "--git-ssh-key", metavar="SECRET:KEY", help="Secret and key that hold a private key for it."
    ),
]
BackendOption = Annotated[
    Text,
    typer.Option(
        "--backend", metavar="URL", help="Of the states: azblob://CONTAINER?storage_account=ACCOUNT."
    ),
]
IdentityOption = Annotated[
    list[str] | None,
    typer.Option(
        "--identity", metavar="STACK=CLIENT_ID", help="The identity that deploys a stack; for each stack."
    ),
]
ImageOption = Annotated[
    Text,
    typer.Option("--image", metavar="IMAGE", help="Image of the pods: Pulumi, Python and kubelogin."),
]
NamespaceOption = Annotated[
    Text, typer.Option("--namespace", metavar="NAME", help="Namespace of the objects (default: pulumi).")
]
OperatorNamespaceOption = Annotated[
    Text,
    typer.Option(
        "--operator-namespace",
        metavar="NAME",
        help="Namespace of the operator (default: pulumi-kubernetes-operator).",
    ),
]
ResyncOption = Annotated[
    Text,
    typer.Option(
        "--resync", metavar="DURATION", help="Time between looks for commits and drift (default: 30m)."
    ),
]
SubscriptionOption = Annotated[
    Text,
    typer.Option("--subscription", metavar="ID", help="For stack files without azure-native:subscriptionId."),
]
PreviewOption = Annotated[
    bool | None, typer.Option("--preview/--update", help="Only preview, or update (default: update).")
]
ElsewhereOption = Annotated[
    bool | None,
    typer.Option(
        "--platform-elsewhere/--platform-here",
        help="Let stacks not wait for a platform that is not among them (default: refuse).",
    ),
]


def stacks(
    out: OutOption = None,
    check: CheckOption = None,
    stack: StacksOption = None,
    repository: RepositoryOption = None,
    branch: BranchOption = None,
    directory: DirectoryOption = None,
    git_token: TokenOption = None,
    git_ssh_key: SshOption = None,
    backend: BackendOption = None,
    identity: IdentityOption = None,
    image: ImageOption = None,
    namespace: NamespaceOption = None,
    operator_namespace: OperatorNamespaceOption = None,
    resync: ResyncOption = None,
    subscription: SubscriptionOption = None,
    preview: PreviewOption = None,
    platform_elsewhere: ElsewhereOption = None,
    program: ProgramOption = REPOSITORY,
) -> None:
    """Write the objects by which the Pulumi Kubernetes Operator deploys a platform and its teams' stacks.

    The folder keeps the options: the next time only those that change are needed. No file holds a secret.
    """
    chosen: dict[str, Any] = {
        "repository": repository,
        "branch": branch,
        "directory": directory,
        "git_token": git_token,
        "git_ssh_key": git_ssh_key,
        "backend": backend,
        "image": image,
        "namespace": namespace,
        "operator_namespace": operator_namespace,
        "resync": resync,
        "subscription": subscription,
        "preview": preview,
        "platform_elsewhere": platform_elsewhere,
        "stacks": tuple(dict.fromkeys(stack)) if stack else None,
    }

    def run() -> bool:
        here = chosen_folder(out, check)
        record = record_of(here)
        if record is None:
            if check:
                raise OperationError(f"--check: {here} has no {RECORD}; write it first, with --out")
            record = Record()
        folder = program.resolve()
        deployment = _deployment(record, chosen, identity or (), folder)
        deployed, problems = deployed_stacks(deployment, folder)
        problems = [*deployment.problems(), *problems]
        if problems:
            sys.stderr.write("".join(f"{problem}\n" for problem in problems))
            return False
        files = contents(deployment, deployed)
        if out:
            write(out, files)
            console().print(f"{len(deployed)} stacks are in {out}; begin with {out / 'README.md'}")
            return True
        return show_differences(here, differences(here, files))

    run_and_exit(run)


def _deployment(record: Record, chosen: dict[str, Any], identity: Sequence[str], folder: Path) -> Deployment:
    """The options: those that are chosen, else those of the last time."""
    options = {**record.options, **{name: value for name, value in chosen.items() if value is not None}}
    kept = Deployment(**options)
    names = stack_names(kept, folder)
    of_last_time = {name: each for name, each in kept.identities.items() if name in names}
    return replace(kept, identities={**of_last_time, **parse_identities(identity)})
