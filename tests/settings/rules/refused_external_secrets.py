"""Settings that the rules of ``rules/external_secrets.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import DB, eso, secret

CASES = [
    case(
        "json-is-a-secret",
        eso(secret(from_="existing", type="cert", property="issuer")),
        "workloads[0].secrets[0].property: a cert is no JSON; take it out: it goes with secret (pulumi config rm --path 'workloads[0].secrets[0].property')",
    ),
    case(
        "extract-has-no-place",
        eso(secret(from_="existing", extract=True, env="DB", kubernetes_secret={"key": "db"})),
        "workloads[0].secrets[0].env: extract takes every property, under its own name; take one of them out; property picks one (pulumi config rm --path 'workloads[0].secrets[0].env')",
        "workloads[0].secrets[0].kubernetes_secret.key: extract takes every property, under its own name; take it out (pulumi config rm --path 'workloads[0].secrets[0].kubernetes_secret.key')",
    ),
    case(
        "extract-has-no-place",
        eso(secret(from_="existing", env_from=True)),
        "workloads[0].secrets[0].env_from: goes with extract: true; use env for a single value (pulumi config rm --path 'workloads[0].secrets[0].env_from')",
    ),
    case(
        "template-can-be-read",
        eso(DB, compose=[{"name": "url", "template": "x {{ .db-password }}"}]),
        'workloads[0].compose[0].template: .db-password is no field to Go: it has a hyphen; write {{ index . "db-password" }}',
    ),
    case(
        "template-can-be-read",
        eso(DB, compose=[{"name": "url", "template": 'x {{ index . "db-password" }'}]),
        "workloads[0].compose[0].template: its braces do not pair up; write {{ .key }}",
    ),
    case(
        "template-can-be-read",
        eso(DB, compose=[{"name": "url", "template": "https://example.com"}]),
        "workloads[0].compose[0].template: it names no secret, so it would be the same for everybody; write {{ .key }}, or use env",
    ),
    case(
        "composed-value-is-one",
        eso(DB, compose=[{"name": "url", "template": "{{ .user }}"}]),
        "workloads[0].compose[0].template: it names 'user', which is no key of this workload's secrets; choose db-password",
    ),
    case(
        "composed-value-is-one",
        eso(
            secret(name="a", from_="existing", kubernetes_secret={"name": "one", "key": "user"}),
            secret(name="b", from_="existing", kubernetes_secret={"name": "two", "key": "user"}),
            compose=[{"name": "url", "template": "{{ .user }}"}],
        ),
        "workloads[0].compose[0].template: it names 'user', which several Kubernetes Secrets have; give one of them another kubernetes_secret.key",
    ),
    case(
        "find-needs-list",
        eso(find=[{"regexp": "^user"}]),
        "workloads[0].find[0]: scope is object, and to find secrets is to list them all; say scope: vault, and it reads every secret of the vault; or list the secrets instead",
    ),
    case(
        "find-says-what",
        eso(find=[{}], scope="vault"),
        "workloads[0].find[0].regexp: missing, and tags too; say which names or which tags (pulumi config set --path 'workloads[0].find[0].regexp' '^orders-')",
    ),
    case(
        "find-regexp",
        eso(find=[{"regexp": "^user(?!s)"}, {"regexp": "user["}], scope="vault"),
        "workloads[0].find[0].regexp: '^user(?!s)' looks ahead or back, which Go's expressions cannot; write it without (pulumi config set --path 'workloads[0].find[0].regexp' '^orders-')",
        "workloads[0].find[1].regexp: 'user[': unterminated character set at position 4; correct it (pulumi config set --path 'workloads[0].find[1].regexp' '^orders-')",
    ),
    case(
        "refresh-interval-lowest",
        eso(DB, external_secrets={"refresh_interval": "30s"}),
        "workloads[0].external_secrets.refresh_interval: '30s' is less than a minute; choose a minute at least, or a refresh_policy that does without (pulumi config set --path 'workloads[0].external_secrets.refresh_interval' 1h)",
    ),
    case(
        "refresh-interval-lowest",
        eso(DB, external_secrets={"refresh_interval": "0s"}),
        "workloads[0].external_secrets.refresh_interval: '0s' is less than a minute; choose a minute at least, or a refresh_policy that does without (pulumi config set --path 'workloads[0].external_secrets.refresh_interval' 1h)",
    ),
    case(
        "refresh-interval-is-read",
        eso(DB, external_secrets={"refresh_interval": "2h", "refresh_policy": "OnChange"}),
        "workloads[0].external_secrets.refresh_interval: goes with refresh_policy Periodic, not with OnChange; take one of them out (pulumi config rm --path 'workloads[0].external_secrets.refresh_interval')",
    ),
    case(
        "deletion-fits-creation",
        eso(DB, external_secrets={"creation_policy": "Merge", "deletion_policy": "Delete"}),
        "workloads[0].external_secrets.deletion_policy: Delete, and creation_policy is Merge; choose Retain, or creation_policy Owner (pulumi config set --path 'workloads[0].external_secrets.deletion_policy' Retain)",
    ),
    case(
        "deletion-fits-creation",
        eso(DB, external_secrets={"creation_policy": "None", "deletion_policy": "Merge"}),
        "workloads[0].secrets[0]: the pod reads it, and external_secrets.creation_policy is None: no Kubernetes Secret is made; choose Owner, or take it out",
        "workloads[0].external_secrets.deletion_policy: Merge, and creation_policy is None; choose Retain, or another creation_policy (pulumi config set --path 'workloads[0].external_secrets.deletion_policy' Retain)",
    ),
    case(
        "deletion-fits-creation",
        eso(DB, external_secrets={"creation_policy": "Orphan", "deletion_policy": "Delete"}),
        "workloads[0].external_secrets.deletion_policy: Delete, and creation_policy is Orphan; choose Retain, or creation_policy Owner (pulumi config set --path 'workloads[0].external_secrets.deletion_policy' Retain)",
    ),
    case(
        "secret-that-nobody-makes",
        eso(
            DB,
            secret(name="c", from_="existing", extract=True, env_from=True),
            external_secrets={"creation_policy": "None"},
        ),
        "workloads[0].secrets[0]: the pod reads it, and external_secrets.creation_policy is None: no Kubernetes Secret is made; choose Owner, or take it out",
        "workloads[0].secrets[1]: the pod reads it, and external_secrets.creation_policy is None: no Kubernetes Secret is made; choose Owner, or take it out",
    ),
    case(
        "secret-that-nobody-makes",
        eso(secret(from_="existing", env="DB"), external_secrets={"creation_policy": "None"}),
        "workloads[0].secrets[0]: the pod reads it, and external_secrets.creation_policy is None: no Kubernetes Secret is made; choose Owner, or take it out",
    ),
    case(
        "reload-needs-refresh",
        eso(
            secret(from_="existing", env="DB"),
            reload=True,
            external_secrets={"refresh_policy": "CreatedOnce"},
        )
        | {"operators": {"external_secrets": {}, "reloader": {}}},
        "workloads[0].reload: true, and external_secrets.refresh_policy is CreatedOnce: no pod would see a new value; choose Periodic, or switch reload off (pulumi config set --path 'workloads[0].reload' false)",
    ),
    case(
        "composed-value-is-one",
        eso(
            secret(name="a", from_="existing", kubernetes_secret={"name": "one", "key": "user"}),
            secret(name="b", from_="existing", kubernetes_secret={"name": "two", "key": "user"}),
            compose=[{"name": "all", "template": "{{ . | toJson }}"}],
        ),
        "workloads[0].compose[0].template: it may name any of the workload's secrets, and 'user' is the key of several; give one of them another kubernetes_secret.key",
    ),
    case(
        "template-can-be-read",
        eso(DB, compose=[{"name": "url", "template": "{{ .database.password }}"}]),
        'workloads[0].compose[0].template: .database.password is a field of a field to Go; write {{ index . "database.password" }}',
    ),
    case(
        "composed-value-is-one",
        eso(DB, compose=[{"name": "url", "template": '{{/* .a-b */}}{{ $.user }}{{ index $ "pw" }}'}]),
        "workloads[0].compose[0].template: it names 'pw', which is no key of this workload's secrets; choose db-password",
        "workloads[0].compose[0].template: it names 'user', which is no key of this workload's secrets; choose db-password",
    ),
]
