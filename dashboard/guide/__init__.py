"""What the guide explains and the decision guide asks: data, and pure functions over it."""
