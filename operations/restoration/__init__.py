"""What of a stack is deleted and can come back: its vaults, and secrets in them."""
