"""The console: pages for who runs a workshop, and for teams. What changes something calls the same
functions as the command line."""
