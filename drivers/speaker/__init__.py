"""Loudspeakers: the sound card, a program of the system, a recorder for tests; and the clips that they play."""
