"""Built-in roles and the rights that they give: every table of them agrees."""

from components.authorization.rights import RIGHTS, ROLE_RIGHTS, Right, further_roles
from components.authorization.roles import ObjectType, Role
from rehearsal.data_planes.arm.roles import BY_ID
from rehearsal.simulators.azure.keyvault import rights as simulated
from tests.each import each
from trust.rights.table import ACTIONS, DATA_ACTIONS, PUBLIC_HALF, built_in_rights, least_roles

_KINDS = {"secrets": "secret", "keys": "key", "certificates": "certificate"}


@each(
    "kind, rights, roles, surplus",
    [
        ("secret", "get list", [], ""),
        ("secret", "get set", ["Key Vault Secrets Officer"], "delete recover backup restore purge"),
        ("secret", "get set delete recover backup restore purge", ["Key Vault Secrets Officer"], ""),
        # Vault's auto-unseal, SOPS and a signer.
        ("key", "get wrap unwrap", ["Key Vault Crypto Service Encryption User"], ""),
        ("key", "get encrypt decrypt", ["Key Vault Crypto User"], "backup unwrap sign update"),
        ("key", "sign", ["Key Vault Crypto User"], "backup decrypt unwrap update"),
        ("key", "get verify encrypt wrap", [], ""),
        ("key", "get release", ["Key Vault Crypto Service Release User"], ""),
        (
            "key",
            "unwrap release",
            ["Key Vault Crypto Service Encryption User", "Key Vault Crypto Service Release User"],
            "",
        ),
        ("key", "sign rotate", ["Key Vault Crypto Officer"], None),
        ("cert", "get import", ["Key Vault Certificates Officer"], None),
        ("cert-key-pair", "get import", ["Key Vault Certificates Officer"], None),
        ("cert-key-pair", "get", [], ""),
    ],
)
def test_rights_take_the_least_built_in_roles(
    kind: str, rights: str, roles: list[str], surplus: str | None
) -> None:
    listed = [Right(right) for right in rights.split()]
    chosen = further_roles(ObjectType(kind), listed)
    assert [further.role.role_name for further in chosen] == roles
    if surplus is not None:
        assert [right for further in chosen for right in further.surplus] == surplus.split()
    of = "certificate" if kind.startswith("cert") else kind
    assert {further.role.value for further in chosen} == least_roles(of, frozenset(rights.split()))


def test_every_right_has_a_role_and_no_type_lacks_one() -> None:
    for kind, rights in RIGHTS.items():
        for right in rights:
            chosen = further_roles(kind, [Right.GET, right])
            assert not chosen or right in chosen[0].needed, (kind, right)


def test_program_proofs_and_simulated_azure_have_the_same_roles() -> None:
    for role, collections in ROLE_RIGHTS.items():
        for collection, kind in _KINDS.items():
            stated = {right.value for right in collections.get(collection, ())}
            assert stated == built_in_rights(role.value)[kind], (role.role_name, kind)
        published = {action.split("vaults/", 1)[1].lower() for action in BY_ID[role.value].data_actions}
        assert published >= {
            action for action in DATA_ACTIONS[role.value] if not action.startswith("certificatecontacts")
        }, role.role_name


@each("kind", ["secret", "key", "cert"])
def test_the_simulated_vault_judges_every_right(kind: str) -> None:
    of = "certificate" if kind == "cert" else kind
    verbs = simulated._ACTIONS[kind]
    assert set(verbs) - {"update"} == set(ACTIONS[of]) - {"update"}
    for right, action in ACTIONS[of].items():
        assert f"microsoft.keyvault/vaults/{verbs[right]}".lower() == action
        for role in ROLE_RIGHTS:
            prefixes = simulated._ROLES.get(role.value, ())
            allowed = any(verbs[right].startswith(prefix) for prefix in prefixes)
            if kind == "key" and right in PUBLIC_HALF:
                allowed = allowed or any("keys/read".startswith(prefix) for prefix in prefixes)
            assert allowed is (right in built_in_rights(role.value)[of]), (role.role_name, right)


def test_roles_that_a_workload_gets_never_control_the_vault() -> None:
    assert Role.KEY_VAULT_SECRETS_OFFICER in ROLE_RIGHTS
    assert not any("administrator" in role.role_name.lower() for role in ROLE_RIGHTS)
