"""The README of the folder: what is deployed as whom, and what has to be there before."""

from __future__ import annotations

from collections.abc import Sequence

from operations.operator.deployment import Deployment
from operations.operator.stack_files import DeployedStack

_PAGE = "docs/operator.md"


def readme(deployment: Deployment, stacks: Sequence[DeployedStack]) -> str:
    """The text in Markdown."""
    rows = "\n".join(
        f"| {stack.name} | `stacks/{stack.object_name}.yaml` | {', '.join(stack.waits_for) or '–'} "
        f"| `{deployment.identities[stack.name]}` "
        f"| `system:serviceaccount:{deployment.namespace}:{stack.object_name}` |"
        for stack in stacks
    )
    namespace, names = deployment.namespace, ",".join(stack.name for stack in stacks)
    does = "previews" if deployment.preview else "updates"
    private = [stack.name for stack in stacks if stack.has_private_api_server]
    reach = (
        f"\nThe API server of {', '.join(private)} is private: the operator's cluster has to be in a network "
        "that reaches it.\n"
        if private
        else ""
    )
    return f"""# Stacks that the Pulumi Kubernetes Operator deploys

Written by `python -m operations stacks`; a change here is lost the next time. With `--check` instead of
`--out` the command tells whether the folder is stale. `stacks.json` keeps its options.

Branch `{deployment.branch}` of {deployment.repository}. The operator {does} each stack at a new commit, and
every {deployment.resync} without one, which corrects drift. No file holds a secret.

| stack | object | waits for | identity | its token's subject |
|---|---|---|---|---|
{rows}

**Each identity can give itself every secret of its stack, and its pods decrypt the state.** Who may create
pods, Stacks or Workspaces in namespace `{namespace}`, exec into its pods, or push to the branch, can do the
same. Keep the namespace for the operator, and teams out of it.

## Before

1. The operator, version 2.9 or newer, in a cluster with workload identity that none of these stacks makes:
   https://github.com/pulumi/pulumi-kubernetes-operator#deploy-the-operator. It has to be in namespace
   `{deployment.operator_namespace}`, or name another one with `--operator-namespace`.
2. For each identity a federated credential with the subject of the table, and its rights:
   `python -m tools.ci.federation --operator ISSUER --namespace {namespace} --stacks {names} …`
3. Each stack exists (`pulumi stack init`), and its file with `encryptedkey` is on the branch.
{reach}
## Then

```sh
kubectl apply --kustomize .
kubectl get stacks.pulumi.com --namespace {namespace}
```

Deleting a Stack object deletes nothing in Azure. More: `{_PAGE}` of the project.
"""
