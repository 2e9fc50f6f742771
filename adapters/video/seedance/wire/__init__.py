"""What goes to Ark and what comes back: pure functions, one module for each direction and one for refusals."""
