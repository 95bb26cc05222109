"""What the backend of a state folder holds besides the rehearsed stack."""
