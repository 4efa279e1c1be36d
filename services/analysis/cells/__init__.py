"""One cell over its repeats: figures with intervals, and warnings about them."""
