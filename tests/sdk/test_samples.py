"""The samples of docs/sdk, run unchanged as a pod runs them, against endpoints that refuse what Entra ID and
Key Vault refuse.
"""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rehearsal.data_planes.issuers import AUDIENCE
from tests.sdk.chain import CREDENTIAL, IDENTITY, POD, SAMPLES, SECRETS, TRUST, curl_sample, python_sample
from tests.sdk.pod import World, world
from tests.sdk.trust import FederatedCredential, Identity, Trust

pytestmark = pytest.mark.servers

PATIENT = {"READ_WAIT_SECONDS": "600", "READ_PAUSE_SECONDS": "0.1"}
both_samples = pytest.mark.parametrize("sample", [python_sample, curl_sample])


def trusting(**changed: Any) -> Trust:
    """The trust of the chain, its one credential changed."""
    return holding(credentials=(replace(CREDENTIAL, **changed),))


def holding(**changed: Any) -> Trust:
    """The trust of the chain, its one identity changed."""
    return replace(TRUST, identities=(replace(IDENTITY, **changed),))


def report(of: World) -> str:
    return "".join(
        f"{name} version {of.vault.version(name)}: {of.vault.characters(name)} characters\n"
        for name in SECRETS
    )


@both_samples
def test_every_secret_is_read_along_the_chain(sample, tmp_path):
    with world(TRUST, POD, tmp_path) as here:
        done = here.run(sample(), POD)
        assert (done.status, done.output) == (0, report(here)), done.errors
        assert here.proxy.refused == []
        token_requests = [request for request in here.proxy.requests if "/token" in request]
        assert token_requests == [f"POST login.microsoftonline.com/{POD.tenant_id}/oauth2/v2.0/token"]


@both_samples
def test_the_next_run_reads_what_was_rotated(sample, tmp_path):
    with world(TRUST, POD, tmp_path) as here:
        before = here.run(sample(), POD).output
        here.vault.rotate("api-key")
        after = here.run(sample(), POD).output
        assert after == report(here)
        assert before.splitlines()[0] == after.splitlines()[0]
        assert before.splitlines()[1] != after.splitlines()[1]


@both_samples
@pytest.mark.parametrize("early", ["unsettled_role", "unsettled_credential"])
def test_what_is_not_everywhere_yet_is_waited_out(sample, early, tmp_path):
    too_early: dict[str, Any] = {early: 2}
    with world(TRUST, POD, tmp_path, **too_early) as here:
        done = here.run(sample(), POD, more=PATIENT)
        assert (done.status, done.output) == (0, report(here)), done.errors
        assert done.errors.count("asking again in 0.1 s") == 2


def pauses_of_an_hour(folder: Path) -> dict[str, str]:
    """Variables that let each pause of a sample move its clock by an hour, in no time."""
    folder.mkdir()
    (folder / "bashrc").write_text("sleep() { SECONDS=$((SECONDS + 3600)); }\n")
    (folder / "sitecustomize.py").write_text(
        "import itertools, time\n"
        "hours, monotonic = itertools.count(1), time.monotonic\n"
        "def sleep(seconds):\n"
        "    passed = next(hours) * 3600\n"
        "    time.monotonic = lambda: monotonic() + passed\n"
        "time.sleep = sleep\n"
    )
    return {"BASH_ENV": str(folder / "bashrc"), "PYTHONPATH": str(folder)}


@both_samples
def test_waiting_ends(sample, tmp_path):
    with world(holding(readable=frozenset()), POD, tmp_path) as here:
        done = here.run(sample(), POD, more={**PATIENT, **pauses_of_an_hour(tmp_path / "clock")})
        assert done.status == 1
        assert done.errors.count("asking again in 0.1 s") == 1
        assert "ForbiddenByRbac" in done.errors.split("asking again")[-1]


@both_samples
def test_a_secret_that_does_not_exist_is_not_waited_for(sample, tmp_path):
    pod = replace(POD, env={**POD.env, "SECRET_NAMES": "misspelt"})
    with world(holding(readable=frozenset({"misspelt"})), pod, tmp_path) as here:
        done = here.run(sample(), pod, more=PATIENT)
        assert done.status == 1
        assert "SecretNotFound" in done.errors
        assert "asking again" not in done.errors


@both_samples
def test_without_the_webhook_no_other_identity_is_looked_for(sample, tmp_path):
    with world(TRUST, POD, tmp_path) as here:
        done = here.run(sample(), POD, webhook=False)
        assert done.status == 1
        assert (
            "not fully configured" in done.errors or "AZURE_FEDERATED_TOKEN_FILE: is not set" in done.errors
        )
        assert here.proxy.requests + here.proxy.refused == []


def test_the_default_chain_ends_at_the_same_identity(tmp_path):
    with world(TRUST, POD, tmp_path) as here:
        done = here.run(["env", "-u", "KUBERNETES_SERVICE_HOST", *python_sample()], POD)
        assert (done.status, done.output) == (0, report(here)), done.errors


SOMEBODY_ELSE = Identity(
    client_id="0d4e8f6a-1c2b-4d3e-9f50-6a7b8c9d0e1f",
    principal_id="7c6b5a49-3827-4160-8f0e-1d2c3b4a5968",
    credentials=(
        FederatedCredential(
            issuer=POD.issuer, subject="system:serviceaccount:shop:invoices", audience=AUDIENCE
        ),
    ),
    readable=frozenset(SECRETS),
)

# one link each → the code of its refusal
BREAKS: dict[str, tuple[dict[str, Any], str]] = {
    "issuer without the final slash": (
        {"trust": trusting(issuer=POD.issuer.removesuffix("/"))},
        "AADSTS700211",
    ),
    "issuer of another cluster": (
        {"trust": trusting(issuer=POD.issuer.replace("0b9c", "0b9d"))},
        "AADSTS700211",
    ),
    "another ServiceAccount": ({"pod": replace(POD, service_account="refunds")}, "AADSTS700213"),
    "another namespace": ({"pod": replace(POD, namespace="shop-test")}, "AADSTS700213"),
    "subject in other letters": (
        {"trust": trusting(subject="system:serviceaccount:shop:Orders")},
        "AADSTS7002138",
    ),
    "another audience": ({"audience": "https://kubernetes.default.svc"}, "AADSTS700212"),
    "client id of nobody": ({"pod": replace(POD, client_id=POD.tenant_id)}, "AADSTS700016"),
    "client id of another workload": (
        {
            "trust": replace(TRUST, identities=(IDENTITY, SOMEBODY_ELSE)),
            "pod": replace(POD, client_id=SOMEBODY_ELSE.client_id),
        },
        "AADSTS700213",
    ),
    "another tenant": (
        {"pod": replace(POD, tenant_id="11111111-2222-3333-4444-555555555555")},
        "AADSTS90002",
    ),
    "expired token": ({"age_seconds": 3601}, "AADSTS700024"),
    "key that the issuer does not publish": ({"signed_by": "another cluster"}, "AADSTS7000272"),
    "no role": ({"trust": holding(readable=frozenset())}, "ForbiddenByRbac"),
    "no role on the second secret": ({"trust": holding(readable=frozenset(SECRETS[:1]))}, "ForbiddenByRbac"),
}


def refusal(sample: Any, tmp_path: Path, *, trust: Trust = TRUST, pod: Any = POD, **wrong: Any) -> str:
    with world(trust, pod, tmp_path, **wrong) as here:
        done = here.run(sample(), pod)
        assert done.status == 1
        return done.errors


@pytest.mark.parametrize("broken", BREAKS)
def test_each_break_of_the_chain_is_refused_with_its_error(broken, tmp_path):
    wrong, code = BREAKS[broken]
    assert f"{code}:" in refusal(curl_sample, tmp_path, **wrong)


@pytest.mark.parametrize(
    "broken", ["issuer without the final slash", "another ServiceAccount", "expired token"]
)
def test_the_library_shows_what_entra_says(broken, tmp_path):
    wrong, code = BREAKS[broken]
    assert f"{code}:" in refusal(python_sample, tmp_path, **wrong)


def test_the_library_shows_what_the_vault_says(tmp_path):
    wrong, code = BREAKS["no role on the second secret"]
    errors = refusal(python_sample, tmp_path, **wrong)
    assert errors.startswith(f"{SECRETS[1]}: (Forbidden)")
    assert code in errors


def test_no_token_is_an_argument_of_curl(tmp_path):
    arguments, tools = tmp_path / "arguments", tmp_path / "tools"
    tools.mkdir()
    (tools / "curl").write_text(
        f'#!/bin/bash\nprintf "%s\\n" "$@" >>{arguments}\nPATH="${{PATH#*:}}" exec curl "$@"\n'
    )
    (tools / "curl").chmod(0o755)
    with world(TRUST, POD, tmp_path) as here:
        path = f"{tools}:{os.environ['PATH']}"
        done = here.run(curl_sample(), POD, more={"PATH": path})
        assert (done.status, done.output) == (0, report(here)), done.errors
        seen = arguments.read_text()
        assert f"https://login.microsoftonline.com/{POD.tenant_id}/oauth2/v2.0/token" in seen
        assert here.token not in seen, "the ServiceAccount token is an argument"
        assert "eyJ" not in seen, "a token is an argument"


def test_a_value_in_the_output_fails_a_test(tmp_path):
    with (
        world(TRUST, POD, tmp_path) as here,
        pytest.raises(pytest.fail.Exception, match="holds the ServiceAccount token"),
    ):
        here.run(["bash", "-c", 'cat "$AZURE_FEDERATED_TOKEN_FILE"'], POD)
    leaking = tmp_path / "leaking.py"
    leaking.write_text((SAMPLES / "read_secret.py").read_text().replace("{len(value)}", "{value}"))
    with (
        world(TRUST, POD, tmp_path) as here,
        pytest.raises(pytest.fail.Exception, match="holds api-key, database-password"),
    ):
        here.run([python_sample()[0], leaking], POD)


def test_no_other_host_is_reached(tmp_path):
    with world(TRUST, POD, tmp_path) as here:
        curl_sample()
        for url in (
            "https://kv-shop-3f9b.vault.azure.net/secrets/api-key?api-version=7.6",
            "http://169.254.169.254/metadata/identity",
        ):
            assert here.run(["curl", "--fail", "--silent", url], POD).status != 0
        assert here.proxy.refused == [
            "CONNECT kv-shop-3f9b.vault.azure.net:443",
            "GET http://169.254.169.254/metadata/identity",
        ]
        assert here.proxy.requests == []
