"""The claims of the guide, and the rules that judge them."""
