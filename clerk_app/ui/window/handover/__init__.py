"""Papers on their way to the back office (物料交接)."""
