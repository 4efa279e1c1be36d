"""Several cells together: verdict, comparison, scaling, cost."""
