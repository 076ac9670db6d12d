"""Where what was found goes to."""
