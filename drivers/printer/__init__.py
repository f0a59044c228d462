"""ESC/POS receipt printers, and a virtual one that draws what it is sent."""
