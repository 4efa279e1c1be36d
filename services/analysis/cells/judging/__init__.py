"""How the rules behind the warnings judge: found, or not, and in what numbers. The words are in `warnings`."""
