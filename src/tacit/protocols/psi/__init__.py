"""Private set intersection: which items do two parties have in common."""
