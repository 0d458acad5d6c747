"""An image in a file, read as a stranger's file is: nothing extracted, everything bounded."""
