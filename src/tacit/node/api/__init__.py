"""The local API of a node, /api/v1: for its owner's command line, SDK and console. See docs/reference/api.md."""
