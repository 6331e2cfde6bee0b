"""Engines execute operators. The native engine uses the same door (`engine.Engine`) as a stranger's."""
