"""What a hashed identifier looks like, wherever one is read."""

#: As many hexadecimal digits as MD5, SHA-1 or SHA-256 give, in any case.
HASH_SHAPE = "^([0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64})$"
