"""How good are scores: figures and curves for people."""
