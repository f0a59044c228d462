"""What every driver shares: errors, health, capabilities, readings, byte transports, simulated lines."""
