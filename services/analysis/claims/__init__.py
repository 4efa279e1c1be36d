"""What the guide claims, and the rules that judge it. Pure."""
