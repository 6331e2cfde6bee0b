"""One store per noun: the only places that touch the tables. Every method is one short transaction."""
