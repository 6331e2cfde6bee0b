"""Linear models across two owners of columns, trained on secret shares."""
