"""ESC/POS papers: neutral blocks in, the bytes of one whole job out. See ``render.render``."""
