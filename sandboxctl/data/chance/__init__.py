"""How values are drawn: bits from a seed, and the laws that shape them."""
