"""The Python SDK: a node over HTTP, and estimators over local rehearsal."""
