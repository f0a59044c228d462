"""Resident identity card readers: the GA 467 security module (SAM_V) over serial lines, USB bulk pipes and HID, the
makers' libraries in a helper process, and a simulator."""
