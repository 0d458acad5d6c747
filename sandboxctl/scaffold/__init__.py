"""Where a supplier begins: folders written whole or not at all, and ready-made ones to copy."""
