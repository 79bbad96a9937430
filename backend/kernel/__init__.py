"""Pure ideas without input or output: what every room of the house may know."""
