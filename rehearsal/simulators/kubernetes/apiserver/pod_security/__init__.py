"""Pod Security Admission: the baseline and restricted standards."""
