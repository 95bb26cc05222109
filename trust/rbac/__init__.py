"""Rights in a cluster: the rules of roles that bindings name, and the identities that they let use."""
