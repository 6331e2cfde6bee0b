"""Detectors that tell from a sample and the name of a column what personal or financial data it holds. Pure."""
