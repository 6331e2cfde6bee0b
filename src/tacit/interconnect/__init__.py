"""Nodes among themselves: the open standard's shapes and endpoints, signed requests, pinned keys, invitations."""
