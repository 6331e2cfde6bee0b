"""People and API clients of a node: who they are, how they sign in, and what they may do."""
