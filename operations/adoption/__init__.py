"""Taking what exists into a stack's state: what would be created, what of it exists, and the state with it.

Nothing here writes to the cloud.
"""
