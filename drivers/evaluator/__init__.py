"""Rating keypads on a serial line, and a simulated one."""
