"""Three organisations on one laptop: real nodes, real TLS, real data; only the supervisor is for show."""
