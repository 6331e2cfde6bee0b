"""The command `tacit`: noun verb, data on stdout, everything else on stderr. Loads nothing heavy at import."""
