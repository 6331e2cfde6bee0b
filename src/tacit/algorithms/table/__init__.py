"""Local work on whole tables: rows in, rows out. No values are changed."""
