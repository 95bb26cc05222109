"""Settings that the rules of ``rules/external_secrets.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import DB, eso, secret

CASES = [
    case(
        "json-is-a-secret",
        eso(secret(from_="existing", type="cert", property="issuer")),
        "workloads[0].secrets[0].property: has no effect on a cert; remove it: only a secret can be JSON (pulumi config rm --path 'workloads[0].secrets[0].property')",
    ),
    case(
        "extract-has-no-place",
        eso(secret(from_="existing", extract=True, env="DB", kubernetes_secret={"key": "db"})),
        "workloads[0].secrets[0].env: has no effect with extract, which delivers every property under its own name; remove one of them (pulumi config rm --path 'workloads[0].secrets[0].env')",
        "workloads[0].secrets[0].kubernetes_secret.key: has no effect with extract, which delivers every property under its own name; remove it (pulumi config rm --path 'workloads[0].secrets[0].kubernetes_secret.key')",
    ),
    case(
        "extract-has-no-place",
        eso(secret(from_="existing", env_from=True)),
        "workloads[0].secrets[0].env_from: has no effect without extract: true; use env for a single value (pulumi config rm --path 'workloads[0].secrets[0].env_from')",
    ),
    case(
        "template-can-be-read",
        eso(DB, compose=[{"name": "url", "template": "x {{ .db-password }}"}]),
        'workloads[0].compose[0].template: Go does not read a name with a hyphen as a field; write {{ index . "NAME" }}',
    ),
    case(
        "template-can-be-read",
        eso(DB, compose=[{"name": "url", "template": 'x {{ index . "db-password" }'}]),
        "workloads[0].compose[0].template: has unpaired braces; write {{ .key }}",
    ),
    case(
        "constant-beside-a-secret",
        eso(
            DB,
            compose=[
                {
                    "name": "url",
                    "template": "https://example.com",
                    "kubernetes_secret": {"name": "other", "key": "url"},
                }
            ],
        ),
        "workloads[0].compose[0].template: names no secret, and its Kubernetes Secret holds none; write {{ .key }}, use env, or name the Secret of a listed one in kubernetes_secret.name",
    ),
    case(
        "composed-value-is-one",
        eso(
            DB,
            compose=[
                {
                    "name": "url",
                    "template": '{{ index . "db-password" }}',
                    "kubernetes_secret": {"name": "other", "type": "kubernetes.io/tls"},
                }
            ],
        ),
        "workloads[0].compose[0].kubernetes_secret.key: kubernetes.io/tls has the keys tls.crt and tls.key, and the template fills one; choose one of them",
    ),
    case(
        "composed-value-is-one",
        eso(DB, compose=[{"name": "url", "template": "{{ .user }}"}]),
        "workloads[0].compose[0].template: names a key that the workload's secrets do not have; choose db-password",
    ),
    case(
        "composed-value-is-one",
        eso(
            secret(name="a", from_="existing", kubernetes_secret={"name": "one", "key": "user"}),
            secret(name="b", from_="existing", kubernetes_secret={"name": "two", "key": "user"}),
            compose=[{"name": "url", "template": "{{ .user }}"}],
        ),
        "workloads[0].compose[0].template: names a key of several Kubernetes Secrets; give one of them another kubernetes_secret.key",
    ),
    case(
        "find-needs-list",
        eso(find=[{"regexp": "^user"}]),
        "workloads[0].find[0]: needs scope: vault, not object, because a search lists every secret; set scope: vault, which lets the workload read every secret of the vault, or list the secrets",
    ),
    case(
        "find-says-what",
        eso(find=[{}], scope="vault"),
        "workloads[0].find[0].regexp: neither regexp nor tags is set; set the names or the tags to search for",
    ),
    case(
        "refresh-interval-lowest",
        eso(DB, external_secrets={"refresh_interval": "30s"}),
        "workloads[0].external_secrets.refresh_interval: '30s' is less than a minute; choose at least a minute, or another refresh_policy (pulumi config set --path 'workloads[0].external_secrets.refresh_interval' 1h)",
    ),
    case(
        "refresh-interval-lowest",
        eso(DB, external_secrets={"refresh_interval": "0s"}),
        "workloads[0].external_secrets.refresh_interval: '0s' is less than a minute; choose at least a minute, or another refresh_policy (pulumi config set --path 'workloads[0].external_secrets.refresh_interval' 1h)",
    ),
    case(
        "refresh-interval-is-read",
        eso(DB, external_secrets={"refresh_interval": "2h", "refresh_policy": "OnChange"}),
        "workloads[0].external_secrets.refresh_interval: has no effect with refresh_policy OnChange; remove one of them (pulumi config rm --path 'workloads[0].external_secrets.refresh_interval')",
    ),
    case(
        "deletion-fits-creation",
        eso(DB, external_secrets={"creation_policy": "Merge", "deletion_policy": "Delete"}),
        "workloads[0].external_secrets.deletion_policy: 'Delete' does not work with creation_policy Merge; choose Retain, or creation_policy Owner (pulumi config set --path 'workloads[0].external_secrets.deletion_policy' Retain)",
    ),
    case(
        "deletion-fits-creation",
        eso(DB, external_secrets={"creation_policy": "None", "deletion_policy": "Merge"}),
        "workloads[0].secrets[0]: the pod cannot read it: with external_secrets.creation_policy None there is no Kubernetes Secret; choose Owner, or remove it",
        "workloads[0].external_secrets.deletion_policy: 'Merge' does not work with creation_policy None; choose Retain, or another creation_policy (pulumi config set --path 'workloads[0].external_secrets.deletion_policy' Retain)",
    ),
    case(
        "deletion-fits-creation",
        eso(DB, external_secrets={"creation_policy": "Orphan", "deletion_policy": "Delete"}),
        "workloads[0].external_secrets.deletion_policy: 'Delete' does not work with creation_policy Orphan; choose Retain, or creation_policy Owner (pulumi config set --path 'workloads[0].external_secrets.deletion_policy' Retain)",
    ),
    case(
        "secret-that-nobody-makes",
        eso(
            DB,
            secret(name="c", from_="existing", extract=True, env_from=True),
            external_secrets={"creation_policy": "None"},
        ),
        "workloads[0].secrets[0]: the pod cannot read it: with external_secrets.creation_policy None there is no Kubernetes Secret; choose Owner, or remove it",
        "workloads[0].secrets[1]: the pod cannot read it: with external_secrets.creation_policy None there is no Kubernetes Secret; choose Owner, or remove it",
    ),
    case(
        "secret-that-nobody-makes",
        eso(secret(from_="existing", env="DB"), external_secrets={"creation_policy": "None"}),
        "workloads[0].secrets[0]: the pod cannot read it: with external_secrets.creation_policy None there is no Kubernetes Secret; choose Owner, or remove it",
    ),
    case(
        "reload-needs-refresh",
        eso(
            secret(from_="existing", env="DB"),
            reload=True,
            external_secrets={"refresh_policy": "CreatedOnce"},
        )
        | {"operators": {"external_secrets": {}, "reloader": {}}},
        "workloads[0].reload: has no effect with external_secrets.refresh_policy CreatedOnce: the Secret never changes; choose Periodic, or set reload: false (pulumi config set --path 'workloads[0].reload' false)",
    ),
    case(
        "composed-value-is-one",
        eso(
            secret(name="a", from_="existing", kubernetes_secret={"name": "one", "key": "user"}),
            secret(name="b", from_="existing", kubernetes_secret={"name": "two", "key": "user"}),
            compose=[{"name": "all", "template": "{{ . | toJson }}"}],
        ),
        "workloads[0].compose[0].template: can name any secret of the workload, but two of them have one key; give one of them another kubernetes_secret.key",
    ),
    case(
        "template-can-be-read",
        eso(DB, compose=[{"name": "url", "template": "{{ .database.password }}"}]),
        'workloads[0].compose[0].template: Go reads a name with a full stop as a field of a field; write {{ index . "NAME" }}',
    ),
    case(
        "composed-value-is-one",
        eso(DB, compose=[{"name": "url", "template": '{{/* .a-b */}}{{ $.user }}{{ index $ "pw" }}'}]),
        "workloads[0].compose[0].template: names a key that the workload's secrets do not have; choose db-password",
    ),
]
