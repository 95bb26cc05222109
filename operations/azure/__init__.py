"""Azure as an operation reaches it: the sign-in that `pulumi` uses, and Azure's own clients on it."""
