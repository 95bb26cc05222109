"""The settings accept what Azure and Kubernetes accept: spellings at the edges of each type."""

from typing import Any

import pytest

from stacks.settings.loader import read
from stacks.settings.types.nearly import REGIONS
from stacks.settings.types.quantities import at_most
from tests.each import each
from tests.settings.cases import as_config, document
from tests.settings.samples import DRIVER, GUID, SUBNET, csi, eso, operators, pod, secret, waiver

_IMAGE = "registry.example:5000/shop/api"


def _job(schedule: str) -> dict[str, Any]:
    return {"workloads": [pod(kind="CronJob", schedule=schedule)]}


def _amount(**amounts: Any) -> dict[str, Any]:
    return {"workloads": [pod(resources={"requests": amounts})]}


def _image(image: str) -> dict[str, Any]:
    return {"workloads": [pod(image=image)]}


def _problems(changes: dict[str, Any]) -> list[str]:
    return [
        str(problem)
        for problem in read("aks-secrets", "dev", as_config(document(changes)), lambda _: False)[1]
    ]


@each(
    "schedule",
    [
        # robfig/cron v3, parser.go: fields by strings.Fields, descriptors, @every with a duration of Go
        *("@every 2562047h", "@every +.5h1.h0s", "@every 0.0000000000000000001ns", "5/+15 00003 * * *"),
        *("@every 1h", "@every 1h30m", "@every 90s", "@every 1.5h", "@every .5h", "@every 500ms"),
        *(
            " 0 3 * * * ",
            "0  3\t* * *",
            "0 3 * * 1,,3",
            "*/15 * * * *",
            "0 3 1-15/2 JAN-Mar ?",
            "5/15 * * * *",
        ),
        *("@midnight", "@annually"),
    ],
)
def test_schedules_of_the_cron_library(schedule: str) -> None:
    assert _problems(_job(schedule)) == []


@pytest.mark.parametrize(
    "schedule",
    [
        "@every",
        "@every 1x",
        "@every 2562048h",
        f"@every {'9' * 5000}h",
        "@Daily",
        " @daily",
        "@reboot",
        "TZ=UTC 0 3 * * *",
        "0 3 * * 7",
        "0 ² * * *",
        f"{'9' * 5000} 3 * * *",
    ],
)
def test_schedules_that_the_cron_library_refuses(schedule: str) -> None:
    assert _problems(_job(schedule)) != []


@each(
    "kind, strategy",
    [
        ("Deployment", {"max_surge": "1000%"}),
        ("Deployment", {"max_surge": 100000, "max_unavailable": "100%"}),
        ("Deployment", {"max_unavailable": 0}),
        ("DaemonSet", {"max_surge": "100%", "max_unavailable": "0%"}),
        ("DaemonSet", {"max_unavailable": 100000}),
    ],
)
def test_shares_of_an_update(kind: str, strategy: dict[str, Any]) -> None:
    assert _problems({"workloads": [pod(kind=kind, update_strategy=strategy)]}) == []


@pytest.mark.parametrize("cpu", [".5", "0.5", "5.", "+1", "1", 1, 0.25, "250m", "0.2500", "1k"])
def test_amounts_of_cpu(cpu: Any) -> None:
    assert _problems(_amount(cpu=cpu)) == []


# The page on resource units has the first five.
@pytest.mark.parametrize(
    "memory",
    ["128974848", "129e6", "129M", "128974848000m", "123Mi", ".5Gi", "1.Gi", "1E6", "1E", "+1Gi", 1024],
)
def test_amounts_of_memory(memory: Any) -> None:
    assert _problems(_amount(memory=memory)) == []


@pytest.mark.parametrize(
    "amounts",
    [
        {"cpu": "-1"},
        {"cpu": "0.0005"},
        {"cpu": "1 "},
        {"cpu": "."},
        {"memory": "400m"},
        {"memory": "1gb"},
        {"memory": "1MiB"},
    ],
)
def test_amounts_that_are_none(amounts: dict[str, str]) -> None:
    assert _problems(_amount(**amounts)) != []


def test_amounts_in_any_spelling_are_compared() -> None:
    assert at_most(".5", "500m")
    assert at_most("+1", "1.")
    assert at_most("1E3", "1k")
    assert at_most("1E", "1Ei")
    assert not at_most("1E", "1k")
    assert at_most("1024000m", "1Ki")


@pytest.mark.parametrize(
    "image",
    [
        f"{_IMAGE}@sha256:{'a' * 64}",
        f"{_IMAGE}@sha384:{'a' * 96}",
        f"{_IMAGE}@sha512:{'a' * 128}",
        f"{_IMAGE}:1.0@sha512:{'a' * 128}",
        "localhost/x:1",
        "a__b/c.d/e---f:1",
    ],
)
def test_images_of_the_reference_grammar(image: str) -> None:
    assert _problems(_image(image)) == []


@pytest.mark.parametrize(
    "image", [f"{_IMAGE}@sha512:{'a' * 64}", f"{_IMAGE}@md5:{'a' * 32}", "shop/API:1", "shop"]
)
def test_images_that_are_none(image: str) -> None:
    assert _problems(_image(image)) != []


@pytest.mark.parametrize("name", ["spring.datasource.password", "DB-PASSWORD", "_X", "-x", ".x", "x.."])
def test_variables_of_secrets_and_plain_ones_have_the_same_names(name: str) -> None:
    assert _problems({"workloads": [pod(env={name: "x"})]}) == []
    assert _problems({**DRIVER, "workloads": [csi(secret(from_="existing", env=name))]}) == []


@pytest.mark.parametrize("name", ["1X", "A=B", "A B", ".", "..", "..x", ""])
def test_names_that_no_variable_has(name: str) -> None:
    assert _problems({"workloads": [pod(env={name: "x"})]}) != []
    assert _problems({**DRIVER, "workloads": [csi(secret(from_="existing", env=name))]}) != []


@pytest.mark.parametrize("namespace", ["aks-store", "aks-demo", "dapr-shop", "istio-shop", "default-apps"])
def test_namespaces_of_users_may_resemble_those_of_aks(namespace: str) -> None:
    assert _problems({"workloads": [pod(namespace=namespace)]}) == []


@pytest.mark.parametrize("namespace", ["aks-command", "aks-istio-system", "kube-shop", "gatekeeper-system"])
def test_namespaces_of_aks_are_not_for_users(namespace: str) -> None:
    assert _problems({"workloads": [pod(namespace=namespace)]}) != []


@pytest.mark.parametrize("spelling", [str.lower, str.upper, str])
def test_arm_ids_ignore_case(spelling: Any) -> None:
    words = (
        "subscriptions",
        "resourceGroups",
        "providers",
        "Microsoft.Network",
        "virtualNetworks",
        "subnets",
    )
    subnet = SUBNET
    for word in words:
        subnet = subnet.replace(f"/{word}/", f"/{spelling(word)}/")
    assert GUID in subnet
    assert _problems({"cluster.network": {"subnet_id": subnet}}) == []


@pytest.mark.parametrize("version", ["1.32", "1.33", "1.34", "1.36", "1.38"])
def test_long_term_support_has_its_versions(version: str) -> None:
    plan = {"cluster.tier": "Premium", "cluster.support_plan": "AKSLongTermSupport"}
    assert _problems({**plan, "cluster.kubernetes_version": version}) == []
    assert (_problems({"cluster.kubernetes_version": version}) == []) == (version >= "1.34")


@pytest.mark.parametrize(
    "keys",
    [
        {"expires": "2028-02-29"},
        {"expires": "2028-02-29 00:00:00 +0000 UTC"},  # 2028-02-29 without quotes, as Pulumi passes it
        {"expires": "2020-01-31"},  # expired: the program runs, and the proof is broken
        {"reason": "the vendor ships tags only,\n  and we have asked"},
        {"workload": "shop"},
        {"proof": "no-such-proof"},  # what runs the proofs knows their names
    ],
)
def test_waivers(keys: dict[str, Any]) -> None:
    assert _problems({"waivers": [waiver(**keys)]}) == []


def test_a_workload_may_have_a_waiver_of_its_own_beside_that_of_the_stack() -> None:
    assert _problems({"waivers": [waiver(), waiver(workload="shop")]}) == []


def test_a_folder_of_ones_own_beside_the_tokens_hides_none() -> None:
    """/run/secrets itself, and the folders of tokens in it, are refused."""
    mounted = csi(secret(from_="existing"), mount_path="/run/secrets/app", scratch=["/var/run/secrets/cache"])
    assert _problems({"workloads": [mounted], **DRIVER}) == []
    for path in ("/run/secrets", "/var/run/secrets/kubernetes.io/serviceaccount"):
        assert _problems({"workloads": [csi(secret(from_="existing"), mount_path=path)], **DRIVER})
        assert _problems({"workloads": [pod(scratch=[path])]})


@each("name", [*REGIONS, "westus4", "eastus3", "southindia2", "italysouth", "southeastus", "denmarkeast"])
def test_regions_that_azure_has_or_may_open(name: str) -> None:
    assert _problems({"azure-native:location": name}) == []


@each(
    "kind, keys",
    [
        ("kubernetes.io/ssh-auth", ("ssh-privatekey", "known_hosts")),
        ("kubernetes.io/dockerconfigjson", (".dockerconfigjson", "registry")),
        ("kubernetes.io/basic-auth", ("password", "host")),
    ],
)
def test_a_secret_of_a_type_may_have_further_keys(kind: str, keys: tuple[str, str]) -> None:
    """apimachinery's ValidateSecret asks for the type's own keys only."""
    targets = [{"name": "git", "type": kind, "key": key} for key in keys]
    secrets = [
        secret(name=f"object-{at}", from_="existing", kubernetes_secret=target)
        for at, target in enumerate(targets)
    ]
    for technique in ("csi", "eso", "secret-sync"):
        changes = {"workloads": [pod(technique=technique, secrets=secrets)], "operators": operators()}
        assert _problems(changes) == []
        assert _problems({**changes, "workloads": [pod(technique=technique, secrets=secrets[1:])]}) != []


@each("text", ["1h30m", "24h0m0s", "1.5h", ".5h", "90000ms", "60000000us", "2m30.5s", "1m1h"])
def test_durations_of_go(text: str) -> None:
    """time.ParseDuration reads them in the operators and in AKS' add-on."""
    assert _problems({"operators": {"csi_driver": {"poll_interval": text}}}) == []
    secrets = [secret(from_="existing")]
    interval = {"refresh_interval": text}
    workloads = [pod(technique="eso", secrets=secrets, external_secrets=interval)]
    assert _problems({"workloads": workloads, "operators": operators()}) == []


@each("text", ["", "1", "1d", "h", "1h 30m", "-1h", "59s", "59999ms", "0"])
def test_durations_that_go_or_the_program_refuses(text: str) -> None:
    assert _problems({"operators": {"csi_driver": {"poll_interval": text}}}) != []


@each("key", [".dockerconfigjson", "a..b", "-", ".a.", "a" * 253])
def test_keys_of_kubernetes_secrets(key: str) -> None:
    assert _problems(eso(secret(from_="existing", kubernetes_secret={"key": key}))) == []


@each("host", ["*.shop.example.com", "1.2.3", "10.20.0.256"])
def test_hosts_of_an_ingress(host: str) -> None:
    """The last two are no addresses, so that the API server takes them."""
    ingress = {"host": host, "certificate": "shop-tls"}
    workload = csi(secret(from_="existing"), port=8080, service={"ingress": ingress})
    assert _problems({"workloads": [workload], "cluster.app_routing": {}, **DRIVER}) == []
