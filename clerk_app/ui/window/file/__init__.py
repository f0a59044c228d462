"""A case after its conclusion: its way so far, the steps that are open, the forms they need, and its papers."""
