"""What can be learnt from data: statistics, preprocessing, models, evaluation. Written on protocols."""
