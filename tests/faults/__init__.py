"""What goes wrong on the way: a proxy that does it, and a walk over every call of every verb."""
