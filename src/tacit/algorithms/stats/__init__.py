"""Descriptive statistics over the common rows of two parties."""
