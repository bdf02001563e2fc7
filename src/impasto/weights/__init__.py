"""Embedded weights, and the store that finds, fetches and verifies others. No torch in here."""
