"""Serves exported networks without torch: sessions, tiles, style embeddings and the user's library of them."""
