"""The command line of `operations stacks`: its folder, and what it refuses."""

import json
from pathlib import Path

import pytest

from tests.operations.operator.folders import (
    ENCRYPTION,
    IDENTITIES,
    KEY,
    PLATFORM,
    TEAM,
    project,
    run,
    written,
)

SHOP = TEAM.replace("NAME", "shop")
GUID = IDENTITIES["shop"]
TOKEN = "canary-of-a-token"


def _texts(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


def test_the_folder_keeps_its_options(tmp_path: Path) -> None:
    program, out = project(tmp_path), tmp_path / "out"
    assert written(program, out, git_token="git:token").exit_code == 0
    before = _texts(out)
    assert sorted(before) == [
        "README.md",
        "kustomization.yaml",
        "namespace.yaml",
        "stacks.json",
        "stacks/billing.yaml",
        "stacks/platform.yaml",
        "stacks/shop.yaml",
    ]
    assert run(program, "--check", out).exit_code == 0
    stale = run(program, "--check", out, "--branch", "release", "--resync", "1h")
    assert stale.exit_code == 1
    assert "stacks/shop.yaml differs" in stale.output
    assert _texts(out) == before, "--check writes nothing"
    assert run(program, "--out", out, "--branch", "release").exit_code == 0
    assert "branch: release" in _texts(out)["stacks/shop.yaml"]
    assert "name: git" in _texts(out)["stacks/shop.yaml"]
    assert run(program, "--check", out).exit_code == 0


def test_a_stack_that_is_gone_leaves_with_its_file_only(tmp_path: Path) -> None:
    program, out = project(tmp_path), tmp_path / "out"
    written(program, out)
    (out / "stacks/own.yaml").write_text("a: 1\n")
    (program / "Pulumi.billing.yaml").unlink()
    assert "stacks/billing.yaml is of no stack any more" in run(program, "--check", out).output
    done = run(program, "--out", out)
    assert done.exit_code == 0, done.output
    assert sorted(file.name for file in (out / "stacks").iterdir()) == [
        "own.yaml",
        "platform.yaml",
        "shop.yaml",
    ]
    assert run(program, "--check", out).exit_code == 0


def test_the_readme_names_subjects_and_what_the_identities_can_do(tmp_path: Path) -> None:
    program, out = project(tmp_path), tmp_path / "out"
    written(program, out, namespace="deployers")
    text = _texts(out)["README.md"]
    assert (
        f"| shop | `stacks/shop.yaml` | platform | `{GUID}` | `system:serviceaccount:deployers:shop` |"
        in text
    )
    assert "Each identity can give itself every secret of its stack" in text
    assert "--namespace deployers --stacks billing,platform,shop" in text


def test_a_platform_elsewhere_is_not_waited_for_when_that_is_meant(tmp_path: Path) -> None:
    program, out = project(tmp_path, platform=""), tmp_path / "out"
    shop = ("--stack", "shop")
    refused = written(program, out, *shop)
    assert refused.exit_code == 1
    chosen = ["--identity", f"shop={GUID}", "--repository", "https://git.example.com/a", "--image", "a/b:1"]
    backend = ["--backend", "azblob://state?storage_account=stshopci"]
    assert run(program, "--out", out, *shop, *chosen, *backend, "--platform-elsewhere").exit_code == 0
    assert "prerequisites" not in _texts(out)["stacks/shop.yaml"]


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("repository", "", "--repository: is missing; name the git repository"),
        ("repository", "/srv/git/infra", "'/srv/git/infra' is neither https://… nor git@HOST:PATH"),
        ("repository", "http://git.example.com/a", "is neither https://… nor git@HOST:PATH"),
        ("repository", f"https://{TOKEN}@git.example.com/a", "the address has a user or a token in it"),
        ("repository", f"https://me:{TOKEN}@git.example.com/a", "the address has a user or a token in it"),
        ("repository", "git@git.example.com:a/b.git", "--git-ssh-key: is missing; an ssh address needs one"),
        ("git_ssh_key", "git:ssh", "--git-ssh-key: is for an ssh address, and this one is https"),
        ("git_token", TOKEN, "--git-token: is no SECRET:KEY; name a Secret of the namespace"),
        ("branch", "--upload-pack=x", "is no branch; name it as git does"),
        ("directory", "../other", "'../other' is no folder below the top of the repository"),
        ("directory", "/infra", "'/infra' is no folder below the top of the repository"),
        (
            "backend",
            "",
            "--backend: is missing; name the container of the states: azblob://CONTAINER?storage_",
        ),
        ("backend", "file://~", "'file://~' is a folder of a pod, and gone with it; name azblob://"),
        (
            "backend",
            "https://api.pulumi.com",
            "Pulumi Cloud would need an access token in a Secret; use its own",
        ),
        (
            "backend",
            "s3://state",
            "--backend: the pods sign in to Azure only, and this is s3://; name azblob://",
        ),
        ("backend", "azblob://state", "--backend: names no storage account"),
        ("backend", "azblob://?storage_account=stshop", "--backend: names no container"),
        (
            "backend",
            f"azblob://s-1?storage_account=stshop&sas={TOKEN}",
            "takes storage_account and domain, and no",
        ),
        ("image", "", "the kubeconfig of billing, platform, shop runs kubelogin"),
        ("image", "registry.example/pulumi", "can become another image at any time"),
        ("image", "registry.example:5000/pulumi:latest", "can become another image at any time"),
        ("namespace", "Pulumi", "--namespace: 'Pulumi' is no name of a namespace"),
        ("operator_namespace", "a.b", "--operator-namespace: 'a.b' is no name of a namespace"),
        ("resync", "30", "--resync: '30'; write a duration of at least 1m, such as 30m"),
        ("resync", "59s", "--resync: '59s'; write a duration of at least 1m"),
        ("subscription", "prod", "--subscription: 'prod' is no id of a subscription"),
        ("stack", "absent", "there is no file"),
    ],
)
def test_an_option_that_cannot_work_is_refused(tmp_path: Path, option: str, value: str, message: str) -> None:
    done = written(project(tmp_path), tmp_path / "out", **{option: value})
    assert done.exit_code == 1
    assert message in " ".join(done.output.split())
    assert TOKEN not in done.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"shop": SHOP}, "Pulumi.shop.yaml: secretsprovider: is missing; the stack has to exist, with a key"),
        ({"shop": f"secretsprovider: {KEY}\n{SHOP}"}, "Pulumi.shop.yaml: encryptedkey: is missing"),
        ({"shop": f"encryptionsalt: v1:x:v1:y:z\n{SHOP}"}, "change-secrets-provider --stack shop"),
        (
            {"shop": f"secretsprovider: awskms://alias/x\nencryptedkey: QQ==\n{SHOP}"},
            "the pods sign in to Azure only, and this is no key in Key Vault",
        ),
        ({"platform": ""}, "platform.stack: 'organization/aks-secrets/platform' is not among the stacks"),
        (
            {"shop": ENCRYPTION + SHOP.replace("azure-native:subscriptionId", "a:b")},
            "azure-native:subscriptionId: is missing, and pods have no az login to take it from",
        ),
        ({"shop": ENCRYPTION + SHOP.replace("sdk", "sdkk")}, "unknown technique 'sdkk'"),
        ({"Shop": ENCRYPTION + SHOP}, "--stack: Shop and shop would both be shop in Kubernetes"),
        ({"-": ENCRYPTION + SHOP}, "--stack: '-' has no name of 1 to 42 letters, digits and - in Kubernetes"),
        ({"a" * 43: ENCRYPTION + SHOP}, "has no name of 1 to 42 letters"),
        ({"more": ENCRYPTION + PLATFORM}, "--identity: more has none; name the client id"),
        ({"billing": ""}, "--identity: billing is not deployed; name one of platform, shop"),
    ],
)
def test_a_stack_file_that_pods_cannot_deploy_is_refused(
    tmp_path: Path, files: dict[str, str], message: str
) -> None:
    done = written(project(tmp_path, **files), tmp_path / "out")
    assert done.exit_code == 1
    assert message in " ".join(done.output.split())
    assert "canary" not in done.output


def test_all_problems_are_reported_at_once(tmp_path: Path) -> None:
    done = written(project(tmp_path, shop=SHOP), tmp_path / "out", backend="file://~", image="x")
    assert [line.split(":")[0] for line in done.output.splitlines()] == [
        "--backend",
        "--image",
        "Pulumi.shop.yaml",
    ]


def test_a_client_id_is_one(tmp_path: Path) -> None:
    done = written(project(tmp_path), tmp_path / "out", identity="shop=orders")
    assert done.exit_code == 0, "the later one counts"
    refused = run(tmp_path / "program", "--check", tmp_path / "out", "--identity", "shop")
    assert "--identity: '', for shop, is no client id of an identity" in refused.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name the folder: --out DIR to write it, or --check DIR to compare it"),
        (["--out", "a", "--check", "b"], "name the folder: --out DIR to write it"),
        (["--check", "{new}"], "has no stacks.json; write it first, with --out"),
        (["--out", "{broken}"], "is no record of Stack objects; remove it to begin anew"),
        (["--out", "{outside}"], "is no record of Stack objects; remove it to begin anew"),
        (["--out", "{kind}"], "is no record of Stack objects; remove it to begin anew"),
    ],
)
def test_what_is_no_folder_of_the_command_is_one_line(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    places = {name: tmp_path / name for name in ("new", "broken", "outside", "kind")}
    options: dict[str, object] = {"stacks": []}
    for name, document in (
        ("broken", []),
        ("outside", {"options": options, "files": ["../other/notes.yaml"]}),
        ("kind", {"options": {**options, "resync": 30}, "files": []}),
    ):
        places[name].mkdir()
        (places[name] / "stacks.json").write_text(json.dumps(document))
    done = run(project(tmp_path), *(each.format_map(places) for each in arguments))
    assert done.exit_code == 1
    assert message in " ".join(done.output.split())


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/notes.txt").write_text("mine")
    assert "holds other files; name a new folder" in written(project(tmp_path), tmp_path / "out").output
    assert list((tmp_path / "out").iterdir()) == [tmp_path / "out/notes.txt"]
