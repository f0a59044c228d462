"""The five steps of a case as pages: each shows an ``Intake`` and emits the next one; none of them calls a service."""
