"""Resident identity card readers with a GA 467 security module (SAM_V) on a serial line, and their simulator."""
