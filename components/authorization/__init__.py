"""Role assignments and the Azure roles that they grant: the one place that makes a RoleAssignment."""
