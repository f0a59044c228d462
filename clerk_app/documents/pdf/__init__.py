"""A4 papers by reportlab: own line breaking, fonts chosen per character, text that copies right."""
