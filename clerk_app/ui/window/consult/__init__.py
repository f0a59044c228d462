"""Consultation without a case: the matter, its questions, and at once what to bring (导办, 咨询)."""
