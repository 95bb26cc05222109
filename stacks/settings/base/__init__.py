"""The base file that stages share, and how a stack file is merged over it."""
