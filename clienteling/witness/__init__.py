"""A witness of the log: looks from another machine whether it only grew, and says so by cosigning.

Needs nothing of the shop but its address and its log's public key; it has no database.
"""
