"""An Ingress with a certificate of the vault: who reads it, by the resources and by the output ``access``."""

from typing import Any

from aks_secrets_testing.stacks import StackBuild
from tests.settings.cases import document
from tests.settings.model.refused_app_routing import served
from tests.trust.graphs import build_config
from tests.trust.test_access import check_against_the_output
from trust.chain import Chain
from trust.proofs import run


def built(**keys: Any) -> StackBuild:
    return build_config(document(served(**keys)))


def test_the_add_on_reads_the_certificate_and_nothing_else() -> None:
    stack = built(certificate="Shop-TLS", path="/shop")
    ingress = stack.single("Ingress").plain()
    annotations = ingress["metadata"]["annotations"]
    vault = stack.single("Vault").plain()["vaultName"]
    uri = f"https://{vault}.vault.azure.net/certificates/Shop-TLS"
    assert annotations["kubernetes.azure.com/tls-cert-keyvault-uri"] == uri
    assert ingress["spec"]["ingressClassName"] == "webapprouting.kubernetes.azure.com"
    assert ingress["spec"]["tls"] == [{"hosts": ["shop.example.com"], "secretName": "keyvault-shop"}]
    (rule,) = ingress["spec"]["rules"]
    (path,) = rule["http"]["paths"]
    assert (path["path"], path["backend"]["service"]["name"]) == ("/shop", "shop")
    grants = [grant for grant in stack.of_type("RoleAssignment") if "app-routing" in grant.name]
    assert [str(grant.inputs["scope"]).rpartition("/vaults/")[2] for grant in grants] == [
        f"{vault}/secrets/shop-tls"
    ]
    assert grants[0].urn in stack.single("Ingress").dependencies
    assert not [made for made in stack.of_type("SecretProviderClass") if "keyvault-" in made.name]


def test_the_reports_name_the_add_on_as_the_reader() -> None:
    stack = built()
    (row,) = [row for row in stack.access if row["secret"] == "shop-tls"]
    assert row["identity"].startswith("webapprouting-aks-")
    assert (row["technique"], row["role"]) == ("app-routing", "Key Vault Secrets User")
    assert stack.outputs["kubernetes_secrets"]["shop"]["keyvault-shop"] == ["tls.crt", "tls.key"]
    check_against_the_output(stack)
    broken = {finding.text for verdict in run(Chain.read(stack.graph), ()) for finding in verdict.findings}
    assert not [text for text in broken if "shop-tls" in text or "nodes" in text]


def test_a_certificate_that_another_stack_grants_is_in_the_output_grants_only() -> None:
    stack = built(grants="external")
    assert not [grant for grant in stack.of_type("RoleAssignment") if "app-routing" in grant.name]
    (row,) = stack.outputs["grants"]
    assert str(row["scope"]).endswith("/secrets/shop-tls")
    check_against_the_output(stack)
    assert "grants" not in built().outputs
