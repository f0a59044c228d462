"""What is needed to build the project's own resources; not part of the wheel."""
