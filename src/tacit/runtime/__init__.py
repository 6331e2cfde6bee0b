"""Runs agreed steps: workers with limits, artifacts, rehearsal of a whole flow on one machine."""
