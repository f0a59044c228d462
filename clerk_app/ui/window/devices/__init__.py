"""Alt+X: looking after the devices of this PC."""
