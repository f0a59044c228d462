"""What a step after the counter asks for and does, wherever somebody sits: the window program and the web pages of the
office have the same forms, the same words and the same acts."""
