"""Several runs on one store that do the work once: who takes which puzzle, and what the others did."""
