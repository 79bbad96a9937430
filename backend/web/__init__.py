"""HTTP plumbing: operations, problems, sign-in, paging, live hints. Knows no feature."""
