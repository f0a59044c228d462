"""The guide desk's page: numbers and slots for citizens."""
