"""What the core and the workflows need from outside, as Protocols only."""
