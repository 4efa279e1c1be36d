"""From spans and samples to summaries, comparisons and the verdict. Pure."""
