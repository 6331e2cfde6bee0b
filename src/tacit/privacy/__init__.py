"""Rules about what a result may show."""
