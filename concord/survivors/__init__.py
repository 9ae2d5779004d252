"""No survivor is named without their own yes: the guard that stops a name leaving (K-NAME-1)."""
