"""What stages share: the base file, and how a stack file is merged over it."""
