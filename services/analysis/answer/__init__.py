"""The answer: picks, commands, diagnoses and certainty, from the cells of an experiment. Pure."""
