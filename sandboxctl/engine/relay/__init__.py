"""The den's end of the line. It runs inside the gateway's container, which has nothing but
Python's standard library: no import here may leave this folder."""
