"""Readers through the libraries of their makers: sdtapi (SDT_*), Termb (CVR_*) and the photo codec WltRS.

A vendor's library may crash, hang, print on the screen, or be 32-bit where Python is 64-bit. It is therefore never
loaded into the counter's program but into a helper process that may die.
"""
