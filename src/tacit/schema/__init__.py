"""Shapes that cross a border: JSON, wire, database. No behaviour."""
