"""Arrow tables of one owner: opening files, column roles, checks, profiles. Knows no other party."""
