"""The supplier's desk: what comes in is unpacked and looked at apart, and nothing is started."""
