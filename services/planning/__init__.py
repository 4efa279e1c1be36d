"""From a request to an experiment, its cells and its blocks of trials. Pure."""
