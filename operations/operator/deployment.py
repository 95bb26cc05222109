"""Options of `operations stacks`, by which the operator deploys stacks, and their problems.

Deliberately not here: what the stack files say (stack_files.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from trust.durations import seconds

OPERATOR_NAMESPACE: Final = "pulumi-kubernetes-operator"
"""The namespace in the operator's own installation instructions."""
_LEAST_RESYNC: Final = 60
"""Seconds. The operator takes anything less for a minute (resyncFreq in stack_controller.go of v2.9.0)."""
_LABEL: Final = re.compile(r"(?=.{1,63}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_BRANCH: Final = re.compile(r"(?!-)[\w./-]+")
_SSH: Final = re.compile(r"(?:ssh://)?git@[\w.-]+[:/][\w./~-]+")
_SECRET_KEY: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?:[\w.-]+")
_CONTAINER: Final = re.compile(r"(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*")
_ACCOUNT: Final = re.compile(r"[a-z0-9]{3,24}")
_FIXED_IMAGE: Final = re.compile(r"[\w./:-]+(:(?!latest$)[\w][\w.-]*|@sha256:[0-9a-f]{64})")
_BACKEND_FORM: Final = "azblob://CONTAINER?storage_account=ACCOUNT"


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """The options of the command, those of the last time included."""

    stacks: tuple[str, ...] = ()
    """Empty: every stack with a file in the folder of the program."""
    repository: str = ""
    branch: str = "main"
    directory: str = ""
    """Folder of Pulumi.yaml in the repository. Empty: its top."""
    git_token: str = ""
    """SECRET:KEY of a token for an https address."""
    git_ssh_key: str = ""
    """SECRET:KEY of a private key for an ssh address."""
    backend: str = ""
    namespace: str = "pulumi"
    operator_namespace: str = OPERATOR_NAMESPACE
    image: str = ""
    resync: str = "30m"
    subscription: str = ""
    """For stack files without azure-native:subscriptionId."""
    identities: Mapping[str, str] = field(default_factory=dict[str, str])
    """Stack → client id of the identity that deploys it."""
    preview: bool = False
    platform_elsewhere: bool = False
    """Stacks do not wait for a platform that is not among them."""

    @property
    def resync_seconds(self) -> int:
        return int(seconds(self.resync) or 0)

    def problems(self) -> Iterator[str]:
        """Problems of an option by itself."""
        yield from _repository_problems(self)
        yield from _backend_problems(self.backend)
        if not _BRANCH.fullmatch(self.branch):
            yield f"--branch: {self.branch!r} is no branch; name it as git does, such as main"
        if self.directory.startswith("/") or ".." in self.directory.split("/"):
            yield f"--directory: {self.directory!r} is no folder below the top of the repository"
        for option, name in (
            ("--namespace", self.namespace),
            ("--operator-namespace", self.operator_namespace),
        ):
            if not _LABEL.fullmatch(name):
                yield f"{option}: {name!r} is no name of a namespace; use lower-case letters, digits and -"
        if self.image and not _FIXED_IMAGE.fullmatch(self.image):
            yield (
                f"--image: {self.image!r} can become another image at any time; name it with a version or a "
                "digest"
            )
        if self.resync_seconds < _LEAST_RESYNC:
            yield f"--resync: {self.resync!r}; write a duration of at least 1m, such as 30m"
        if self.subscription and not _GUID.fullmatch(self.subscription):
            yield f"--subscription: {self.subscription!r} is no id of a subscription"
        for stack, client_id in self.identities.items():
            if not _GUID.fullmatch(client_id):
                yield f"--identity: {client_id!r}, for {stack}, is no client id of an identity"


def parse_identities(written: Sequence[str]) -> dict[str, str]:
    """STACK=CLIENT_ID, each. What is no such pair has an empty client id, which is a problem."""
    return {stack: client_id for stack, _, client_id in (each.partition("=") for each in written)}


def _repository_problems(deployment: Deployment) -> Iterator[str]:
    address = deployment.repository
    if not address:
        yield "--repository: is missing; name the git repository, such as https://git.example.com/shop/infra"
        return
    is_ssh = _SSH.fullmatch(address) is not None
    parts = urlsplit(address)
    if "@" in parts.netloc and parts.scheme != "ssh":
        # the address may hold a token, so it is not repeated
        yield (
            "--repository: the address has a user or a token in it; name it without, and the Secret that "
            "holds the token (--git-token SECRET:KEY)"
        )
        return
    if not is_ssh and not (parts.scheme == "https" and parts.netloc and not parts.query):
        yield f"--repository: {address!r} is neither https://… nor git@HOST:PATH, which pods can clone"
    for option, value in (("--git-token", deployment.git_token), ("--git-ssh-key", deployment.git_ssh_key)):
        if value and not _SECRET_KEY.fullmatch(value):
            # it may be the token itself, so it is not repeated
            yield f"{option}: is no SECRET:KEY; name a Secret of the namespace and the key that holds it"
    if is_ssh and not deployment.git_ssh_key:
        yield "--git-ssh-key: is missing; an ssh address needs one (--git-ssh-key SECRET:KEY)"
    if is_ssh and deployment.git_token:
        yield "--git-token: is for an https address, and this one is ssh (--git-ssh-key SECRET:KEY)"
    if not is_ssh and deployment.git_ssh_key:
        yield "--git-ssh-key: is for an ssh address, and this one is https (--git-token SECRET:KEY)"


def _backend_problems(backend: str) -> Iterator[str]:
    if not backend:
        yield f"--backend: is missing; name the container of the states: {_BACKEND_FORM}"
        return
    parts = urlsplit(backend)
    if parts.scheme == "file":
        yield f"--backend: {backend!r} is a folder of a pod, and gone with it; name {_BACKEND_FORM}"
    elif parts.scheme in ("https", "http"):
        yield (
            "--backend: Pulumi Cloud would need an access token in a Secret; use its own Deployments as "
            f"docs/operator.md describes, or name {_BACKEND_FORM}"
        )
    elif parts.scheme != "azblob":
        yield (
            f"--backend: the pods sign in to Azure only, and this is {parts.scheme}://; name {_BACKEND_FORM}"
        )
    else:
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        # https://gocloud.dev/howto/blob/#azure; a SAS token would be a secret, so nothing is repeated
        unknown = sorted(query.keys() - {"storage_account", "domain"})
        if unknown:
            yield f"--backend: takes storage_account and domain, and no {', '.join(unknown)}"
        if not _ACCOUNT.fullmatch(query.get("storage_account", "")):
            yield f"--backend: names no storage account; write {_BACKEND_FORM}"
        if not _CONTAINER.fullmatch(parts.netloc):
            yield f"--backend: names no container; write {_BACKEND_FORM}"
