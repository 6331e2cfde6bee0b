"""Bring the tables of two parties into one row order."""
