"""The citizen's screen (客显屏): a second panel that faces the person at the counter."""
