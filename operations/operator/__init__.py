"""Objects of the Pulumi Kubernetes Operator for a platform and its teams' stacks."""
