"""Making columns fit for training: missing values and scales, learned once and applied anywhere."""
