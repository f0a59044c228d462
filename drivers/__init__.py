"""Device drivers for the counter: ID card reader, receipt printer, evaluator, and a simulator of each.

Stand-alone: nothing of the application is imported here. Certainty is marked in the docstrings: [C] confirmed by a
vendor manual or published driver, [T] tried out, [M] general knowledge and therefore configurable. No physical device
was at hand while these drivers were written.
"""
