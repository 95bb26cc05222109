"""pulumi-kubernetes: diffs, replacement, patches, Helm releases and awaiting."""
