"""Signs a pipeline in to Azure without a stored secret: the pipeline's own OIDC token, in a file that is kept
fresh.

Pulumi's backend and its secrets provider use the chain of Azure's SDK (gocloud's azureblob and azurekeyvault
call azidentity.NewDefaultAzureCredential), which reads AZURE_FEDERATED_TOKEN_FILE; so does kubelogin. None of
them reads the variables ARM_*, which are azure-native's (https://github.com/pulumi/pulumi/issues/13476).

GitHub's token is valid for five minutes and that of Azure Pipelines for ten, an update takes longer: a thread
writes a new one every two minutes (AADSTS700024: https://github.com/Azure/login/issues/180). GitLab's is
valid as long as the job.
"""

import contextlib
import json
import os
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

AUDIENCE = "api://AzureADTokenExchange"
REFRESH_SECONDS = 120
NEEDED = ("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_SUBSCRIPTION_ID")

Token = Callable[[], str]


class SignInError(Exception):
    """There is no token; the text names what is missing."""


def token_source(environment: Mapping[str, str]) -> Token:
    """The function that gets a token where this pipeline runs.

    Raises:
        SignInError: it is no pipeline, or one without the right to a token.
    """
    if url := environment.get("ACTIONS_ID_TOKEN_REQUEST_URL"):
        bearer = environment.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "")
        audience = urllib.parse.quote(AUDIENCE, safe="")
        return lambda: _request(f"{url}&audience={audience}", bearer, "GET", "value")
    if uri := environment.get("SYSTEM_OIDCREQUESTURI"):
        connection = environment.get("AZURE_SERVICE_CONNECTION_ID", "")
        if not connection or not environment.get("SYSTEM_ACCESSTOKEN"):
            raise SignInError(
                "AZURE_SERVICE_CONNECTION_ID or SYSTEM_ACCESSTOKEN is missing; "
                "the step has to map both (docs/ci.md)"
            )
        url = f"{uri}?api-version=7.1&serviceConnectionId={urllib.parse.quote(connection)}"
        return lambda: _request(url, environment["SYSTEM_ACCESSTOKEN"], "POST", "oidcToken")
    if token := environment.get("GITLAB_AZURE_TOKEN"):
        return lambda: token
    raise SignInError(
        "no token of a pipeline: GitHub needs `permissions: id-token: write`, Azure Pipelines "
        "SYSTEM_ACCESSTOKEN, GitLab id_tokens: GITLAB_AZURE_TOKEN (docs/ci.md)"
    )


def _request(url: str, bearer: str, method: str, key: str) -> str:
    request = urllib.request.Request(url, method=method, data=b"" if method == "POST" else None)
    request.add_header("Authorization", f"Bearer {bearer}")
    request.add_header("Accept", "application/json")
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            answer = json.load(response)
        return str(answer[key])
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = type(error).__name__
        if isinstance(error, urllib.error.HTTPError):
            reason = f"HTTP {error.code}"
            error.close()
        raise SignInError(f"the pipeline's token could not be fetched ({reason})") from None


@contextlib.contextmanager
def signed_in(
    environment: Mapping[str, str] = os.environ, refresh_seconds: float = REFRESH_SECONDS
) -> Iterator[dict[str, str]]:
    """The variables for pulumi, its backend, its secrets provider and kubelogin.

    Raises:
        SignInError: a variable is missing, or there is no token.
    """
    if missing := [name for name in NEEDED if not environment.get(name)]:
        raise SignInError(
            f"{', '.join(missing)} is not set; the environment's variables have it (docs/ci.md)"
        )
    get = token_source(environment)
    with tempfile.TemporaryDirectory(prefix="token-") as folder:
        file = Path(folder, "token")
        _write(file, get())
        stop = threading.Event()
        thread = threading.Thread(target=_keep_fresh, args=(file, get, stop, refresh_seconds), daemon=True)
        thread.start()
        try:
            yield {**environment, **_variables(environment, file)}
        finally:
            stop.set()
            thread.join(timeout=5)


def _variables(environment: Mapping[str, str], file: Path) -> dict[str, str]:
    variables = {
        "ARM_CLIENT_ID": environment["AZURE_CLIENT_ID"],
        "ARM_TENANT_ID": environment["AZURE_TENANT_ID"],
        "ARM_SUBSCRIPTION_ID": environment["AZURE_SUBSCRIPTION_ID"],
        "AZURE_FEDERATED_TOKEN_FILE": str(file),
        "AAD_LOGIN_METHOD": "workloadidentity",
        # the chain must not end at an identity that the runner happens to have
        "AZURE_TOKEN_CREDENTIALS": "WorkloadIdentityCredential",
    }
    if environment.get("SYSTEM_OIDCREQUESTURI"):
        # azure-native reads ARM_OIDC_TOKEN_FILE_PATH once, at its start; the SDK's chain reads the file again
        return {**variables, "ARM_USE_DEFAULT_AZURE_CREDENTIAL": "true"}
    if environment.get("ACTIONS_ID_TOKEN_REQUEST_URL"):
        return {**variables, "ARM_USE_OIDC": "true"}  # azure-native asks GitHub for each token by itself
    return {**variables, "ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN_FILE_PATH": str(file)}


def _write(file: Path, token: str) -> None:
    draft = file.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(token, encoding="utf-8")
    draft.replace(file)


def _keep_fresh(file: Path, get: Token, stop: threading.Event, seconds: float) -> None:
    while not stop.wait(seconds):
        # the token in the file is good for some minutes more, and the next round tries again
        with contextlib.suppress(SignInError, OSError):
            _write(file, get())
